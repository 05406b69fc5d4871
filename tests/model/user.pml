/*
 * user.pml - what users do to the record, and what an administrator can do to it.
 * Every write is a commit of the one row: whatever a controller holds will be refused.
 */
inline forget(i) {
	eff[i] = 0; arg[i] = 0; arg2[i] = 0; final[i] = 0; enew[i] = 0; esp[i] = 0
}

inline stale_all() {
	fresh[0] = 0;
	forget(0);
#if NCTL > 1
	fresh[1] = 0;
	forget(1)
#endif
}

inline edit(stateless) {
	drift = 1;
	sless = stateless;
	asked = (asked || stateless);
	fin = 0;
	if
	:: nxt -> nd = 1
	:: else
	fi;
	stale_all()
}

inline desire(state) {
	want = state;
	fin = 0;
	if
	:: want == CANC -> asked = 1
	:: else
	fi;
	if
	:: (want != RUN_ || DAEMON) && ph == DONE -> ph = ENDD
	:: else
	fi;
	stale_all()
}

/* an edit that would change nothing is left out */
#define EDITED(stateless) (drift && sless == (stateless) && (nxt == 0 || nd))
#if DAEMON                      /* of the very first start too */
#define EDITABLE top
#else
#define EDITABLE cur
#endif

active proctype User() {
end:	do
	:: d_step { ON(T_EDIT, 0) FAULT && EDITABLE && !EDITED(0) -> edit(0); NEXT }
#ifndef STATEFUL_ONLY
	:: d_step { ON(T_EDIT, 1) FAULT && EDITABLE && !EDITED(1) -> edit(1); NEXT }
#endif
#ifdef REPLAY
	:: d_step { CALLS(T_EDIT) && EDITED(NUM) -> NEXT }
#endif
#ifndef NO_TOGGLE
	:: d_step { ON(T_WANT, RUN_) FAULT && want != RUN_ -> desire(RUN_); NEXT }
	:: d_step { ON(T_WANT, SUSP) FAULT && want != SUSP -> desire(SUSP); NEXT }
	:: d_step { ON(T_WANT, CANC) FAULT && want != CANC -> desire(CANC); NEXT }
#endif
	od
}

/*
 * A copy of the record is made, and much later put back. The daemon is down meanwhile, so what
 * was under way has arrived or is lost; M_BACKUP_IN_FLIGHT leaves it under way.
 */
#if BACKUP
inline copy() {
	b_want = want; b_drift = drift; b_sless = sless; b_cur = cur; b_ph = ph; b_ru = ru;
	b_rtr = rtr; b_sl = sl; b_td = td; b_nxt = nxt; b_nd = nd; b_top = top;
	b_settled = settled; b_newok = newok; b_spok = spok;
	bk = 1
}

inline put_back() {
	want = b_want; drift = b_drift; sless = b_sless; cur = b_cur; ph = b_ph; ru = b_ru;
	rtr = b_rtr; sl = b_sl; td = b_td; nxt = b_nxt; nd = b_nd; top = b_top;
	settled = b_settled; newok = b_newok; spok = b_spok;
	b_want = 0; b_drift = 0; b_sless = 0; b_cur = 0; b_ph = 0; b_ru = 0;
	b_rtr = 0; b_sl = 0; b_td = 0; b_nxt = 0; b_nd = 0; b_top = 0;
	b_settled = 0; b_newok = 0; b_spok = 0;
	/* the record asks for what it asked for then; nobody can know better */
	asked = (asked || want == CANC || drift && sless || ph == CAN);
	fin = 0;
	bk = 2;
	stale_all()
}

#define LOST(n) qC[n] = 0; qX[n] = 0; qS[n] = 0; qD[n] = 0; q1[n] = 0; q2[n] = 0;

active proctype Administrator() {
	d_step { copy() };
	d_step {
		put_back();
#ifndef M_BACKUP_IN_FLIGHT
		EACH(LOST)
#endif
	}
}
#endif

/*
 * Liveness (LIVE): at some moment faults and edits stop. From then on a request that is sent
 * arrives; old duplicates may still arrive too. Then rest is reached and kept.
 */
#ifdef LIVE
active proctype Calm() { calm = 1 }

active proctype Savepoints() { /* a savepoint in progress ends; a dead JobManager is restarted */
end:	do
	:: d_step { cur && tr1[cur] == INP && WORKS(cur) ->
		tr1[cur] = OK; new_savepoint(); end_job(cur, FIN) }
	:: d_step { cur && tr2[cur] == INP && WORKS(cur) ->
		tr2[cur] = OK; new_savepoint(); end_job(cur, FIN) }
#if RESTART == 2
	:: d_step { cur && jm[cur] == DEAD -> fail_over(cur) }
#endif
	od
}

#define SWEPT(n) (jm[n] == GONE && !zom[n] || (n) == nxt || (n) == cur && ph == UP)
#define RUNNING_REST (ph == UP && WORKS(cur) && (!drift || rtr == MAXTRY) || ph == DONE && !drift)
#define REST ((want == RUN_ && RUNNING_REST \
	|| want == SUSP && (ph == NO || ph >= ENDD || ph == UP && rtr == MAXTRY) \
	|| want == CANC && (ph == NO || ph >= ENDD)) && ALL(SWEPT) && (nxt == 0 || drift))
/* top == N: out of numbers, a limit of the model */
ltl settles { <>[] (REST || top == N) }
#endif
