/* Requests: a line, headers, an empty line, a body. The server's own checks of them, and then the whole
 * API of a simulated daemon, which knows one Deployment: it answers once, in order, and never says that
 * the fault is its own. */
#include "adapt/http_server/server_internal.h"
#include "fuzz.h"
#include "sim/life.h"

enum { MOST_HEADERS = 16 };

static struct answer {
    size_t n; /* answers so far */
    int status;
    bool is_json; /* and reads */
    void (*on_gone)(void *arg);
    void *arg;
} answer;

static bool reads(struct str body)
{
    struct arena *a = arena_new();
    struct json v;
    struct err e;
    bool read = json_parse(a, body, &v, &e) == 0;
    arena_free(a);
    return read;
}

static void respond(struct http_exchange *x, const struct http_response *r)
{
    (void)x;
    answer.n++;
    answer.status = r->status;
    answer.is_json = reads(r->body);
    for (size_t i = 0; i < r->n_headers; i++)
        for (size_t k = 0; k < r->headers[i].value.len; k++)
            FUZZ_RULE((unsigned char)r->headers[i].value.ptr[k] >= 0x20);
}

static void stream(struct http_exchange *x, const struct http_response *head,
                   void (*on_gone)(void *arg), void *arg)
{
    (void)x;
    answer = (struct answer){1, head->status, false, on_gone, arg};
}

static bool push(struct http_exchange *x, struct str bytes)
{
    (void)x;
    (void)bytes;
    return true;
}

static void finish(struct http_exchange *x)
{
    (void)x;
    answer.on_gone = NULL;
}

/* ---- the request, as the server hands it over ---- */

static struct str lower(struct arena *a, struct str s)
{
    char *to = arena_cstr(a, s);
    for (size_t i = 0; i < s.len; i++)
        if (to[i] >= 'A' && to[i] <= 'Z')
            to[i] = (char)(to[i] + ('a' - 'A'));
    return (struct str){to, s.len};
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7F)
            return true;
    return false;
}

static bool take_headers(struct arena *a, struct str *rest, struct http_request *r)
{
    struct http_header *headers = ARENA_ARRAY(a, struct http_header, MOST_HEADERS);
    r->headers = headers;
    for (;;) {
        struct str value;
        struct str line = str_split(*rest, '\n', rest);
        struct str name = str_split(line, ':', &value);
        if (line.len == 0)
            return true;
        if (!is_token(name) || has_control(value) || r->n_headers == MOST_HEADERS)
            return false;
        headers[r->n_headers++] = (struct http_header){lower(a, name), str_trim(value)};
    }
}

static bool take_request(struct arena *a, struct str text, struct http_request *r)
{
    struct str target;
    r->method = str_split(str_split(text, '\n', &text), ' ', &target);
    if (!is_token(r->method) || !target_decode(target, a, &r->path, &r->query) ||
        !take_headers(a, &text, r))
        return false;
    FUZZ_RULE(r->path.ptr[0] == '/' && str_is_utf8(r->path) && !has_control(r->path));
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq(r->headers[i].name, STR("host")))
            (void)http_host_is_loopback(r->headers[i].value);
    r->body = text;
    return true;
}

/* ---- the daemon ---- */

static bool is_created(struct sim *s)
{
    return s->record.top > 0;
}

static void ask(struct http_request *r)
{
    static const struct http_server_ops ops = {
        .respond = respond, .stream = stream, .push = push, .finish = finish};
    struct sim *s = sim_new();
    user_creates(s, UPGRADE_STATEFUL, RESTORE_LATEST_STATE);
    sim_until(s, is_created, 60 * S);
    api_set_server(s->life->api, (struct http_server){&ops, NULL});
    answer = (struct answer){0};
    api_handle(s->life->api, r);
    int64_t until = s->world.now + 60 * S;
    while (answer.n == 0 && world_run(&s->world, until))
        ;
    FUZZ_RULE(answer.n == 1 && answer.status >= 200 && answer.status < 500);
    FUZZ_RULE(answer.status < 400 || answer.is_json || str_eq(r->method, STR("HEAD")));
    if (answer.on_gone)
        answer.on_gone(answer.arg);
    sim_free(s);
    FUZZ_RULE(answer.n == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new();
    struct http_request r = {.arena = a};
    if (take_request(a, (struct str){(const char *)bytes, n}, &r))
        ask(&r);
    arena_free(a);
    return 0;
}
