/*
 * controller.pml - the rules. Two of these run: a leader and one that was leader, or believes it.
 */

/* ---------- what may be asked of a running job ---------- */
#define MAYSTOP (cwant == SUSP || cwant == RUN_ && cdrift && !csless)
#ifdef M_CANCEL_STATEFUL        /* broken: cancel, whatever the strategy */
#define MAYCANCEL (cwant != RUN_ || cdrift)
#else
#define MAYCANCEL (cwant == CANC || cwant == RUN_ && cdrift && csless)
#endif
#define LIVEPH (cph >= SUB && cph <= CAN)
/* a user's cancel does not wait for an open stop: it supersedes the intent, not its result */
#define CANCELLABLE (cph == UP || cph == STOP && cwant == CANC)

/* ---------- stop tries ---------- */
#define TRIG(n, t)  ((t) == 1 && tr1[n] || (t) == 2 && tr2[n])
#define TRIGV(n, t) ((t) == 1 -> tr1[n] : tr2[n])
#define TRIGIS(n, t, v) ((t) == 1 && tr1[n] == (v) || (t) == 2 && tr2[n] == (v))
#define SAVED(s)    ((s) == OK || (s) == PART)
/*
 * The end of an attempt is judged over the results and directories of EVERY try ever posted.
 * OURSTOP: one of them stopped the job. DIRS: no directory was overlooked (t tries are known).
 */
#if defined(M_LAST_TRY_ONLY)    /* broken: only the last try is looked at */
#define OURSTOP(n, t) TRIGIS(n, t, OK)
#elif RESTART >= 2 && !defined(M_TRIGGER_ONLY) /* broken: an unknown trigger is read as failed */
/* A trigger that the process after a failover does not know is judged by its directory. */
#define OURSTOP(n, t) ((t) >= 1 && (tr1[n] == OK || kept[n] && tr1[n] != PART))
#else
#define OURSTOP(n, t) ((t) >= 1 && tr1[n] == OK || (t) >= 2 && tr2[n] == OK)
#endif
#if defined(M_LAST_TRY_ONLY)
#define DIRS(n, t) (!((t) == 2 && SAVED(tr1[n])))
#elif defined(M_CANCEL_SKIPS_DIRS) /* broken: after a cancel no savepoint is looked for */
#define DIRS(n, t) (!(cph == CAN && (SAVED(tr1[n]) || SAVED(tr2[n]))))
#else
#define DIRS(n, t) (!((t) < 1 && SAVED(tr1[n]) || (t) < 2 && SAVED(tr2[n])))
#endif

/* ---------- the gate ---------- */
/* Is attempt m no obstacle to submitting the reserved one? Over, or sealed. */
#ifdef EMPTY_OK
#define HARMLESS(m) (jm[m] == LIVE_ && job[m] == ABS)
#else
#define HARMLESS(m) false
#endif
#define LOW(m) ((m) >= cnxt || OVER(m) || (m) == ccur && csl || SEALO(m) || HARMLESS(m))
#if defined(M_NO_GATE)          /* broken: submit before the lower attempts are over */
#define GATE true
#elif defined(M_COLD_UNSETTLED) /* broken: start from what the record knows, no listing read */
#define GATE (ALL(LOW) && (cph == NO || cph == ENDD || cph == DONE && cdrift))
#else
#define GATE (ALL(LOW) && cset && (cph == NO || cph == ENDD || cph == DONE && cdrift))
#endif
/* When may the next number be taken? COLD: only when the old attempt is over and settled. */
#if COLD
#ifdef M_COLD_UNSETTLED
#define ENDED_WELL OVER(ccur)
#else
#define ENDED_WELL (OVER(ccur) && cset)
#endif
#else
#define ENDED_WELL (WARM || OVER(ccur))
#endif
#define MAYRESERVE (cwant == RUN_ && cnxt == 0 && ctop < N && \
	(cph == NO || (cph == ENDD || cph == DONE && cdrift) && ENDED_WELL || \
	 WARM && cph >= UP && cph <= CAN && cdrift))

/* ---------- INV7: is the world newer than the record? ---------- */
#if BACKUP
#define HIGHER(m) ((m) > ccur && ran[m])
#if defined(M_BACKUP_NO_HALT)   /* broken: not looked for */
#define NEWER false
#elif defined(M_BACKUP_LIVE)    /* broken: only clusters that stand count, not what is stored */
#define STANDS(m) ((m) > ctop && jm[m] != GONE || (m) > ccur && job[m] != ABS)
#define NEWER SOME(STANDS)
#elif defined(M_BACKUP_ATTEMPTS) /* broken: only attempts count, not the tries of the current one */
#define STANDS(m) ((m) > ctop && jm[m] != GONE || HIGHER(m))
#define NEWER SOME(STANDS)
#else
#define STANDS(m) ((m) > ctop && jm[m] != GONE || HIGHER(m) || (m) == ccur && tries[m] > ctr)
#define NEWER SOME(STANDS)
#endif
#define NEWEST (!(SOME(HIGHER)))        /* a listing of cur names the newest of all */
#else
#define NEWEST true
#endif

/* ---------- LIVE: after calm, what is sent arrives ---------- */
#ifdef LIVE
#define NOW(cond, deliver) if :: calm && (cond) -> deliver :: else fi
#define NOW_D(n) if \
	:: calm -> jm[n] = GONE; zom[n] = 0; job[n] = ABS; tr1[n] = 0; tr2[n] = 0; \
		qS[n] = 0; qD[n] = 0 \
	:: else fi
#else
#define NOW(cond, deliver) skip
#define NOW_D(n) skip
#endif

/* ---------- effects: what is committed ---------- */
#define E_RESERVE     1
#define E_ABANDON     2
#define E_INTENT_SUB  3
#define E_UP          4
#define E_SETTLE      5         /* the end was seen: phase, sealed, what it left */
#define E_SETTLE_LATE 6         /* gone, and the directories listed after that */
#define E_INTENT_STOP 7
#define E_STOP_OVER   8
#define E_INTENT_CAN  9
#define E_CLAIM      10         /* M_REREAD_ONLY */
#define E_TEARDOWN   11         /* COLD: TEARDOWN intent */
#define E_GIVE_UP    12         /* DEADLINE */
#define E_HALT       13         /* BACKUP */
#define E_NOTE_PID   14         /* M_PID_LIST */
#define E_LATE       15         /* DAEMON: what was given up has started after all */

inline settle(how, sealed, listed, names_newest) {
	eff[me] = E_SETTLE;
	arg[me] = how;
	arg2[me] = sealed;
	final[me] = listed;
	enew[me] = (names_newest) && NEWEST;
	esp[me] = enew[me]
}

/* Left over: lower, abandoned or ended; by the incarnation that was seen. */
#if COLD
#if defined(M_TEARDOWN_UNREAD)  /* broken: torn down when the end is seen, before it is recorded */
#define ENDABLE(m) ((m) != ccur || ctd || LIVEPH && jm[m] == LIVE_ && job[m] >= FIN)
#else
#define ENDABLE(m) ((m) != ccur || ctd)
#endif
#else
#define ENDABLE(m) ((m) != ccur || cph >= ENDD)
#endif
#define SWEEP(m) \
	:: (m) <= ctop && (m) != cnxt && ENDABLE(m) && (jm[m] != GONE || zom[m] && !NOTM) -> \
		d_step { SEND_D(m); NOW_D(m) }

/*
 * DAEMON. A reserved number is also given up when its cluster cannot be had. A job counts as up once
 * it is listed, even as ended. A job whose stop left a complete savepoint, but that runs on, is
 * cancelled. One that does not react to its cancel is ended with its cluster. A start that was given
 * up at the deadline is taken back if its job is listed after all.
 */
#ifdef M_CANCEL_ANY_STOP        /* broken: whatever came of the stop */
#define CANCELS_AFTER(n, t) (TRIGV(n, t) >= BADC)
#else
#define CANCELS_AFTER(n, t) TRIGIS(n, t, PART)
#endif
#if DAEMON
#define LISTED(n) (job[n] != ABS)
#else
#define LISTED(n) (job[n] == RUNS)
#endif

/* The process that the SUBMIT intent names is gone, or another stands in its place. */
#ifdef M_UNREACHABLE            /* broken: no answer is read as "gone" */
#define LOSTJM true
#else
#define LOSTJM (jm[ccur] == DEAD && RESTART == 0 || jm[ccur] == GONE || \
	jm[ccur] == LIVE_ && !SAME(ccur, cu))
#endif

inline decide() {
	if
#if BACKUP
	:: halt || NEWER -> if :: !halt -> eff[me] = E_HALT :: else fi
#define MAYACT !(halt || NEWER)
#else
#define MAYACT true
#endif
	:: MAYACT ->
	if
	/* start */
	:: MAYRESERVE -> eff[me] = E_RESERVE
	:: cnxt && (cnd || cwant != RUN_ || jm[cnxt] == DEAD || DAEMON && FAULT ||
	   jm[cnxt] == GONE && inc[cnxt] == MAXINC) -> eff[me] = E_ABANDON
	:: cnxt && !cnd && cwant == RUN_ && jm[cnxt] == GONE && inc[cnxt] < MAXINC ->
		d_step { qC[cnxt] = 1; NOW(CAN_C(cnxt), do_C(cnxt)) }
#ifdef M_REREAD_ONLY    /* broken: read again and submit at once; the intent is not durable first */
	:: cnxt && !cnd && cwant == RUN_ && jm[cnxt] == LIVE_ && job[cnxt] == ABS && GATE &&
	   fresh[me] ->
		srcok[cnxt] = (RESTORE == 1 -> newok : spok);
		qS[cnxt] = qS[cnxt] | BIT(inc[cnxt])
	:: cnxt && jm[cnxt] == LIVE_ && job[cnxt] != ABS ->
		eff[me] = E_CLAIM; arg[me] = cnxt; arg2[me] = inc[cnxt]
#else
	:: cnxt && !cnd && cwant == RUN_ && jm[cnxt] == LIVE_ && job[cnxt] == ABS && GATE ->
		eff[me] = E_INTENT_SUB; arg[me] = inc[cnxt]
#endif
	:: cph == SUB && jm[ccur] == LIVE_ && SAME(ccur, cu) && !rs[ccur] && job[ccur] == ABS ->
		d_step {
			if
			:: !spent[ccur] -> qS[ccur] = qS[ccur] | BIT(cu)
			:: else
			fi;
			NOW(CAN_S(ccur), start_job(ccur))
		}
	:: cph == SUB && jm[ccur] == LIVE_ && SAME(ccur, cu) && LISTED(ccur) -> eff[me] = E_UP
#ifdef M_NEW_ID         /* broken: outcome of the submit unknown, a new attempt is begun */
	:: cph == SUB && cnxt == 0 && ctop < N && fresh[me] -> settle(ENDD, 1, 0, 1)
#endif
#if DEADLINE
	:: cph == SUB && jm[ccur] == LIVE_ && job[ccur] == ABS -> eff[me] = E_GIVE_UP
#endif
#if DAEMON
	:: cph == CAN && PROC(ccur) && FAULT -> eff[me] = E_GIVE_UP
	:: cph == ENDD && clate && jm[ccur] == LIVE_ && job[ccur] != ABS -> eff[me] = E_LATE
#endif

	/* the end of an attempt */
	:: LIVEPH && jm[ccur] == LIVE_ && SAME(ccur, cu) && job[ccur] >= FIN ->
		settle((job[ccur] == FIN && !OURSTOP(ccur, ctr) -> DONE : ENDD), SEALO(ccur), 0,
			(SEAL || COLD) && DIRS(ccur, ctr))
	:: LIVEPH && LOSTJM ->
		settle(ENDD, 0, !COLD, !COLD && (RESTART == 0 || jm[ccur] == GONE))
#if RESTART >= 2        /* not the process that the intent named, and it does not know the job */
	:: LIVEPH && jm[ccur] == LIVE_ && rs[ccur] && job[ccur] == ABS -> settle(ENDD, 0, 1, 0)
#endif
#if RESTART == 1
	:: cph >= UP && cph <= CAN && jm[ccur] == LIVE_ && job[ccur] == ABS -> settle(ENDD, 0, 1, 0)
#endif
#if COLD
	:: cph >= ENDD && !ctd && (DAEMON || !OVER(ccur)) -> eff[me] = E_TEARDOWN
#endif
	:: cph >= ENDD && !cset && OVER(ccur) ->
		eff[me] = E_SETTLE_LATE; enew[me] = NEWEST; esp[me] = enew[me]

	/* stop for a reason */
	:: MAYSTOP && cph == UP && ctr < MAXTRY -> eff[me] = E_INTENT_STOP
	:: cph == STOP && PROC(ccur) && !TRIG(ccur, ctr) ->
		if
		:: ctr == 1 -> q1[ccur] = 1; NOW(tr1[ccur] == 0, tr1[ccur] = INP)
		:: else -> q2[ccur] = 1; NOW(tr2[ccur] == 0, tr2[ccur] = INP)
		fi
	:: cph == STOP && TRIGV(ccur, ctr) >= BADC && PROC(ccur) ->
#ifdef M_STATUS_ONLY    /* broken: COMPLETED is read as success, whatever the failure cause */
		settle(ENDD, SEAL, 0, TRIGIS(ccur, ctr, PART))
#else
		eff[me] = E_STOP_OVER
#endif
	:: cph == STOP && (DAEMON || TRIGV(ccur, ctr) <= INP) && FAULT -> eff[me] = E_STOP_OVER
#if DAEMON              /* ^ overdue; or its savepoint is recorded before its job is seen to end */
	:: cph == STOP && CANCELS_AFTER(ccur, ctr) ->
		eff[me] = E_INTENT_CAN; arg[me] = TRIGIS(ccur, ctr, PART)
#endif
	:: MAYCANCEL && CANCELLABLE -> eff[me] = E_INTENT_CAN
	:: cph == CAN && PROC(ccur) -> d_step { qX[ccur] = 1; NOW(CAN_X(ccur), do_X(ccur)) }
#ifdef M_DROP_CANCEL    /* broken: a newer edit drops the cancel intent */
	:: cph == CAN && !(MAYCANCEL) -> eff[me] = E_STOP_OVER
#endif

	/* a TaskManager is missing: the job and its state stay, only the process is replaced */
#if TMS
#ifdef M_REPLACE_ATTEMPT /* broken: a dead TaskManager counts as a dead job */
	:: LIVEPH && PROC(ccur) && LACK(ccur) -> settle(ENDD, 0, 1, 1)
#else
	:: cph >= SUB && cph <= STOP && PROC(ccur) && LACK(ccur) && SLOT_FREE(ccur) ->
		d_step { qT[ccur] = 1; NOW(CAN_T(ccur), do_T(ccur)) }
#endif
#ifdef M_PID_LIST
	:: ccur && PROC(ccur) && unk[ccur] -> eff[me] = E_NOTE_PID
#endif
#endif
	EACH(SWEEP)
	:: else -> skip
	fi
	fi
}

/* A new current attempt: nothing is known of its end. */
inline begin(n, incarnation) {
#if !BACKUP
	self[cur] = 0;
#endif
#if RESTART >= 2
	kept[cur] = 0;
#endif
	cur = n; ru = incarnation; ph = SUB;
	nxt = 0; drift = 0; sless = 0; sl = 0; td = 0; settled = 0; rtr = 0;
	asked = 0;
#if DEADLINE
	gaveup = 0;
#endif
#if DAEMON
	late = 0; saved = 0;
#endif
}

#define RAN_FROM_NXT(m) ((m) >= nxt && ran[m])

inline commit() {
	if
	:: eff[me] == E_RESERVE -> top++; nxt = top; nd = 0
	:: eff[me] == E_ABANDON -> nxt = 0; nd = 0
	:: eff[me] == E_INTENT_SUB ->
		MUST(nxt > cur, INV7_NUMBERS_GROW);
#if BACKUP
		MUST(!(SOME(RAN_FROM_NXT)), INV7_NUMBERS_GROW);
#endif
		begin(nxt, arg[me]);
		srcok[cur] = (RESTORE == 1 -> newok : spok);
		newok = 0;
		spok = 0
	:: eff[me] == E_CLAIM -> begin(arg[me], arg2[me])
	:: eff[me] == E_UP -> ph = UP
	:: eff[me] == E_SETTLE ->
		MUST(arg[me] != DONE || self[cur], FINISHED_BY_ITSELF);
		ph = arg[me];
		sl = arg2[me];
		settled = (arg2[me] || final[me] && enew[me]);
		newok = enew[me];
		spok = esp[me];
		if
		:: NOAGAIN && !BACKUP -> tr1[cur] = 0; tr2[cur] = 0
		:: else
		fi
	:: eff[me] == E_SETTLE_LATE -> settled = 1; newok = enew[me]; spok = esp[me]
	:: eff[me] == E_INTENT_STOP -> ph = STOP; rtr++
	:: eff[me] == E_STOP_OVER -> ph = UP
	:: eff[me] == E_INTENT_CAN ->
#ifdef M_CANCEL_FORGETS /* broken: a superseded stop is forgotten, its result never read */
		rtr = (ph == STOP -> rtr - 1 : rtr);
#endif
#if DAEMON
		saved = (saved || arg[me]);
#endif
		ph = CAN
#if COLD
	:: eff[me] == E_TEARDOWN -> td = 1
#endif
#if DEADLINE
	:: eff[me] == E_GIVE_UP ->
#if DAEMON
		late = (ph == SUB);
#endif
		ph = ENDD; gaveup = 1; fin = 0;
#ifdef M_DEADLINE_UNLISTED /* broken: never seen running, so it left nothing: no listing */
		settled = 1; newok = 1; spok = 1
#endif
#endif
#if DAEMON
	:: eff[me] == E_LATE ->
		ph = SUB; td = 0; late = 0;
		fin = (self[cur] && job[cur] == FIN && want == RUN_ && !drift)
#endif
#if BACKUP
	:: eff[me] == E_HALT -> MUST(bk == 2, HALT_HAS_A_CAUSE); halt = 1
#endif
#ifdef M_PID_LIST
	:: eff[me] == E_NOTE_PID -> unk[cur] = 0
#endif
	fi;
	stale_all()
}

proctype Ctl(bit me) {
	unsigned cwant : 2, ccur : 3, cph : 3, cu : 2, cnxt : 3, ctop : 3, ctr : 2;
	bit cdrift, csless, cnd, csl, ctd, cset;
#if DAEMON
	bit clate;
#endif
	do
	::
#ifndef APART
	atomic {
#endif
	/* 1. load what is durable */
	d_step {
		cwant = want; ccur = cur; cph = ph; cu = ru; cnxt = nxt; ctop = top; ctr = rtr;
		cdrift = drift; csless = sless; cnd = nd; csl = sl; ctd = td; cset = settled;
#if DAEMON
		clate = late;
#endif
		fresh[me] = 1
	};
	/* 2. look, decide, send. Only the effect and its arguments survive this step. */
	atomic {
		decide();
		if
		:: !fresh[me] || !eff[me] || !WANTED(eff[me]) -> forget(me); fresh[me] = 0
		:: else
		fi;
		cwant = 0; ccur = 0; cph = 0; cu = 0; cnxt = 0; ctop = 0; ctr = 0;
		cdrift = 0; csless = 0; cnd = 0; csl = 0; ctd = 0; cset = 0
#if DAEMON
		; clate = 0
#endif
	}
#ifndef APART
	}
#endif
	;
	/* 3. commit, with compare-and-set. Or crash: everything in memory is lost. */
	d_step {
		DUE(eff[me]);
		if
		:: eff[me] && fresh[me] -> commit(); NEXT
		:: else
		fi;
		forget(me);
		fresh[me] = 0
	}
	od
}
