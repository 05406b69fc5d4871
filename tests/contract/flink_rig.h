/* Drives a Flink port from a test as if its calls were synchronous: calls it, lets time pass until the
 * answer is there, and copies the answer. A call that takes minutes fails the test. */
#pragma once

#include "base/arena.h"
#include "port/flink.h"

struct flink_rig {
    struct flink flink;
    struct arena *a; /* answers live in it */
    struct str url;  /* of the JobManager that is asked */
    /* Lets so much time pass, or less when something happened meanwhile. */
    void (*turn)(struct flink_rig *r, int64_t us);
    int64_t (*now_us)(struct flink_rig *r);
};

struct flink_sight rig_look(struct flink_rig *r, struct str job, enum flink_look what);
struct flink_checkpoints rig_checkpoints(struct flink_rig *r, struct str job);
struct flink_trigger rig_trigger(struct flink_rig *r, struct str job, struct str trigger);
struct flink_answer rig_cause(struct flink_rig *r, struct str job);
struct flink_answer rig_submit(struct flink_rig *r, const struct flink_submit *s);
struct flink_answer rig_savepoint(struct flink_rig *r, const struct flink_stop *s);
struct flink_answer rig_cancel(struct flink_rig *r, struct str job);
/* Lets time pass until holds(arg); false when `seconds` are over. */
bool rig_holds(struct flink_rig *r, int seconds, bool (*holds)(void *arg), void *arg);
