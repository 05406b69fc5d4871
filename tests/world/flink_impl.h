/* Between the files of the simulated Flink. */
#pragma once

#include "world.h"

/* The cluster whose JobManager answers the call; NULL = silence. */
struct w_cluster *flink_answers(struct w_world *w, const struct w_call *call);
/* Its job of that id; NULL = none. */
struct w_job *flink_job_of(struct w_cluster *c, struct str id);
int64_t flink_position(const struct w_world *w, const struct w_job *j);
void flink_set_work(struct w_world *w, struct w_cluster *c, bool works);
void flink_job_ends(struct w_world *w, struct w_cluster *c, enum flink_job_status status);
