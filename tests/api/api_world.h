/* The API in a test's hands: the real registry and shell over a store that answers what it is told,
 * a world without processes, and a server that keeps what was answered. Time stands still unless the
 * test lets it pass. */
#pragma once

#include "api/api.h"
#include "core/record.h"
#include "story.h"

struct api_world;

struct answer {
    int status;
    struct str body;
    struct str type;
    struct json json; /* none when the body is no JSON */
    const struct http_header *headers;
    size_t n_headers;
};

/* A request as the server hands it over. Absent strings are left out. */
struct ask {
    const char *method;
    const char *path; /* with ?query */
    const char *body; /* ' stands for " */
    struct str raw;   /* a body as it is, instead */
    const char *type; /* Content-Type; application/json when there is a body */
    const char *accept;
    const char *if_match;
    const char *if_none_match;
    const char *request_id;
    const char *agent; /* User-Agent */
    const char *author;
    const char *source;
    const char *message;
    const char *last_event_id;
    const char *idempotency_key;
    const char *peer; /* the client's address */
};

extern struct api_world *world; /* of the running test */
int world_begin(void **state);
int world_end(void **state);
#define API_STORY(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

struct app *world_app(void);

/* Sends, and lets commits and answers happen until it is answered. */
struct answer ask(struct ask a);
struct answer get(const char *path);
struct answer post(const char *path, const char *body);
struct answer put(const char *path, const char *body);
struct answer patch(const char *path, const char *body);
struct answer del(const char *path);
/* Sends, and lets nothing happen; the answer comes with world_settle. */
int ask_later(struct ask a);
bool answered(int exchange);
struct answer answer_of(int exchange);
/* A stream: what has come so far. */
struct str stream_text(int exchange);
bool stream_ended(int exchange);
void client_leaves(int exchange);
void client_reads_too_slowly(int exchange);

/* Delivers what was queued: commits, answers of ports. Timers of the reconciler stay. */
void world_settle(void);
/* Lets time pass, with everything that falls due. */
void world_pass(int64_t us);

/* GlobalDeploymentDefaults' spec, as configured; before anything else. */
void configured_defaults(const char *spec);
/* What the next commits come to. */
void store_says(enum store_outcome outcome);
int64_t store_commits(void);
/* As in a store from before they were kept. */
void revisions_are_lost(void);
/* The numbers of the tables that the last commit wrote, events left out: "0 1 8". */
struct str last_commit(void);
/* What the daemon knows of kept answers is what the store has. */
void daemon_forgets_replies(void);

/* ---- shortcuts ---- */

#define DEPLOYMENTS "/api/v1/namespaces/default/deployments"
#define SAVEPOINTS  "/api/v1/namespaces/default/savepoints"
/* A Deployment of that name and desired state; fails the test unless it was created. */
void have_deployment(const char *name, const char *state);
struct entry *entry_named(const char *name);
/* Its job runs: attempt 1, with all tasks up. */
void have_running_job(const char *name);
void have_standby_given_up(const char *name); /* beside a running job; its number is spent */
/* The running job's newest checkpoint, as its statistics tell it. */
/* Flink does not answer any more. */
void flink_is_silent(void);
void have_checkpoint(const char *name, int64_t id, bool retained);
/* A completed Savepoint of attempt `attempt`. */
void have_savepoint(const char *name, const char *id, enum savepoint_origin origin, int64_t attempt,
                    int64_t checkpoint_id, const char *location);
void edit_record(const char *name, void (*edit)(struct record *r));

/* Whether an event of this name has a message with this in it. */
bool event_told(const char *name, const char *part);

struct str text_at(struct json v, const char *dotted);
int64_t number_at(struct json v, const char *dotted);
struct str header_of(const struct answer *a, const char *name);
/* Everything that is stored, as one text: equal texts, nothing changed. */
struct str whole_registry(void);

/* The answer is a problem of that status and code; its first pointer. */
#define assert_problem(answer_, status_, code_) \
    assert_is_problem((answer_), (status_), (code_), __FILE__, __LINE__)
struct str assert_is_problem(struct answer a, int status, const char *code, const char *file,
                             int line);
#define assert_status(answer_, status_) assert_is_status((answer_), (status_), __FILE__, __LINE__)
void assert_is_status(struct answer a, int status, const char *file, int line);
