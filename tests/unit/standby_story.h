/* A Deployment whose running job was edited, with spec.warmStandby, before the core. */
#pragma once

#include "core_story.h"

#define STANDBY_JOB "d1000000-0000-4000-8000-000000000009"

/* Afresh: its standby is at this step, and its cluster is whole. */
void given_standby(enum standby_step step);
struct platform_cluster *its_cluster(void);
/* Its call was made by this process; answered so, or not yet. */
void given_its_answer(enum outcome outcome, int status);
void given_its_call_is_under_way(void);
/* Its step began so long ago. */
void given_it_waited(int64_t us);
void given_the_plan(enum outcome outcome);
void then_its_step_is(enum standby_step step);
