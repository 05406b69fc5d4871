/*
 * flink.pml - the world: what Flink and the machines do, asked or unasked.
 * Facts: docs of Flink, and trials on real 1.20 and 2.3 (docs/flink-facts.md).
 */

/* ---------- snapshots: a new one makes every reference there is an old one ---------- */
#define OLD_SOURCE(n) srcok[n] = 0;
#define OLD_CHECKPOINT(i) enew[i] = 0;
#define OLD_SAVEPOINT(i) esp[i] = 0;

inline new_checkpoint() {
	newok = 0;
	CTLS(OLD_CHECKPOINT)
#if BACKUP
	b_newok = 0;
#endif
#if RESTORE == 1
	EACH(OLD_SOURCE)
#endif
}

inline new_savepoint() {
	new_checkpoint();
	spok = 0;
	CTLS(OLD_SAVEPOINT)
#if BACKUP
	b_spok = 0;
#endif
	EACH(OLD_SOURCE)
}

/* ---------- a job starts and ends ---------- */
inline end_job(n, how) {
	job[n] = how;
#if TMS
	lack[n] = 0;
	qT[n] = 0;
#endif
	if
	:: NOAGAIN -> spent[n] = 1; qS[n] = 0; q1[n] = 0; q2[n] = 0; qX[n] = 0
	:: else
	fi
}

inline start_job(n) {
#ifdef TWO_ATTEMPTS
	MUST(!ANY || zom[n], INV1_ONE_RUNNER);
#else
	MUST(!ANY, INV1_ONE_RUNNER);
	MUST(RESTART || GAVEUP(n) || !(qD[n] & BIT(inc[n])), INV2_NO_TEARDOWN_OF_JOB);
	MUST(srcok[n], INV3_NEWEST_ELIGIBLE);
	MUST(!fin || AGAIN, FINISHED_STAYS);
#endif
	job[n] = RUNS;
	srcok[n] = 0;           /* used up: a second start of n would trip here too */
#if BACKUP
	ran[n] = 1;
#endif
}

/* By itself: FINISHED without a stop of ours. */
inline finish(n) {
	end_job(n, FIN);
	if
	:: n == cur && ph <= CAN -> self[n] = 1; fin = (want == RUN_ && !drift)
#if DAEMON
	:: n == cur && late -> self[n] = 1
#endif
	:: else
	fi
}

/* ---------- what requests do ---------- */
#define CAN_C(n) (qC[n] && jm[n] == GONE && inc[n] < MAXINC)
inline do_C(n) {
	jm[n] = LIVE_;
	job[n] = ABS;
	inc[n]++;
	if
	:: inc[n] == MAXINC -> qC[n] = 0
	:: else
	fi
}

/* Flink itself refuses a second submission of an id that it knows. */
#define CAN_S(n) (jm[n] == LIVE_ && job[n] == ABS && \
	(BIND == 0 && qS[n] || (qS[n] & BIT(inc[n]))))

#define CAN_P(n, q, t) (q[n] && PROC(n) && t[n] == 0)
#if BACKUP
#define do_P(n, t, i) t[n] = INP; tries[n] = (tries[n] > i -> tries[n] : i)
#else
#define do_P(n, t, i) t[n] = INP
#endif

#define CAN_X(n) (qX[n] && PROC(n))
inline do_X(n) {
	MUST(AGAIN || (asked || SAVED_FIRST) && cur == n && (ph == CAN || GAVEUP(n)), INV2_ASKED_FOR);
	end_job(n, CNL)
}

/*
 * Ending a cluster, TaskManagers first, by the incarnation that was seen. Where a dead JobManager
 * stays dead and no rule waits for the teardown (RESTART 0, not COLD), a delivery looks just like
 * a crash plus heartbeat timeout, which may happen anyway: only "never a job" is kept of it.
 */
inline do_D(n) {
	MUST(job[n] != RUNS || AGAIN || GAVEUP(n), INV2_NO_TEARDOWN_OF_JOB);
	jm[n] = GONE;
	tr1[n] = 0;
	tr2[n] = 0;
#if DAEMON              /* sent before its job was listed after all: like a crash */
	fin = (GAVEUP(n) && ph <= CAN -> 0 : fin);
#endif
	if
	:: job[n] == RUNS -> end_job(n, ABS)
	:: else -> job[n] = ABS; if :: NOAGAIN -> qS[n] = 0 :: else fi
	fi;
	qD[n] = (inc[n] == MAXINC && !zom[n] -> 0 : qD[n])
}
#if RESTART == 0 && !COLD
#define WD(n)
#define SEND_D(n) \
	MUST(!PROC(n), INV2_NO_TEARDOWN_OF_JOB); \
	if :: jm[n] == LIVE_ && !spent[n] -> qD[n] = qD[n] | BIT(inc[n]) :: else fi
#else
#define WD(n) \
	:: d_step { ON(T_ORPHANS_END, n) zom[n] && qD[n] && !NOTM -> zom[n] = 0; NEXT } \
	:: d_step { ON(T_CLUSTER_ENDS, n) jm[n] != GONE && (qD[n] & BIT(inc[n])) -> do_D(n); NEXT }
#define SEND_D(n) \
	if :: jm[n] != GONE -> qD[n] = qD[n] | BIT(inc[n]) :: else -> ORPHANS_END_UNSEEN(n) fi
#endif

/* ---------- misfortunes ---------- */
/* The JobManager dies; its TaskManagers go on until their heartbeat timeout. */
#define EVIDENCE_LOST(n) tr1[n] = 0; tr2[n] = 0; \
	if :: (n) == cur && ph <= CAN -> fin = 0 :: else fi
#if RESTART == 0
#define WK(n) :: d_step { ON(T_JOBMANAGER_DIES, n) jm[n] == LIVE_ && FAULT -> \
		jm[n] = GONE; EVIDENCE_LOST(n); zom[n] = (zom[n] || job[n] == RUNS && !LACK(n)); \
		if \
		:: job[n] == RUNS -> end_job(n, ABS) \
		:: else -> job[n] = ABS; if :: NOAGAIN -> qS[n] = 0 :: else fi \
		fi; \
		if :: inc[n] == MAXINC -> qD[n] = 0 :: else fi; NEXT }
#else
#define WK(n) :: d_step { jm[n] == LIVE_ && FAULT -> \
		jm[n] = DEAD; EVIDENCE_LOST(n); zom[n] = (zom[n] || job[n] == RUNS && !LACK(n)); \
		if \
		:: RESTART == 1 && job[n] == RUNS -> end_job(n, ABS) \
		:: RESTART == 1 && job[n] != RUNS -> job[n] = ABS \
		:: else \
		fi }
#endif

/* ... and may come back: empty, with its results, without them, or with a resurrected job. */
inline fail_over(n) {
	zom[n] = 0;
#if RESTART == 3
	if :: job[n] >= FIN -> job[n] = ABS :: else fi;
#elif RESTART == 4
	if :: job[n] >= FIN -> job[n] = RUNS :: else fi;
#endif
	MUST(job[n] != RUNS || !ANY, INV1_ONE_RUNNER);
	jm[n] = LIVE_;
	if :: BIND == 2 -> rs[n] = 1; qS[n] = 0 :: else fi
}
#if RESTART == 0
#define WR(n)
#elif RESTART == 1
#define WR(n) :: d_step { jm[n] == DEAD && (BIND < 2 || inc[n] < MAXINC) -> \
		jm[n] = LIVE_; if :: BIND == 2 -> inc[n]++ :: else fi }
#else
#define WR(n) :: d_step { jm[n] == DEAD -> fail_over(n) }
#endif

/*
 * A TaskManager dies, or falls silent and works on: the JobManager restarts the job, which needs
 * a replacement. A request for one names the slot: while its old process exists it is refused.
 */
#if TMS
#ifdef M_REPLACE_SILENT /* broken: a fresh name for each replacement, silent means dead */
#define SLOT_FREE(n) true
#else
#define SLOT_FREE(n) (!zom[n])
#endif
inline do_T(n) {
	lack[n] = 0;
#ifdef M_PID_LIST
	unk[n] = 1;
#endif
	MUST(!zom[n], INV1_ONE_RUNNER)
}
#define CAN_T(n) (qT[n] && PROC(n) && lack[n] && SLOT_FREE(n))
#define WM(n) \
	:: d_step { ON(T_TASKMANAGER_DIES, n) WORKS(n) && FAULT -> lack[n] = 1; NEXT } \
	:: d_step { UNSEEN && WORKS(n) && FAULT && !zom[n] -> lack[n] = 1; zom[n] = 1 } \
	:: d_step { ON(T_TASKMANAGER_BACK, n) CAN_T(n) -> do_T(n); NEXT }
#else
#define WM(n)
#endif

/* A stop trigger in progress: success / savepoint but no stop / failure with a cause. */
#define WT(n, t, i) \
	:: d_step { ON(T_STOPPED + i, n) t[n] == INP && WORKS(n) -> t[n] = OK; LEAVE(n) \
		new_savepoint(); end_job(n, FIN); NEXT } \
	:: d_step { ON(T_SAVED + i, n) t[n] == INP && WORKS(n) && FAULT -> t[n] = PART; LEAVE(n) \
		new_savepoint(); NEXT } \
	:: d_step { ON(T_STOP_FAILS + i, n) t[n] == INP && PROC(n) && FAULT -> t[n] = BADC; NEXT } \
	:: d_step { t[n] == INP && !PROC(n) -> t[n] = BADC }

#define W(n) \
	:: d_step { ON(T_JOBMANAGER_STARTS, n) CAN_C(n) -> do_C(n); NEXT } \
	:: d_step { STARTS(n) && CAN_S(n) -> start_job(n); NEXT } \
	:: d_step { UNSEEN && CAN_S(n) && FAULT -> end_job(n, FAI); srcok[n] = 0 /* the start fails */ } \
	:: d_step { ON(T_STOP_BEGINS, n) CAN_P(n, q1, tr1) -> do_P(n, tr1, 1); NEXT } \
	:: d_step { ON(T_STOP_BEGINS + 1, n) CAN_P(n, q2, tr2) -> do_P(n, tr2, 2); NEXT } \
	WT(n, tr1, 0) WT(n, tr2, 1) \
	:: d_step { ON(T_CANCELLED, n) CAN_X(n) -> do_X(n); NEXT } \
	WD(n) \
	:: d_step { ON(T_SNAPSHOT, n) WORKS(n) && (newok || enew[0]) -> new_checkpoint(); NEXT } \
	:: d_step { ON(T_FINISHES, n) WORKS(n) && FAULT -> finish(n); NEXT } \
	:: d_step { ON(T_FAILS, n) PROC(n) && FAULT -> end_job(n, FAI); NEXT } \
	:: d_step { ON(T_ORPHANS_END, n) zom[n] -> zom[n] = 0 /* heartbeat timeout */; NEXT } \
	WM(n) WK(n) WR(n)

active proctype World() {
end:	do
	EACH(W)
	od
}
