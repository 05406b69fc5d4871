/* Idempotency-Key: a POST that was sent before gets the answer of the first time, and nothing happens
 * twice. The answer is part of the transaction of what was done (shell/replies.h); requests that were
 * refused did nothing, so they are looked at anew. */
#include <inttypes.h>

#include "api/api_impl.h"
#include "shell/replies.h"

#define SECONDS_TO_WAIT STR("1")
#define SECONDS_OF_HOUR STR("3600")

static uint64_t mix(uint64_t hash, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

/* Tells a client's mistakes apart; whoever looks for two requests with the same one fools himself. */
static struct str fingerprint(const struct call *c)
{
    const struct http_request *r = c->r;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = mix(mix(mix(hash, r->method), r->path), r->query);
    hash = mix(mix(hash, request_header(r, STR("content-type"))), r->body);
    return arena_fmt(c->a, "%016" PRIx64 "-%zu", hash, r->body.len);
}

static bool is_visible(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f)
            return false;
    return true;
}

static enum handled replay(struct call *c, const struct kept_reply *kept, struct err *e)
{
    if (!str_eq(kept->request, fingerprint(c))) {
        err_set(e, ERR_KEY_REUSED, "this Idempotency-Key came with another request before");
        return HANDLED_FAILED;
    }
    c->reply.status = (int)kept->status;
    c->reply.body = json_text(c->a, kept->body);
    if (kept->location.len)
        reply_header(c, STR("Location"), arena_str(c->a, kept->location));
    if (kept->etag.len)
        reply_header(c, STR("ETag"), arena_str(c->a, kept->etag));
    reply_header(c, STR("Idempotency-Replayed"), STR("true"));
    return HANDLED;
}

enum handled key_begin(struct call *c, struct err *e)
{
    struct str key = request_header(c->r, STR("idempotency-key"));
    if (!c->route->is_keyed || query_given(c, QUERY_DRY_RUN) || !key.len)
        return HANDLED_LATER;
    if (key.len > LIMIT_IDEMPOTENCY_KEY || !is_visible(key)) {
        err_set(e, ERR_BAD_REQUEST, "Idempotency-Key must be 1 to %u visible characters of ASCII",
                LIMIT_IDEMPOTENCY_KEY);
        return HANDLED_FAILED;
    }
    const struct kept_reply *kept = replies_find(c->app, key);
    if (kept)
        return replay(c, kept, e);
    if (map_find(&c->api->keys, key)) {
        reply_header(c, STR("Retry-After"), SECONDS_TO_WAIT);
        err_set(e, ERR_IN_PROGRESS, "the first request with this Idempotency-Key is under way");
        return HANDLED_FAILED;
    }
    if (!replies_have_room(c->app)) {
        reply_header(c, STR("Retry-After"), SECONDS_OF_HOUR);
        err_set(e, ERR_TOO_MANY,
                "no more Idempotency-Keys can be kept today; without one the request is taken");
        return HANDLED_FAILED;
    }
    c->key = key;
    map_put(&c->api->keys, key, c);
    return HANDLED_LATER;
}

void key_end(struct call *c)
{
    if (c->key.len)
        map_take(&c->api->keys, c->key);
    c->key = (struct str){0};
}

const struct kept_reply *key_reply(struct call *c)
{
    struct kept_reply *kept = ARENA_NEW(c->a, struct kept_reply);
    struct err e;
    if (!c->key.len)
        return NULL;
    *kept = (struct kept_reply){
        .key = c->key,
        .request = fingerprint(c),
        .at = app_wall_us(c->app),
        .status = c->reply.status,
        .location = reply_header_of(c, STR("Location")),
        .etag = reply_header_of(c, STR("ETag")),
    };
    /* What was encoded a moment ago is read back, or the program is wrong. */
    return json_parse(c->a, c->reply.body, &kept->body, &e) < 0 ? NULL : kept;
}
