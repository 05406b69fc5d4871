/* Plans that can be applied by their id: kept in memory for a quarter of an hour, and only the newest
 * of them. A restart of the daemon forgets them: what they stand on would have to be looked at again
 * anyway. */
#pragma once

#include "api/plan.h"
#include "api/write.h"

/* The call's ?planId: its document is what is written. Errors: BAD_REQUEST with a body, NOT_FOUND. */
int plans_take(struct write *w, struct err *e) ERR_CHECK;
/* PLAN_STALE unless the plan was made for what is there. */
int plans_check(const struct write *w, const struct entry *entry, struct err *e) ERR_CHECK;
/* Makes it anew, from what was asked for then and what is there now, and fails the call with it. */
void plans_renew(struct write *w);
/* Answers with the Plan of the write, and keeps it. */
void plans_reply(struct write *w, struct entry *entry, const struct savepoint *registered);
void plans_free(struct api *api);
