/* How often one client may ask: a bucket of requests that fills at the configured rate. Clients are told
 * apart by their address. There are so many buckets and no more; clients that fall into the same one, by
 * a hash that nobody can foresee, share it. */
#include "api/api_impl.h"
#include "base/timefmt.h"

enum { REQUEST = 1000000 }; /* what a request costs; a microsecond gives `rate_per_second` */

struct rate_bucket {
    int64_t credit;
    int64_t at; /* when it was so; 0 = never used: full */
};

void rate_init(struct api *api)
{
    api->rates = mem_alloc(LIMIT_RATED_PEERS * sizeof(*api->rates));
    api->app->clock.ops->random(api->app->clock.ctx, &api->rate_salt, sizeof(api->rate_salt));
}

void rate_free(struct api *api)
{
    mem_free(api->rates);
}

static struct rate_bucket *bucket_of(const struct api *api, struct str peer)
{
    uint64_t hash = api->rate_salt;
    for (size_t i = 0; i < peer.len; i++) {
        hash = (hash ^ (unsigned char)peer.ptr[i]) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    return &api->rates[hash % LIMIT_RATED_PEERS];
}

static void fill(struct rate_bucket *b, int64_t now, int64_t rate, int64_t most)
{
    int64_t passed = now - b->at;
    if (b->at == 0 || passed > most / rate)
        b->credit = most;
    else if (passed > 0)
        b->credit = b->credit + passed * rate > most ? most : b->credit + passed * rate;
    b->at = now;
}

static int64_t seconds_until(int64_t missing, int64_t rate)
{
    int64_t us = (missing + rate - 1) / rate;
    return us > 0 ? (us + US_PER_S - 1) / US_PER_S : 0;
}

static void put_header(struct call *c, struct str name, int64_t value)
{
    reply_header(c, name, arena_fmt(c->a, "%lld", (long long)value));
}

int rate_take(struct call *c, struct err *e)
{
    const struct settings *s = &c->app->settings;
    if (s->rate_per_second == 0 || (c->route && c->route->is_unlimited))
        return 0;
    int64_t most = (s->rate_burst > 0 ? s->rate_burst : s->rate_per_second) * REQUEST;
    struct rate_bucket *b = bucket_of(c->api, c->r->peer);
    fill(b, app_mono_us(c->app), s->rate_per_second, most);
    bool taken = b->credit >= REQUEST;
    if (taken)
        b->credit -= REQUEST;
    put_header(c, STR("RateLimit-Limit"), most / REQUEST);
    put_header(c, STR("RateLimit-Remaining"), b->credit / REQUEST);
    put_header(c, STR("RateLimit-Reset"), seconds_until(most - b->credit, s->rate_per_second));
    if (taken)
        return 0;
    put_header(c, STR("Retry-After"), seconds_until(REQUEST - b->credit, s->rate_per_second));
    return err_set(e, ERR_RATE_LIMITED, "more than %lld requests a second, and %lld at once",
                   (long long)s->rate_per_second, (long long)(most / REQUEST));
}
