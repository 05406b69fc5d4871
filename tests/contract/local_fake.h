/* The local target over a stand-in for Java, which behaves as it is told: one world per test. */
#pragma once

#include "local_world.h"

extern struct local_world w;

/* The world's own arena, and its deployment. */
#define ARENA      (w.world.rig.a)
#define DEPLOYMENT (w.world.spec.deployment_id)

/* For cmocka's setup and teardown. */
int open_world(void **state);
int close_world(void **state);
/* What the stand-in does, an option of its own, e.g. -Dfake=mute. */
void java_is(const char *how);
void provision(void);
const struct platform_cluster *look(int64_t attempt); /* NULL: there is none */
bool is_gone(void *attempt);                          /* int64_t */
void assert_goes(int64_t attempt);
