/*
 * replay.pml - a run of the daemon, followed step by step (REPLAY).
 *
 * A run is a list of labels: what was committed, what was sent, what happened in the world, what a
 * user asked for, in the order in which it did. A step of the model that has a label is taken only when
 * that label is the next one, and takes it off the list; a step that no run can show (UNSEEN) is never
 * taken; what is left is free: looks, decisions, and what waits in the network. The search looks for an
 * execution that reaches the end of the list. With -DREPLAY the model has no execution that it does not
 * have without.
 *
 * A call is no step here: the model sends when its rule allows, and from then on the request is in the
 * network. When the daemon calls, it must be there already; or, when it can do nothing any more, what
 * is durable must have allowed it.
 */
#ifndef REPLAY
#define ON(label, n)
#define NEXT skip
#define UNSEEN true
#define STARTS(n) true
#define DUE(effect) skip
#define WANTED(effect) true
#define ORPHANS_END_UNSEEN(n) zom[n] = 0
#else

/* Committed. The order is that of the effects in controller.pml. */
#define T_RESERVE           1
#define T_ABANDON           2
#define T_SUBMIT            3
#define T_UP                4
#define T_ENDED             5   /* seen to end, lost, or given up */
#define T_COLLECT           6
#define T_STOP              7
#define T_STOP_OVER         8
#define T_CANCEL            9
#define T_TEARDOWN         10
#define T_LATE             11
#define LAST_COMMIT        11
/* Called. */
#define T_CALL_PROVISION   12
#define T_CALL_SUBMIT      13
#define T_CALL_STOP        14   /* try 1, 2: also below */
#define T_CALL_CANCEL      16
#define T_CALL_TEARDOWN    17
/* What happened in the world. */
#define T_JOBMANAGER_STARTS 18
#define T_STARTS           19
#define T_STARTS_STALE     20
#define T_STOP_BEGINS      21
#define T_STOPPED          23
#define T_SAVED            25
#define T_STOP_FAILS       27
#define T_CANCELLED        29
#define T_FINISHES         30
#define T_FAILS            31
#define T_JOBMANAGER_DIES  32
#define T_ORPHANS_END      33
#define T_CLUSTER_ENDS     34
#define T_TASKMANAGER_DIES 35
#define T_TASKMANAGER_BACK 36
#define T_SNAPSHOT         37
/* Asked for; the number is the state, or 1 for STATELESS. */
#define T_WANT             38
#define T_EDIT             39

c_decl {
\#include "replay.h"
}

bit REPLAYED;                   /* never true: the search finds the end of the list */
short at = 0;                   /* in the list */
short next = -1;                /* the label there: kind and number; 0 = the end */
short due = -1;                 /* the next label that is a commit */

#define LABEL(label, n) ((label) * 8 + (n))
#define ON(label, n) next == LABEL(label, n) &&
#define NEXT c_code { now.at++; now.next = replay_label(now.at); now.due = replay_due(now.at); }
#define UNSEEN false
#define STARTS(n) (next == LABEL(T_STARTS, n) && srcok[n] || next == LABEL(T_STARTS_STALE, n) && !srcok[n])
#define ORPHANS_END_UNSEEN(n) skip

#define IS(effect, e, label, n) ((effect) == e && due == LABEL(label, n))
#define WANTED(effect) ( \
	IS(effect, E_RESERVE, T_RESERVE, top + 1) || IS(effect, E_ABANDON, T_ABANDON, nxt) || \
	IS(effect, E_INTENT_SUB, T_SUBMIT, nxt) || IS(effect, E_UP, T_UP, cur) || \
	IS(effect, E_SETTLE, T_ENDED, cur) || IS(effect, E_GIVE_UP, T_ENDED, cur) || \
	IS(effect, E_SETTLE_LATE, T_COLLECT, cur) || IS(effect, E_INTENT_STOP, T_STOP, cur) || \
	IS(effect, E_STOP_OVER, T_STOP_OVER, cur) || IS(effect, E_INTENT_CAN, T_CANCEL, cur) || \
	IS(effect, E_TEARDOWN, T_TEARDOWN, cur) || IS(effect, E_LATE, T_LATE, cur))
/* What was decided is committed in its turn. */
#define DUE(effect) !(effect) || next == due

#define NUM (next % 8)
#define CALLS(label) next / 8 == label
#define DEAF(n) (jm[n] != LIVE_ || job[n] != ABS)       /* nothing can be submitted there any more */

active proctype Replay() {
end:	do
	:: d_step { next == -1 -> at = -1; NEXT }
	:: next == 0 -> assert(REPLAYED); break
	:: d_step { CALLS(T_CALL_PROVISION) && NUM == nxt &&
		(qC[NUM] || jm[NUM] != GONE || inc[NUM] == MAXINC) -> NEXT }
	:: d_step { CALLS(T_CALL_PROVISION) && NUM == cur && ph >= SUB && ph <= STOP &&
		(qT[NUM] || !PROC(NUM)) -> NEXT }
	:: d_step { CALLS(T_CALL_SUBMIT) && NUM == cur && ph == SUB && (qS[NUM] || DEAF(NUM)) -> NEXT }
	:: d_step { CALLS(T_CALL_STOP) && NUM == cur && ph == STOP && rtr == 1 &&
		(q1[NUM] || tr1[NUM] || !PROC(NUM)) -> NEXT }
	:: d_step { CALLS(T_CALL_STOP + 1) && NUM == cur && ph == STOP && rtr == 2 &&
		(q2[NUM] || tr2[NUM] || !PROC(NUM)) -> NEXT }
	:: d_step { CALLS(T_CALL_CANCEL) && NUM == cur && ph == CAN && (qX[NUM] || !PROC(NUM)) -> NEXT }
	:: d_step { CALLS(T_CALL_TEARDOWN) && NUM <= top && NUM != nxt && (NUM != cur || td) &&
		(qD[NUM] || jm[NUM] == GONE) -> NEXT }
	/* what changes nothing that the model can see */
	:: d_step { CALLS(T_ORPHANS_END) && !zom[NUM] -> NEXT }
	:: d_step { CALLS(T_SNAPSHOT) && WORKS(NUM) && !newok && !enew[0] -> NEXT }
	od
}
#endif
