/* A loop for contract tests that is turned by hand: the test decides when the loop thread (the
 * test's own) runs what was posted. Only post and work are there. */
#pragma once

#include "port/loop.h"

struct hand_loop;

struct hand_loop *hand_loop_new(void);
/* Runs what is still posted, then frees. */
void hand_loop_free(struct hand_loop *l);
struct loop hand_loop_port(struct hand_loop *l);
/* Runs posted functions until holds(arg); false when that takes longer than a minute. */
bool hand_loop_until(struct hand_loop *l, bool (*holds)(void *arg), void *arg);
