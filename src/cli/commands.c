/* The one table of commands and the one of flags: parser, help, suggestions and the list of exit
 * codes come from them. */
#include "cli/cli.h"

#define BIT(f)   (1UL << FLAG_##f)
#define EXIT(x)  (1U << EXIT_##x)
#define DOCUMENT ((1U << FORMAT_TABLE) | (1U << FORMAT_JSON) | (1U << FORMAT_YAML))
#define LISTS    ((1U << FORMATS) - 1U)
#define WRITTEN  (DOCUMENT | (1U << FORMAT_NAME))
#define WAITS    (BIT(WAIT) | BIT(TIMEOUT))
#define ASKS     (BIT(ALLOW_STATE_LOSS) | BIT(YES) | BIT(MESSAGE))
#define WAITED   (EXIT(TIMED_OUT) | EXIT(ENDED))

const char *const format_names[FORMATS] = {"table",  "tsv",  "wide", "json",
                                           "ndjson", "yaml", "name"};

const struct flag_info flag_infos[FLAGS] = {
    [FLAG_SERVER] = {"server", 0, "URL",
                     "Where sluiced answers; else SLUICE_SERVER, else http://127.0.0.1:8080."},
    [FLAG_NAMESPACE] = {"namespace", 'n', "NAME", "Else SLUICE_NAMESPACE, else default."},
    [FLAG_OUTPUT] = {"output", 'o', "FORMAT", "How to print the result."},
    [FLAG_NO_COLOR] = {"no-color", 0, NULL, "Also NO_COLOR in the environment."},
    [FLAG_HELP] = {"help", 'h', NULL, "This text."},
    [FLAG_FILE] = {"file", 'f', "FILE",
                   "YAML or JSON, one or more documents; - is standard input."},
    [FLAG_SELECTOR] = {"selector", 'l', "LABELS", "Only those with these labels: k=v,k2!=v2."},
    [FLAG_WATCH] = {"watch", 'w', NULL, "Stay, and print what changes."},
    [FLAG_HEADER] = {"header", 0, NULL, "Print the names of the columns in tsv too."},
    [FLAG_DEPLOYMENT] = {"deployment", 'd', "NAME", "Only what belongs to this Deployment."},
    [FLAG_EXIT_CODE] = {"exit-code", 0, NULL,
                        "End with 10 when there are changes, 11 when they drop or rewind state."},
    [FLAG_REPLACE] = {"replace", 0, NULL,
                      "The file is all there is: what it leaves out goes back to the defaults. "
                      "Else it is merged."},
    [FLAG_ALLOW_STATE_LOSS] = {"allow-state-loss", 0, NULL,
                               "Go on although state is dropped or rewound."},
    [FLAG_YES] = {"yes", 'y', NULL, "Answer yes to every question."},
    [FLAG_WAIT] = {"wait", 0, NULL, "Stay until it is reached, and tell what happens."},
    [FLAG_TIMEOUT] = {"timeout", 0, "DURATION",
                      "Stop waiting after this long (10m); the server goes on."},
    [FLAG_FOR] = {"for", 0, "WHAT",
                  "state=RUNNING, health=OK, deleted, or a field: /status/specVersion=3."},
    [FLAG_NO_FAIL_FAST] = {"no-fail-fast", 0, NULL,
                           "Wait on although it cannot be reached without somebody's help."},
    [FLAG_FOLLOW] = {"follow", 'f', NULL, "Stay, and print what comes."},
    [FLAG_SINCE] = {"since", 0, "SEQUENCE", "Only events after this one."},
    [FLAG_LIMIT] = {"limit", 0, "N", "At most so many."},
    [FLAG_EVENTS] = {"events", 0, "N", "How many events to show (5)."},
    [FLAG_ATTEMPT] = {"attempt", 0, "N", "Of which start of the job; the last one by default."},
    [FLAG_BYTES] = {"bytes", 0, "N", "So much from the end (65536)."},
    [FLAG_FORCE] = {"force", 0, NULL, "Forget the record, leave the data where it is."},
    [FLAG_EXPLAIN] = {"explain", 0, NULL, "With every candidate and why it was not chosen."},
    [FLAG_MESSAGE] = {"message", 'm', "TEXT", "Why, for the history."},
    [FLAG_DIFF] = {"diff", 0, "[A..]B", "What revision B changed, or what is different from A."},
    [FLAG_TO] = {"to", 0, "N", "The revision to go back to."},
    [FLAG_STATE] = {"state", 0, "newest|at-revision",
                    "newest (the default): the state that the restore strategy chooses; "
                    "at-revision: what the jobs of that revision left."},
    [FLAG_PLAN] = {"plan", 0, "ID", "Instead of a file: exactly what that plan showed, or nothing."},
    [FLAG_CLIENT] = {"client", 0, NULL, "Do not ask the server."},
};

/* clang-format off */
const struct command commands[] = {
{ .name = "apply", .args = "-f FILE | --plan ID", .fn = cmd_apply,
  .flags = BIT(FILE) | BIT(PLAN) | BIT(REPLACE) | ASKS | WAITS, .formats = WRITTEN,
  .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Create what a file describes, or change it into that.",
  .examples = "sluice apply -f ledger.yaml --wait\n"
              "sluice apply --plan p-1a2b3c4d5e6f   # what sluice plan showed\n"
              "sed s/@TAG@/2.9.0/ ledger.yaml | sluice apply -f -\n" },
{ .name = "plan", .alias = "diff", .args = "-f FILE", .fn = cmd_plan,
  .flags = BIT(FILE) | BIT(REPLACE) | BIT(EXIT_CODE), .formats = DOCUMENT,
  .exits = EXIT(NOT_FOUND) | EXIT(CHANGES) | EXIT(STATE_LOSS),
  .doc = "Show what apply would change, and what that does to the job's state.",
  .examples = "sluice plan -f ledger.yaml\n"
              "sluice plan -f ledger.yaml --exit-code   # 11: drops or rewinds state\n" },
{ .name = "get", .args = "KIND [NAME] | KIND/NAME", .fn = cmd_get, .least = 1, .most = 2,
  .flags = BIT(SELECTOR) | BIT(WATCH) | BIT(HEADER) | BIT(DEPLOYMENT) | BIT(LIMIT),
  .formats = LISTS, .exits = EXIT(NOT_FOUND),
  .doc = "List or fetch deployments, jobs, savepoints, events, targets, defaults, namespaces.",
  .examples = "sluice get deployments -l team=payments\n"
              "sluice get d/ledger -o yaml\n"
              "sluice get savepoints --deployment ledger\n"
              "sluice get deployments -w\n" },
{ .name = "describe", .alias = "status", .args = "[KIND/]NAME", .fn = cmd_describe,
  .least = 1, .most = 2, .flags = BIT(EVENTS), .formats = DOCUMENT, .exits = EXIT(NOT_FOUND),
  .doc = "Everything about one thing on one screen; of a Deployment also what it would restore.",
  .examples = "sluice describe d/ledger\n" },
{ .name = "start", .args = "NAME", .fn = cmd_start, .least = 1, .most = 2, .flags = ASKS | WAITS,
  .formats = WRITTEN, .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Ask for the state RUNNING.", .examples = "sluice start ledger --wait\n" },
{ .name = "suspend", .args = "NAME", .fn = cmd_suspend, .least = 1, .most = 2,
  .flags = ASKS | WAITS, .formats = WRITTEN,
  .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Ask for the state SUSPENDED: a savepoint is taken, then the job stops.",
  .examples = "sluice suspend ledger --wait\n" },
{ .name = "cancel", .args = "NAME", .fn = cmd_cancel, .least = 1, .most = 2,
  .flags = ASKS | WAITS, .formats = WRITTEN,
  .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Ask for the state CANCELLED: the job stops without a savepoint.",
  .examples = "sluice cancel ledger\n" },
{ .name = "restart", .args = "NAME", .fn = cmd_restart, .least = 1, .most = 2,
  .flags = ASKS | WAITS, .formats = WRITTEN,
  .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Replace the running job, as an upgrade does, though nothing was edited.",
  .examples = "sluice restart ledger --wait\n" },
{ .name = "history", .args = "NAME", .fn = cmd_history, .least = 1, .most = 2,
  .flags = BIT(DIFF) | BIT(HEADER), .formats = LISTS & ~(1U << FORMAT_NAME),
  .exits = EXIT(NOT_FOUND),
  .doc = "The accepted changes of a Deployment's spec: who, why, what it did.",
  .examples = "sluice history ledger\nsluice history ledger --diff 17..19\n" },
{ .name = "rollback", .args = "NAME --to N", .fn = cmd_rollback, .least = 1, .most = 2,
  .flags = BIT(TO) | BIT(STATE) | ASKS | WAITS, .formats = WRITTEN,
  .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | EXIT(DECLINED) | WAITED,
  .doc = "Make the spec that of a revision again, with the newest state or with its own.",
  .examples = "sluice rollback ledger --to 17 --wait\n"
              "sluice rollback ledger --to 17 --state at-revision -m 'INC-4411'\n" },
{ .name = "retry", .args = "NAME", .fn = cmd_retry, .least = 1, .most = 2, .flags = WAITS,
  .formats = WRITTEN, .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | WAITED,
  .doc = "Count attempts anew and go on, after a Deployment gave up or was blocked.",
  .examples = "sluice retry ledger --wait\n" },
{ .name = "wait", .args = "NAME --for WHAT", .fn = cmd_wait, .least = 1, .most = 2,
  .flags = BIT(FOR) | BIT(TIMEOUT) | BIT(NO_FAIL_FAST), .exits = EXIT(NOT_FOUND) | WAITED,
  .doc = "Block until something holds; ends at once when it cannot be reached any more.",
  .examples = "sluice wait ledger --for state=RUNNING --timeout 5m\n"
              "sluice wait ledger --for deleted\n" },
{ .name = "restore", .args = "NAME", .fn = cmd_restore, .least = 1, .most = 2,
  .flags = BIT(EXPLAIN), .formats = DOCUMENT, .exits = EXIT(NOT_FOUND),
  .doc = "Show what the next job would be restored from, by what may come next.",
  .examples = "sluice restore ledger\nsluice restore ledger --explain\n" },
{ .name = "events", .args = "[NAME]", .fn = cmd_events, .most = 2,
  .flags = BIT(FOLLOW) | BIT(SINCE) | BIT(LIMIT) | BIT(HEADER), .formats = LISTS,
  .exits = EXIT(NOT_FOUND), .doc = "What happened and why, oldest first.",
  .examples = "sluice events ledger --follow\nsluice events --since 4711 -o ndjson\n" },
{ .name = "logs", .args = "NAME [PROCESS]", .fn = cmd_logs, .least = 1, .most = 2,
  .flags = BIT(ATTEMPT) | BIT(BYTES), .exits = EXIT(NOT_FOUND),
  .doc = "The end of a Flink process's log: jobmanager, or a TaskManager's id.",
  .examples = "sluice logs ledger\nsluice logs ledger taskmanager-1 --attempt 3\n" },
{ .name = "savepoint create", .args = "NAME", .fn = cmd_savepoint_create, .least = 1, .most = 2,
  .flags = WAITS, .formats = WRITTEN, .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | WAITED,
  .doc = "Take a savepoint of the running job.",
  .examples = "sluice savepoint create ledger --wait\n" },
{ .name = "savepoint list", .args = "[NAME]", .fn = cmd_savepoint_list, .most = 2,
  .flags = BIT(HEADER) | BIT(WATCH), .formats = LISTS, .exits = EXIT(NOT_FOUND),
  .doc = "The snapshots of a Deployment, or all.", .examples = "sluice savepoint list ledger\n" },
{ .name = "savepoint inspect", .args = "PATH | ID", .fn = cmd_savepoint_inspect,
  .least = 1, .most = 1, .formats = DOCUMENT, .exits = EXIT(NOT_FOUND),
  .doc = "Read a snapshot's _metadata: operators, parallelism, sizes, format.",
  .examples = "sluice savepoint inspect file:///data/savepoints/savepoint-1a2b\n" },
{ .name = "savepoint register", .args = "NAME LOCATION", .fn = cmd_savepoint_register,
  .least = 2, .most = 3, .formats = WRITTEN, .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT),
  .doc = "Make a snapshot that exists somewhere one of this Deployment's.",
  .examples = "sluice savepoint register ledger file:///backup/savepoint-1a2b\n" },
{ .name = "savepoint delete", .args = "ID", .fn = cmd_savepoint_delete, .least = 1, .most = 1,
  .flags = BIT(FORCE), .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT),
  .doc = "Delete a snapshot's data, when nobody needs it.",
  .examples = "sluice savepoint delete 6f1c9c1e-5d0a-4a55-9d8e-0f4f4b8f3a11\n" },
{ .name = "delete", .args = "KIND/NAME", .fn = cmd_delete, .least = 1, .most = 2,
  .flags = BIT(FORCE) | WAITS, .exits = EXIT(NOT_FOUND) | EXIT(CONFLICT) | WAITED,
  .doc = "Delete a Deployment (CANCELLED or SUSPENDED), a savepoint or a target.",
  .examples = "sluice delete d/ledger --wait\n" },
{ .name = "explain", .args = "rule N | rules | KIND.FIELD", .fn = cmd_explain,
  .least = 1, .most = 2, .exits = EXIT(NOT_FOUND),
  .doc = "What a rule number means; what a field is, its default, and what changing it does.",
  .examples = "sluice explain rule 442\nsluice explain deployment.spec.restoreStrategy.kind\n" },
{ .name = "version", .args = "", .fn = cmd_version, .flags = BIT(CLIENT), .formats = DOCUMENT,
  .doc = "Versions of this program and of the server.", .examples = "sluice version --client\n" },
{ .name = "help", .args = "[COMMAND]", .fn = cmd_help, .most = 2,
  .doc = "What there is, or how one command is used.", .examples = "sluice help apply\n" },
};
/* clang-format on */

const size_t n_commands = sizeof(commands) / sizeof(commands[0]);
