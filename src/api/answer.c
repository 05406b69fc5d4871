/* Replies: documents, problems, and what a commit's outcome means to the one who asked for it. */
#include <stdio.h>

#include "api/api_impl.h"

void doc_begin(struct doc *d)
{
    *d = (struct doc){0};
    d->out.buf = &d->buf;
}

struct str doc_end(struct doc *d, struct arena *a)
{
    struct str text = arena_str(a, buf_str(&d->buf));
    buf_fini(&d->buf);
    return text;
}

void doc_str(struct json_out *o, const char *key, struct str value)
{
    json_key(o, str_of(key));
    json_put_str(o, value);
}

void doc_i64(struct json_out *o, const char *key, int64_t value)
{
    json_key(o, str_of(key));
    json_put_i64(o, value);
}

struct str encode_object(struct arena *a, const struct fields *f, const void *object)
{
    struct doc d;
    doc_begin(&d);
    fields_encode(&d.out, f, object, false);
    return doc_end(&d, a);
}

void reply_header(struct call *c, struct str name, struct str value)
{
    struct reply *r = &c->reply;
    if (r->n_headers < REPLY_HEADERS)
        r->headers[r->n_headers++] = (struct http_header){name, value};
}

enum handled reply_object(struct call *c, int status, const struct fields *f, const void *object)
{
    c->reply.status = status;
    c->reply.body = encode_object(c->a, f, object);
    return HANDLED;
}

enum handled reply_text(struct call *c, int status, struct str content_type, struct str body)
{
    c->reply.status = status;
    c->reply.content_type = content_type;
    c->reply.body = body;
    return HANDLED;
}

/* Whether it is about a place: in the body, where the document itself is the empty pointer, or in
 * the query. */
static bool has_place(const struct err *e)
{
    return e->pointer[0] || e->code == ERR_INVALID || e->code == ERR_UNKNOWN_FIELD ||
           e->code == ERR_MALFORMED || e->code == ERR_FORBIDDEN_KEY || e->code == ERR_TOO_LARGE ||
           e->code == ERR_UNSUPPORTED_MEDIA;
}

static void put_errors(struct json_out *o, const struct err *e)
{
    bool in_query = e->pointer[0] == '?';
    if (!has_place(e))
        return;
    json_key(o, STR("errors"));
    json_begin_array(o);
    json_begin_object(o);
    doc_str(o, in_query ? "parameter" : "pointer", str_of(e->pointer + (in_query ? 1 : 0)));
    doc_str(o, "detail", str_of(e->text));
    json_end_object(o);
    json_end_array(o);
}

/* `message` is what clients of Ververica Platform read. */
static void reply_problem(struct call *c, const struct err *e)
{
    struct doc d;
    doc_begin(&d);
    json_begin_object(&d.out);
    doc_str(&d.out, "type", arena_fmt(c->a, "urn:sluice:problem:%s", err_code_name(e->code)));
    doc_str(&d.out, "title", str_of(err_title(e->code)));
    doc_i64(&d.out, "status", err_http_status(e->code));
    doc_str(&d.out, "detail", str_of(e->text));
    doc_str(&d.out, "code", str_of(err_code_name(e->code)));
    put_errors(&d.out, e);
    if (c->new_plan_id.len)
        doc_str(&d.out, "newPlanId", c->new_plan_id);
    doc_str(&d.out, "message", str_of(e->text));
    json_end_object(&d.out);
    c->reply.status = err_http_status(e->code);
    c->reply.content_type = STR("application/problem+json");
    c->reply.body = doc_end(&d, c->a);
}

static void as_yaml(struct call *c)
{
    struct json v;
    struct err e;
    c->reply.content_type = STR("application/yaml");
    /* What was encoded a moment ago is read back, or the program is wrong. */
    if (json_parse(c->a, c->reply.body, &v, &e) == 0)
        c->reply.body = json_yaml(c->a, v);
}

void call_done(struct call *c)
{
    location_release(&c->hold);
    struct reply *r = &c->reply;
    size_t route = c->route ? (size_t)(c->route - routes) : MOST_ROUTES;
    struct str id = request_header(c->r, STR("x-request-id"));
    if (r->content_type.len == 0 && r->body.len && c->yaml)
        as_yaml(c);
    else if (r->content_type.len == 0 && r->body.len)
        r->content_type = STR("application/json");
    if (id.len && id.len <= 128)
        reply_header(c, STR("X-Request-Id"), id);
    c->api->requests[route][r->status / 100 % 6]++;
    struct http_response response = {
        .status = r->status,
        .body = r->body,
        .content_type = r->content_type,
        .headers = r->headers,
        .n_headers = r->n_headers,
    };
    c->api->server.ops->respond(c->r->exchange, &response);
}

void call_failed(struct call *c, struct err *e)
{
    reply_problem(c, e);
    call_done(c);
}

bool commit_done(const struct store_result *r, struct err *e)
{
    switch (r->outcome) {
    case STORE_DONE: return true;
    case STORE_REFUSED:
        err_set(e, ERR_STORE_FULL, "nothing was changed, the store refused: %.*s",
                STR_ARG(r->text));
        return false;
    case STORE_CONFLICT:
        err_set(e, ERR_CONFLICT, "nothing was changed: somebody else wrote at the same time");
        return false;
    case STORE_UNKNOWN:
    default:
        err_set(e, ERR_UNAVAILABLE,
                "whether the change was stored is not known (%.*s); look again after the daemon "
                "has been started anew",
                STR_ARG(r->text));
        return false;
    }
}

int check_store(const struct app *app, struct err *e)
{
    if (!app->store_broken)
        return 0;
    return err_set(e, ERR_UNAVAILABLE,
                   "nothing can be changed until the daemon is started anew, its store cannot be "
                   "trusted: %.*s",
                   STR_ARG(app->store_text));
}

int fail_not_found(struct err *e, const char *what, struct str name)
{
    return err_set(e, ERR_NOT_FOUND, "there is no %s \"%.*s\"", what, STR_ARG(str_take(name, 100)));
}

int fail_query(struct err *e, enum query q, const char *expected)
{
    char pointer[64];
    snprintf(pointer, sizeof(pointer), "?%s", query_infos[q].name);
    return err_at(e, ERR_BAD_REQUEST, str_of(pointer), "%s %s", query_infos[q].name, expected);
}
