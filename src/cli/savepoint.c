/* savepoint create, list, register, delete. */
#include "cli/wait.h"

void print_savepoint(struct cli *c, struct json object, const char *did)
{
    struct str name = object_name(c, kind_of(RESOURCE_SAVEPOINT), object);
    if (c->format == FORMAT_NAME)
        out_fmt(c, "%.*s\n", STR_ARG(name));
    else if (!out_document(c, object))
        out_fmt(c, "%.*s %s\n", STR_ARG(name), did);
}

/* POST of a Savepoint of the Deployment; `spec` is JSON. */
static int post(struct cli *c, struct str name, struct str spec, const char *what, struct json *ret)
{
    struct json deployment;
    int r = get_one_deployment(c, name, &deployment);
    if (r != EXIT_DONE)
        return r;
    struct str id = json_str_or(json_path(deployment, "metadata.id"), (struct str){0});
    struct str body = arena_fmt(c->a, "{\"metadata\":{\"deploymentId\":\"%.*s\"},\"spec\":%.*s}",
                                STR_ARG(id), STR_ARG(spec));
    struct answer answer = server_ask(c, "POST", ns_path(c, "savepoints"), body);
    *ret = answer.json;
    return server_judge(c, &answer, what);
}

/* ---- create ---- */

struct taken {
    struct str path;
    struct str id;
    struct arena *a;
    struct json savepoint; /* when it is complete */
};

static int look(struct cli *c, void *arg)
{
    struct taken *t = arg;
    struct json s;
    int r = server_get(c, t->path, "wait for the savepoint", &s);
    struct str state = json_str_or(json_path(s, "status.state"), (struct str){0});
    if (r != EXIT_DONE)
        return r;
    if (str_eq(state, STR("STARTED")))
        return NOT_YET;
    if (str_eq(state, STR("COMPLETED"))) {
        t->savepoint = json_copy(t->a, s);
        return EXIT_DONE;
    }
    struct str none = {0};
    return fail(c, EXIT_ENDED,
                arena_fmt(c->a, "savepoint/%.*s is %.*s", STR_ARG(t->id), STR_ARG(state)).ptr,
                json_str_or(json_path(s, "status.failure.message"), none), NULL);
}

static int wait_taken(struct cli *c, struct json *savepoint)
{
    struct taken t = {.a = c->a};
    t.id = json_str_or(json_path(*savepoint, "metadata.id"), (struct str){0});
    t.path = object_path(c, kind_of(RESOURCE_SAVEPOINT), t.id);
    struct turns turns = {
        .look = look,
        .arg = &t,
        .what = arena_fmt(c->a, "savepoint/%.*s", STR_ARG(t.id)).ptr,
        .again = arena_fmt(c->a, "sluice get savepoint/%.*s -w", STR_ARG(t.id)).ptr,
    };
    int r = wait_turns(c, &turns);
    *savepoint = t.savepoint;
    return r;
}

int cmd_savepoint_create(struct cli *c)
{
    struct str name;
    struct json savepoint;
    int r = ref_deployment(c, 0, &name);
    if (r != EXIT_DONE)
        return r;
    r = post(c, name, STR("{}"), arena_fmt(c->a, "savepoint of deployment/%.*s", STR_ARG(name)).ptr,
             &savepoint);
    if (r != EXIT_DONE)
        return r;
    if (!flag_given(c, FLAG_WAIT)) {
        print_savepoint(c, savepoint, "is being taken");
        return EXIT_DONE;
    }
    r = wait_taken(c, &savepoint);
    if (r != EXIT_DONE)
        return r;
    struct str location = json_str_or(json_path(savepoint, "spec.savepointLocation"), STR("?"));
    print_savepoint(c, savepoint,
                    arena_fmt(c->a, "is complete: %.*s", STR_ARG(plain_line(c->a, location))).ptr);
    return EXIT_DONE;
}

/* ---- list, register, delete ---- */

int cmd_savepoint_list(struct cli *c)
{
    struct str name;
    int r = c->n_words ? ref_deployment(c, 0, &name) : EXIT_DONE;
    if (r != EXIT_DONE)
        return r;
    if (c->n_words)
        c->flags[FLAG_DEPLOYMENT] = name;
    c->words[0] = STR("savepoints");
    c->n_words = 1;
    return cmd_get(c);
}

int savepoint_register(struct cli *c, struct str deployment, struct str location,
                       struct json *savepoint)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    json_key(&o, STR("savepointLocation"));
    json_put_str(&o, location);
    json_end_object(&o);
    int r = post(c, deployment, arena_str(c->a, buf_str(&b)),
                 arena_fmt(c->a, "register %.*s", STR_ARG(location)).ptr, savepoint);
    buf_fini(&b);
    return r;
}

int cmd_savepoint_register(struct cli *c)
{
    struct str name;
    struct json savepoint;
    struct str location = c->words[c->n_words - 1];
    c->n_words--;
    int r = ref_deployment(c, 0, &name);
    if (r == EXIT_DONE)
        r = savepoint_register(c, name, location, &savepoint);
    if (r == EXIT_DONE)
        print_savepoint(c, savepoint, "is registered");
    return r;
}

int cmd_savepoint_delete(struct cli *c)
{
    c->words[0] = arena_fmt(c->a, "savepoint/%.*s", STR_ARG(savepoint_id(c, c->words[0])));
    return cmd_delete(c);
}
