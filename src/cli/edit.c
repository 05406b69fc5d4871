/* edit: a Deployment in the user's editor, checked by the server before anything is written. What was
 * typed is never lost: it is opened again with what is wrong, or its file is kept and named. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/files.h"
#include "model/deployment.h"

struct edit {
    struct str name;
    const char *what;
    struct str path;     /* of the file that is open in the editor */
    struct str original; /* the text as it was given to the user */
    struct str text;     /* as it is now */
    int64_t version;     /* that the user saw */
};

/* ---- the file ---- */

/* In one step: what the file holds may be all there is of the user's work. */
static bool write_file(struct cli *c, const struct edit *e, struct str head, struct str text)
{
    struct str whole = arena_fmt(c->a, "%.*s%.*s", STR_ARG(head), STR_ARG(text));
    struct str beside = arena_fmt(c->a, "%.*s.new", STR_ARG(e->path));
    int fd = open(beside.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, whole.ptr, whole.len) == (ssize_t)whole.len;
    if (fd >= 0 && close(fd) < 0)
        done = false;
    if (done && rename(beside.ptr, e->path.ptr) == 0)
        return true;
    if (fd >= 0)
        unlink(beside.ptr);
    return false;
}

static int make_file(struct cli *c, struct edit *e)
{
    const char *folder = getenv("TMPDIR");
    struct str path = arena_fmt(c->a, "%s/sluice-%.*s-XXXXXX.yaml",
                                folder && folder[0] ? folder : P_tmpdir, STR_ARG(e->name));
    char *made = arena_cstr(c->a, path);
    int fd = mkstemps(made, sizeof(".yaml") - 1); /* 0600 */
    if (fd < 0)
        return fail(c, EXIT_REFUSED, e->what,
                    arena_fmt(c->a, "%.*s: %s", STR_ARG(path), strerrordesc_np(errno)),
                    "set TMPDIR to a directory that can be written");
    close(fd);
    e->path = str_of(made);
    return EXIT_DONE;
}

/* The comment above the text; `problem` empty = none so far. */
static struct str head_of(struct cli *c, const struct edit *e, struct str problem)
{
    struct buf b = {0};
    struct str rest = plain(c->a, problem);
    buf_fmt(&b,
            "# Deployment %.*s of namespace %.*s at %.*s\n"
            "# Save and close to plan and apply it. Empty, or left as it is: nothing happens.\n",
            STR_ARG(e->name), STR_ARG(c->ns), STR_ARG(c->url));
    if (problem.len)
        buf_fmt(&b, "#\n# It was refused, and nothing was changed:\n");
    while (rest.len) {
        struct str line = str_split(rest, '\n', &rest);
        buf_fmt(&b, "#   %.*s\n", STR_ARG(line));
    }
    struct str head = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return head;
}

static struct str without_head(struct str text)
{
    while (text.len && text.ptr[0] == '#')
        str_split(text, '\n', &text);
    return text;
}

/* The text is worth keeping: says where it is. */
static int keep(struct cli *c, const struct edit *e, int code)
{
    if (!str_eq(e->text, e->original))
        say(c, "  what you typed is kept in %.*s", STR_ARG(e->path));
    else
        unlink(e->path.ptr);
    return code;
}

/* ---- the editor ---- */

static const char *editor(void)
{
    static const char *const names[] = {"VISUAL", "EDITOR"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return value;
    }
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "vi" : NULL;
}

/* Its exit code, 127 when it cannot be started. Ctrl-C is the editor's meanwhile. */
static int run_editor(struct cli *c, const char *command, struct str path)
{
    struct str line = arena_fmt(c->a, "%s \"$1\"", command);
    char shell[] = "sh";
    char flag[] = "-c";
    char *argv[] = {shell, flag, arena_cstr(c->a, line), shell, arena_cstr(c->a, path), NULL};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction kept;
    posix_spawnattr_t attributes;
    sigset_t signals;
    pid_t pid;
    int status = 127 << 8;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    sigaction(SIGINT, &ignore, &kept);
    if (posix_spawn(&pid, "/bin/sh", NULL, &attributes, argv, environ) == 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    sigaction(SIGINT, &kept, NULL);
    posix_spawnattr_destroy(&attributes);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Lets the user work on the text; *changed says whether it differs from what it was. */
static int let_edit(struct cli *c, struct edit *e, struct str problem, bool *changed)
{
    struct str before = e->text;
    const char *command = editor();
    if (!command)
        return fail(c, EXIT_DECLINED, e->what, STR("there is no terminal, and EDITOR is not set"),
                    "sluice set NAME PATH=VALUE, or sluice apply -f FILE");
    if (!write_file(c, e, head_of(c, e, problem), e->text))
        return fail(c, EXIT_REFUSED, e->what,
                    arena_fmt(c->a, "%.*s: %s", STR_ARG(e->path), strerrordesc_np(errno)),
                    "set TMPDIR to a directory that has room");
    int status = run_editor(c, command, e->path);
    struct str text;
    int r = file_read(c, e->path, &text);
    if (r == EXIT_DONE)
        e->text = without_head(text);
    if (r == EXIT_DONE && status != 0)
        r = fail(c, EXIT_DECLINED, e->what,
                 arena_fmt(c->a, "the editor (%s) ended with %d", command, status),
                 "set VISUAL or EDITOR to one that ends with 0 when it has saved");
    *changed = !str_eq(e->text, before);
    return r;
}

/* ---- the server's word ---- */

/* The document with the version that the user saw: has it moved on, the server says so. */
static bool parse_text(struct cli *c, const struct edit *e, struct json *ret, struct str *problem)
{
    struct json version = {0};
    struct err err = {0};
    struct str patch =
        arena_fmt(c->a, "{\"metadata\":{\"resourceVersion\":%lld}}", (long long)e->version);
    if (yaml_parse(c->a, e->text, ret, &err) < 0 || json_parse(c->a, patch, &version, &err) < 0) {
        *problem = arena_str(c->a, str_of(err.text));
        return false;
    }
    if (json_kind(*ret) != JSON_OBJECT) {
        *problem = STR("an object was expected: kind, metadata, spec");
        return false;
    }
    *ret = json_merge_patch(c->a, *ret, version);
    return true;
}

/* What a new look of the user's at the text can mend; empty: nothing. */
static struct str curable(struct cli *c, const struct answer *answer)
{
    struct str none = {0};
    if (answer->outcome != OUTCOME_DONE || answer->status != 400)
        return none;
    struct json first = json_at(json_get(answer->json, STR("errors")), 0);
    struct str at = json_str_or(json_get(first, STR("pointer")), none);
    return arena_fmt(c->a, "%.*s%s%.*s", STR_ARG(at), at.len ? ": " : "",
                     STR_ARG(json_str_or(json_get(answer->json, STR("message")), none)));
}

static int conflict(struct cli *c, const struct edit *e)
{
    return keep(
        c, e,
        fail(
            c, EXIT_CONFLICT, e->what,
            STR("it was changed by somebody else while you edited it; nothing was written"),
            arena_fmt(c->a, "sluice edit d/%.*s, and bring your changes in again", STR_ARG(e->name))
                .ptr));
}

/* Until the server takes it, the user leaves it, or it cannot be had. `plan` none: nothing is left to
 * do, and the result is the exit code. */
static int edit_until_valid(struct cli *c, struct edit *e, struct json *body, struct json *plan)
{
    struct str problem = {0};
    *plan = (struct json){0};
    for (;;) {
        bool changed = false;
        int r = let_edit(c, e, problem, &changed);
        if (r != EXIT_DONE)
            return keep(c, e, r);
        if (!str_trim(e->text).len || str_eq(e->text, e->original)) {
            unlink(e->path.ptr);
            say(c, "nothing was changed");
            return EXIT_DONE;
        }
        if (problem.len && !changed)
            return keep(c, e,
                        fail(c, EXIT_REFUSED, e->what, problem,
                             "correct the file, then sluice apply --replace -f FILE"));
        problem = (struct str){0};
        if (!parse_text(c, e, body, &problem))
            continue;
        struct str path = arena_fmt(c->a, "%.*s?dryRun=All&applyDefaults=true",
                                    STR_ARG(deployment_path(c, e->name)));
        struct answer answer = server_ask(c, "PUT", path, json_text(c->a, *body));
        problem = curable(c, &answer);
        if (problem.len)
            continue;
        if (answer.outcome == OUTCOME_DONE && (answer.status == 409 || answer.status == 412))
            return conflict(c, e);
        r = server_judge(c, &answer, e->what);
        if (r != EXIT_DONE)
            return keep(c, e, r);
        *plan = answer.json;
        return EXIT_DONE;
    }
}

/* The write itself happened, whatever came of waiting for it. */
static bool was_written(int code)
{
    return code == EXIT_DONE || code == EXIT_TIMED_OUT || code == EXIT_ENDED || code > 128;
}

int cmd_edit(struct cli *c)
{
    struct edit e = {0};
    struct json deployment;
    struct json body = {0};
    struct json plan = {0};
    int r = ref_deployment(c, 0, &e.name);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, e.name, &deployment);
    if (r != EXIT_DONE)
        return r;
    e.what = arena_fmt(c->a, "edit deployment/%.*s", STR_ARG(e.name)).ptr;
    e.version = json_i64_or(json_path(deployment, "metadata.resourceVersion"), 0);
    e.text = json_yaml(c->a, fields_strip(c->a, &deployment_fields, deployment));
    e.original = e.text;
    r = make_file(c, &e);
    if (r == EXIT_DONE)
        r = edit_until_valid(c, &e, &body, &plan);
    if (r != EXIT_DONE || json_is_none(plan))
        return r;
    c->flags[FLAG_REPLACE] = STR("yes");
    if (!plan_is_dangerous(plan))
        plan_tell(c, plan);
    r = write_document(c, e.name, body, plan, e.what);
    if (!was_written(r))
        return keep(c, &e, r);
    unlink(e.path.ptr);
    return r;
}
