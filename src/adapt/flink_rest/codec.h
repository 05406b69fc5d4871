/* Inside of this adapter: Flink's answers as values, and requests as bytes. Pure.
 *
 * A decoder returns false with *why set when the answer does not prove what it should: none came,
 * an error of the server, a login page, JSON that was cut or of another shape. Nothing is ever read
 * from such an answer, least of all absence. */
#pragma once

#include "port/flink.h"
#include "port/http_client.h"

/* An answer of the given status whose body is a JSON document. */
bool answer_json(struct arena *a, const struct http_answer *answer, int status, struct json *ret,
                 struct str *why);
/* The texts of Flink's {"errors": [...]}, joined by newlines; empty when the body is not that. */
struct str answer_errors(struct arena *a, const struct http_answer *answer);
/* The deepest cause of a Java stack trace, one bounded line without control characters: its last
 * "Caused by:", else its first line that says anything. */
struct str deepest_cause(struct arena *a, struct str trace);
/* One bounded line that says what came instead of what was wanted. */
struct str answer_text(struct arena *a, const struct http_answer *answer);

/* /jobs/overview: the fields of *ret about the job, ABSENT when it is not listed. */
bool decode_overview(struct arena *a, const struct http_answer *answer, struct str job_id,
                     struct flink_sight *ret, struct str *why);
/* /taskmanagers: their ids and number. */
bool decode_taskmanagers(struct arena *a, const struct http_answer *answer, struct flink_sight *ret,
                         struct str *why);
/* /jobs/:id/metrics?get=numRestarts; -1 when it does not say. */
int64_t decode_restarts(struct arena *a, const struct http_answer *answer);

/* /jobs/:id/checkpoints and /jobs/:id/checkpoints/config. Both give REFUSED when the job has no
 * checkpointing, and leave *ret's other fields to each other. */
void decode_checkpoints(struct arena *a, const struct http_answer *answer,
                        struct flink_checkpoints *ret);
void decode_checkpoint_config(struct arena *a, const struct http_answer *answer,
                              struct flink_checkpoints *ret);

struct flink_trigger decode_trigger(struct arena *a, const struct http_answer *answer);
struct flink_answer decode_cause(struct arena *a, const struct http_answer *answer);
struct flink_answer decode_plan(struct arena *a, const struct http_answer *answer);
struct flink_answer decode_submit(struct arena *a, const struct http_answer *answer,
                                  struct str job_id);
struct flink_answer decode_posted(struct arena *a, const struct http_answer *answer,
                                  struct str trigger_id);
struct flink_answer decode_cancel(struct arena *a, const struct http_answer *answer);

/* "<url>/<path>", or empty when the base is not an http address or the whole is too long. */
struct str request_url(struct arena *a, struct str base, struct str path);
/* One path segment, percent-encoded; empty when it cannot be one. */
struct str request_segment(struct arena *a, struct str s);
struct str request_plan(struct arena *a, const struct flink_plan *p);
struct str request_submit(struct arena *a, const struct flink_submit *s);
struct str request_stop(struct arena *a, const struct flink_stop *s);
