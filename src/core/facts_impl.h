/* What the parts of core_facts share. */
#pragma once

#include "core/facts.h"

/* Microseconds since the record's timer has its value; 0 when that was not noticed yet. */
int64_t facts_since_timer(const struct core_in *in);
/* Of the record's chance. */
int64_t facts_since_chance(const struct core_in *in);
/* The intent's call was sent by this very process. */
bool facts_call_is_ours(const struct core_in *in);
/* Of an attempt that is READ: its submission was not answered, so that its job may start yet. */
bool facts_may_start_late(const struct core_in *in);
/* When a call that this process has sent may be sent again: monotonic, 0 = it has not sent it. */
int64_t facts_call_again_at(const struct core_in *in);
enum result facts_result(const struct core_in *in);
/* An observation that counts: it began after the record was durable, and not long ago. */
bool facts_are_fresh(const struct core_in *in, const struct seen_part *part);
bool facts_lists_only_ours(const struct flink_sight *job, const struct platform_cluster *c);
/* The call's answer; `deadline`: that it passed. */
enum result facts_call_result(const struct seen_call *call, bool is_ours, bool late);
/* standby.c */
enum standby_fact core_standby_fact(const struct core_in *in, enum phase phase, enum drift drift);
/* The standby could not make the plan of what is wanted. */
bool core_plan_is_refused(const struct core_in *in);
