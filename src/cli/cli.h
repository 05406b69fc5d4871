/* sluice: what its commands share. Everything runs on one thread.
 *
 * A command returns an exit code; whatever went wrong has been said on standard error by then. The
 * result of a command goes to standard output, everything else to standard error. */
#pragma once

#include "data/fields.h"
#include "model/resource.h"
#include "port/http_client.h"
#include "port/loop.h"

/* Exit codes are an interface: scripts and CI read them. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_CONFLICT = 4,
    EXIT_TIMED_OUT = 5,
    EXIT_DENIED = 6,
    EXIT_UNREACHABLE = 7,
    EXIT_ENDED = 8,
    EXIT_DECLINED = 9,
    EXIT_CHANGES = 10,
    EXIT_STATE_LOSS = 11,
    EXIT_UNSOUND = 12,
    EXIT_UNSAID = 13,
    EXIT_SIGINT = 130,
    EXIT_SIGPIPE = 141,
    EXIT_SIGTERM = 143,
};

enum flag {
    FLAG_SERVER,
    FLAG_NAMESPACE,
    FLAG_OUTPUT,
    FLAG_NO_COLOR,
    FLAG_HELP,
    FLAG_FILE,
    FLAG_SELECTOR,
    FLAG_WATCH,
    FLAG_HEADER,
    FLAG_DEPLOYMENT,
    FLAG_EXIT_CODE,
    FLAG_REPLACE,
    FLAG_ALLOW_STATE_LOSS,
    FLAG_YES,
    FLAG_WAIT,
    FLAG_TIMEOUT,
    FLAG_FOR,
    FLAG_NO_FAIL_FAST,
    FLAG_FOLLOW,
    FLAG_SINCE,
    FLAG_LIMIT,
    FLAG_EVENTS,
    FLAG_ATTEMPT,
    FLAG_BYTES,
    FLAG_FORCE,
    FLAG_EXPLAIN,
    FLAG_CLIENT,
    FLAG_MESSAGE,
    FLAG_DIFF,
    FLAG_TO,
    FLAG_TO_REVISION,
    FLAG_STATE,
    FLAG_PLAN,
    FLAG_PLAN_ID,
    FLAG_NAME,
    FLAG_FROM,
    FLAGS,
};
_Static_assert(FLAGS <= 64, "a command's flags are the bits of one number");

struct flag_info {
    const char *name;
    char letter;       /* 0 = none */
    const char *value; /* what to write after it; NULL = a switch */
    const char *doc;
};
extern const struct flag_info flag_infos[FLAGS];

enum format {
    FORMAT_TABLE, /* for people */
    FORMAT_TSV,   /* the same columns, for programs */
    FORMAT_WIDE,
    FORMAT_JSON,
    FORMAT_NDJSON,
    FORMAT_YAML,
    FORMAT_NAME,
    FORMATS,
};
extern const char *const format_names[FORMATS];

struct cli;

struct command {
    const char *name;  /* "savepoint create" */
    const char *alias; /* NULL = none */
    const char *args;  /* of the usage line */
    unsigned least;    /* words behind the name */
    unsigned most;
    uint64_t flags;       /* bits 1 << enum flag, besides those that all have */
    unsigned formats;     /* bits 1 << enum format; 0 = it has no -o */
    unsigned exits;       /* bits 1 << enum exit_code, besides 0, 1, 2 and 7 */
    const char *doc;      /* one sentence */
    const char *examples; /* lines */
    int (*fn)(struct cli *c);
};
extern const struct command commands[];
extern const size_t n_commands;

enum { MOST_WORDS = 8 };

struct server;

struct cli {
    struct arena *a;
    const struct command *command;
    struct str words[MOST_WORDS]; /* behind the command's name */
    size_t n_words;
    struct str flags[FLAGS]; /* .ptr NULL = not given */
    struct str url;          /* of the server, without a slash at its end */
    struct str ns;
    enum format format;
    bool tty; /* standard output is a terminal */
    bool color;
    bool utf8; /* symbols beyond ASCII */
    struct buf out;
    struct server *server; /* made with the first request */
};

static inline bool flag_given(const struct cli *c, enum flag f)
{
    return c->flags[f].ptr != NULL;
}
/* True for a flag of the command's own. */
static inline bool has_bit(uint64_t bits, unsigned bit)
{
    return bits >> bit & 1U;
}

/* ---- args.c ---- */

/* Fills command, words, flags, url, ns and format in. -1 = go on; otherwise the program ends with
 * that exit code. */
int args_parse(struct cli *c, int argc, char **argv);
/* The flag as a duration in microseconds; EXIT_DONE, or EXIT_USAGE with a word. */
int flag_duration(struct cli *c, enum flag f, int64_t fallback_us, int64_t *ret_us);
/* The same for a whole number. */
int flag_number(struct cli *c, enum flag f, int64_t fallback, int64_t *ret);

/* ---- help.c ---- */

void help_all(struct cli *c);
void help_command(struct cli *c, const struct command *cmd);
/* The commands whose name begins with the given word. */
void help_group(struct cli *c, struct str word);

/* ---- out.c ---- */

/* Adds to standard output. */
void out_fmt(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_str(struct cli *c, struct str s);
/* Writes what was added. False when nobody reads any more, or it cannot be written. */
bool out_flush(struct cli *c);
/* One line to standard error. */
void say(struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An error in three parts: what, why, what next (NULL: nothing to advise). Returns `code`. */
int fail(struct cli *c, enum exit_code code, const char *what, struct str why, const char *next);
/* JSON in lines and indented. */
void out_json(struct cli *c, struct json v);
/* In the format asked for, if it is json, ndjson or yaml; false otherwise. */
bool out_document(struct cli *c, struct json v);
/* Without control characters: what a server or a file said must not steer a terminal. */
struct str plain(struct arena *a, struct str s);
/* Its first line, without control characters. */
struct str plain_line(struct arena *a, struct str s);
/* "12s", "5m", "3h", "14d": one unit is enough for people. */
struct str age_text(struct arena *a, int64_t us);
/* "1.9 GB" */
struct str size_text(struct arena *a, int64_t bytes);
/* The age of an RFC 3339 time, "-" when there is none. */
struct str age_of(const struct cli *c, struct json time);
int64_t now_wall_us(void);
int64_t now_mono_us(void);

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BUSY, TONE_BAD, TONE_QUIET };
enum tone state_tone(struct str state);
/* The text in the tone's colour, where there are colours. */
struct str toned(const struct cli *c, struct str text, enum tone tone);
/* The text with the tone's symbol in front, where a person looks at a terminal that has it: colour
 * alone must not carry a meaning. */
struct str marked(const struct cli *c, struct str text, enum tone tone);

/* ---- table.c ---- */

struct table {
    const char *const *heads;
    size_t columns;
    struct str *cells; /* row by row */
    enum tone *tones;
    size_t n; /* cells */
    size_t capacity;
};
void table_cell(struct cli *c, struct table *t, struct str text, enum tone tone);
/* As columns, or tab-separated. Forgets the rows afterwards. */
void table_print(struct cli *c, struct table *t, bool heads);

/* ---- server.c ---- */

struct answer {
    enum outcome outcome;
    int status;
    struct str text;  /* the body; or why there is none */
    struct json json; /* when the body is JSON */
};

/* Asks and waits for the answer. Nothing is printed. `body` empty = none. */
struct answer server_ask(struct cli *c, const char *method, struct str path, struct str body);
/* EXIT_DONE for a 2xx; otherwise says what went wrong and returns the exit code. `what` is what was
 * tried: "apply deployment/x". */
int server_judge(struct cli *c, const struct answer *answer, const char *what);
/* GET and judge. */
int server_get(struct cli *c, struct str path, const char *what, struct json *ret);
void server_free(struct cli *c);
/* Sleeps; false when the user pressed Ctrl-C or asked the program to end meanwhile. */
bool server_pause(struct cli *c, int64_t us);
/* From now on SIGINT and SIGTERM end pauses and requests instead of the program. */
void server_catch_signals(struct cli *c);
/* The signal that came, 0 = none. */
int server_signal(const struct cli *c);
/* Text as part of a path or a query. */
struct str url_part(struct arena *a, struct str s);
/* "/api/v1/namespaces/NS/SEGMENT" */
struct str ns_path(const struct cli *c, const char *segment);
struct str deployment_path(const struct cli *c, struct str name);

/* ---- kinds.c ---- */

struct column {
    const char *head;
    const char *path; /* into the object */
    enum { COLUMN_TEXT, COLUMN_STATE, COLUMN_AGE, COLUMN_SIZE, COLUMN_LINE } type;
    bool wide; /* only in wide */
};
struct kind {
    enum resource_kind id;
    const char *word;           /* "deployment", as -o name prints it */
    const char *const *aliases; /* NULL-terminated */
    const char *list_key;       /* where a list has its items */
    struct column columns[12];
};
/* NULL when there is none. */
const struct kind *kind_find(struct str word);
const struct kind *kind_of(enum resource_kind id);
/* "d/x", "d x", "x" (the kind is then `fallback`; NULL = it has to be named). Words from i on.
 * *name is empty when only a kind was given. */
int ref_parse(struct cli *c, size_t i, const struct kind *fallback, const struct kind **ret,
              struct str *name);
/* The same for what only Deployments have: gives the name. */
int ref_deployment(struct cli *c, size_t i, struct str *name);
struct str object_path(const struct cli *c, const struct kind *k, struct str name);
/* "deployment/x" */
struct str object_name(const struct cli *c, const struct kind *k, struct json object);
/* GET of a Deployment by name. */
int get_one_deployment(struct cli *c, struct str name, struct json *ret);

/* ---- apply.c ---- */

/* All of a file, "-" is standard input; EXIT_DONE, or EXIT_USAGE with a word. */
int file_read(struct cli *c, struct str file, struct str *ret);

/* ---- plan.c ---- */

/* The Plan in lines for people. */
void plan_print(struct cli *c, struct json plan);
/* The changes alone, a line for each; `created`: of something and nothing. */
void plan_print_changes(struct cli *c, struct json changed, bool created);
/* Whether the server says that the plan drops or rewinds state. */
bool plan_is_dangerous(struct json plan);

/* ---- restore.c ---- */

int restore_get(struct cli *c, struct str name, struct json *ret);
/* A line for each scenario of the RestoreDecision; explained: with reasons and warnings. */
void restore_print(struct cli *c, struct json decision, const char *indent, bool explain);

/* ---- wait.c ---- */

struct goal {
    struct str name;  /* of the Deployment */
    struct str path;  /* "status.state"; empty = it is to be gone */
    struct str value; /* upper or lower case */
    struct str text;  /* as --for takes it */
    bool or_finished; /* FINISHED will do as well: a bounded job may be quick */
};
/* Waits as the flags say, and tells every change. `since` is the last event that is old news; -1 =
 * find out. */
int wait_for(struct cli *c, const struct goal *goal, int64_t since);
/* The sequence of the newest event of the Deployment. */
int64_t newest_event(struct cli *c, struct str deployment_id);
/* One event as a line: time, name, rule, message. */
struct str event_line(struct cli *c, struct json event, bool with_deployment);

/* ---- write.c ---- */

/* The Plan of writing the document, as --replace says. */
int plan_ask(struct cli *c, struct str name, struct json body, const char *what, struct json *plan);
/* One document: plan, ask if state would be lost, write, wait if asked to. */
int write_deployment(struct cli *c, struct str name, struct json body, const char *what);

/* False when state would be lost and the user says no, or cannot be asked; *ret is the exit code. */
bool write_confirm(struct cli *c, struct json plan, const char *what, int *ret);
/* Says what was done to the Deployment and, with --wait, stays until the state that it now asks for. */
int write_finish(struct cli *c, struct json deployment, const char *did, int64_t since);
/* The path with --message, where one is given. */
struct str with_message(struct cli *c, struct str path);

/* Writes what was planned before, by the plan's id; as write_deployment does. */
int write_planned(struct cli *c, struct str plan_id);

/* ---- assign.c ---- */

/* "spec.template.spec.parallelism=8", put into a Deployment's document. EXIT_DONE, or EXIT_USAGE with
 * a word. */
int assign(struct cli *c, struct str word, struct json *document);
/* The same with a value that is text, whatever it looks like. */
int assign_text(struct cli *c, struct str path, struct str text, struct json *document);

/* ---- savepoint.c ---- */

/* Registers what lies at the location as a Savepoint of the Deployment. */
int savepoint_register(struct cli *c, struct str deployment, struct str location,
                       struct json *savepoint);
/* One line, or the document. */
void print_savepoint(struct cli *c, struct json object, const char *did);

/* ---- savepoint_care.c ---- */

/* "savepoint/ID" or "ID": the id. */
struct str savepoint_id(struct cli *c, struct str word);

/* ---- commands, by file ---- */

typedef int command_fn(struct cli *c);
command_fn cmd_apply, cmd_plan, cmd_delete;               /* apply.c */
command_fn cmd_start, cmd_suspend, cmd_cancel, cmd_retry; /* write.c */
command_fn cmd_get, cmd_describe;                         /* get.c, describe.c */
command_fn cmd_wait, cmd_events, cmd_logs;                /* wait.c, events.c */
command_fn cmd_restore;                                   /* restore.c */
command_fn cmd_history, cmd_rollback, cmd_restart;        /* history.c, rollback.c */
command_fn cmd_fork;                                      /* fork.c */
command_fn cmd_savepoint_create, cmd_savepoint_list, cmd_savepoint_register, cmd_savepoint_delete,
    cmd_savepoint_inspect; /* savepoint.c, inspect.c */
command_fn cmd_savepoint_verify, cmd_savepoint_copy, cmd_savepoint_pin, cmd_savepoint_unpin,
    cmd_savepoint_compat;                      /* savepoint_care.c */
command_fn cmd_explain, cmd_version, cmd_help; /* explain.c, help.c */
