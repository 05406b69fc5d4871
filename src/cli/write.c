/* Writing a Deployment: plan first, ask where state would be lost, write, wait. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

bool write_confirm(struct cli *c, struct json plan, const char *what, int *ret)
{
    const char *next = "the same with --allow-state-loss, or another spec.restoreStrategy.kind";
    char line[16];
    if (!plan_is_dangerous(plan) || flag_given(c, FLAG_ALLOW_STATE_LOSS) || flag_given(c, FLAG_YES))
        return true;
    struct buf kept = c->out;
    c->out = (struct buf){0};
    plan_print(c, plan);
    fprintf(stderr, "%.*s", STR_ARG(buf_str(&c->out)));
    buf_fini(&c->out);
    c->out = kept;
    if (!isatty(STDIN_FILENO)) {
        *ret = fail(c, EXIT_DECLINED, arena_fmt(c->a, "%s: not done", what).ptr,
                    STR("state would be dropped or rewound, and there is nobody to ask"), next);
        return false;
    }
    fprintf(stderr, "State would be dropped or rewound. Go on? [y/N] ");
    if (fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y'))
        return true;
    *ret =
        fail(c, EXIT_DECLINED, arena_fmt(c->a, "%s: not done", what).ptr, STR("you said no"), NULL);
    return false;
}

/* The document with the version that the plan was made for: if it has moved on by then, the server
 * refuses. */
static struct str body_on_base(struct cli *c, struct json body, int64_t version)
{
    struct json patch = {0};
    struct err e;
    struct str text =
        arena_fmt(c->a, "{\"metadata\":{\"resourceVersion\":%lld}}", (long long)version);
    if (json_parse(c->a, text, &patch, &e) < 0)
        return json_text(c->a, body);
    return json_text(c->a, json_merge_patch(c->a, body, patch));
}

int plan_ask(struct cli *c, struct str name, struct json body, const char *what, struct json *plan)
{
    bool replace = flag_given(c, FLAG_REPLACE);
    struct str path = arena_fmt(c->a, "%.*s%s", STR_ARG(deployment_path(c, name)),
                                replace ? "?dryRun=All&applyDefaults=true" : "/plans");
    struct answer answer = server_ask(c, replace ? "PUT" : "POST", path, json_text(c->a, body));
    *plan = answer.json;
    return server_judge(c, &answer, what);
}

struct str with_message(struct cli *c, struct str path)
{
    if (!flag_given(c, FLAG_MESSAGE))
        return path;
    return arena_fmt(c->a, "%.*s%smessage=%.*s", STR_ARG(path),
                     str_contains(path, STR("?")) ? "&" : "?",
                     STR_ARG(url_part(c->a, c->flags[FLAG_MESSAGE])));
}

static struct answer send_body(struct cli *c, struct str name, struct json body, int64_t version)
{
    struct str path = deployment_path(c, name);
    if (version == 0)
        return server_ask(c, "POST", with_message(c, ns_path(c, "deployments")),
                          json_text(c->a, body));
    struct str text = body_on_base(c, body, version);
    if (!flag_given(c, FLAG_REPLACE))
        return server_ask(c, "PATCH", with_message(c, path), text);
    path = arena_fmt(c->a, "%.*s?applyDefaults=true", STR_ARG(path));
    return server_ask(c, "PUT", with_message(c, path), text);
}

static void print_written(struct cli *c, struct json object, const char *did)
{
    struct str name = object_name(c, kind_of(RESOURCE_DEPLOYMENT), object);
    if (c->format == FORMAT_NAME)
        out_fmt(c, "%.*s\n", STR_ARG(name));
    else if (!out_document(c, object))
        out_fmt(c, "%.*s %s\n", STR_ARG(name), did);
}

/* Until the state that the Deployment is now asked to have. */
static int wait_for_desired(struct cli *c, struct json object, int64_t since)
{
    struct str none = {0};
    struct str state = json_str_or(json_path(object, "spec.state"), none);
    struct goal goal = {
        .name = json_str_or(json_path(object, "metadata.name"), none),
        .path = STR("status.state"),
        .value = state,
        .text = arena_fmt(c->a, "state=%.*s", STR_ARG(state)),
        .or_finished = str_eq(state, STR("RUNNING")),
    };
    return wait_for(c, &goal, since);
}

/* With --wait in a document format: what has become of it. */
int write_finish(struct cli *c, struct json object, const char *did, int64_t since)
{
    bool waits = flag_given(c, FLAG_WAIT);
    if (!waits || c->format == FORMAT_TABLE)
        print_written(c, object, did);
    if (!waits)
        return EXIT_DONE;
    int r = out_flush(c) ? wait_for_desired(c, object, since) : EXIT_REFUSED;
    if (c->format == FORMAT_TABLE || r != EXIT_DONE)
        return r;
    struct str name = json_str_or(json_path(object, "metadata.name"), (struct str){0});
    r = get_one_deployment(c, name, &object);
    if (r == EXIT_DONE)
        print_written(c, object, did);
    return r;
}

/* Where a Plan leads: consent, the write that `send` does, and what is said of it. */
static int write_as(struct cli *c, struct json plan, const char *what,
                    struct answer (*send)(struct cli *c, void *arg, int64_t version), void *arg)
{
    int64_t since = -1;
    int r = EXIT_DONE;
    int64_t version = json_i64_or(json_path(plan, "base.resourceVersion"), 0);
    struct str id = json_str_or(json_path(plan, "metadata.deploymentId"), (struct str){0});
    if (!write_confirm(c, plan, what, &r))
        return r;
    if (flag_given(c, FLAG_WAIT))
        since = id.len ? newest_event(c, id) : 0;
    struct answer answer = send(c, arg, version);
    r = server_judge(c, &answer, what);
    if (r != EXIT_DONE)
        return r;
    bool changed = !str_eq(json_str_or(json_get(plan, STR("changes")), STR("")), STR("NONE"));
    return write_finish(c, answer.json,
                        version == 0 ? "created"
                        : changed    ? "changed"
                                     : "unchanged",
                        since);
}

struct document {
    struct str name;
    struct json body;
};

static struct answer send_document(struct cli *c, void *arg, int64_t version)
{
    const struct document *d = arg;
    return send_body(c, d->name, d->body, version);
}

int write_deployment(struct cli *c, struct str name, struct json body, const char *what)
{
    struct json plan;
    struct document d = {name, body};
    int r = plan_ask(c, name, body, what, &plan);
    return r == EXIT_DONE ? write_as(c, plan, what, send_document, &d) : r;
}

struct planned {
    struct str name;
    struct str id;
};

static struct answer send_planned(struct cli *c, void *arg, int64_t version)
{
    const struct planned *p = arg;
    struct str path = version ? deployment_path(c, p->name) : ns_path(c, "deployments");
    path = arena_fmt(c->a, "%.*s?planId=%.*s", STR_ARG(path), STR_ARG(url_part(c->a, p->id)));
    return server_ask(c, version ? "PUT" : "POST", with_message(c, path), (struct str){0});
}

int write_planned(struct cli *c, struct str plan_id)
{
    struct json plan;
    struct planned p = {.id = plan_id};
    const char *what = arena_fmt(c->a, "apply plan %.*s", STR_ARG(plan_id)).ptr;
    struct str path = arena_fmt(c->a, "%.*s/%.*s", STR_ARG(ns_path(c, "plans")),
                                STR_ARG(url_part(c->a, plan_id)));
    int r = server_get(c, path, what, &plan);
    if (r != EXIT_DONE)
        return r;
    p.name = json_str_or(json_path(plan, "metadata.deploymentName"), (struct str){0});
    return write_as(c, plan, what, send_planned, &p);
}

/* ---- start, suspend, cancel ---- */

static int set_state(struct cli *c, const char *state)
{
    struct str name;
    struct json body = {0};
    struct json deployment;
    struct err e = {0};
    int r = ref_deployment(c, 0, &name);
    if (r != EXIT_DONE)
        return r;
    /* A plan for a name that does not exist would be one for a new Deployment. */
    r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    const char *what = arena_fmt(c->a, "%s deployment/%.*s", c->command->name, STR_ARG(name)).ptr;
    struct str text = arena_fmt(c->a, "{\"spec\":{\"state\":\"%s\"}}", state);
    if (json_parse(c->a, text, &body, &e) < 0)
        return fail(c, EXIT_REFUSED, what, str_of(e.text), NULL);
    return write_deployment(c, name, body, what);
}

int cmd_start(struct cli *c)
{
    return set_state(c, "RUNNING");
}

int cmd_suspend(struct cli *c)
{
    return set_state(c, "SUSPENDED");
}

int cmd_cancel(struct cli *c)
{
    return set_state(c, "CANCELLED");
}

int cmd_retry(struct cli *c)
{
    struct str name;
    struct json deployment;
    int64_t since = -1;
    int r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE)
        r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    struct str id = json_str_or(json_path(deployment, "metadata.id"), (struct str){0});
    if (flag_given(c, FLAG_WAIT))
        since = newest_event(c, id);
    struct str path = arena_fmt(c->a, "%.*s/operations", STR_ARG(deployment_path(c, name)));
    struct answer answer = server_ask(c, "POST", path, STR("{\"spec\":{\"kind\":\"RETRY\"}}"));
    r = server_judge(c, &answer, arena_fmt(c->a, "retry deployment/%.*s", STR_ARG(name)).ptr);
    if (r != EXIT_DONE)
        return r;
    return write_finish(c, deployment, "is tried again", since);
}
