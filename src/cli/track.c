/* See track.h. */
#include "cli/track.h"

#include "base/timefmt.h"

/* Enough for the transition that is under way, with its failed tries. */
#define HISTORY 50

static void tell(const struct track *t, struct str line)
{
    fprintf(t->lines, "%.*s\n", STR_ARG(line));
    fflush(t->lines);
}

void track_event(struct cli *c, struct track *t, struct json event, bool is_news)
{
    int64_t sequence = json_i64_or(json_path(event, "metadata.sequence"), 0);
    if (sequence <= t->known)
        return;
    t->known = sequence;
    progress_event(&t->progress, event);
    if (is_news && t->lines)
        tell(t, event_line(c, event, true));
}

/* "2026-11-22T16:41:31.000Z ledger state=TRANSITIONING health=OK" */
static void tell_change(struct cli *c, struct track *t, char *told, size_t size, struct str now)
{
    now = str_take(now, size - 1);
    if (str_eq(str_of(told), now))
        return;
    snprintf(told, size, "%.*s", STR_ARG(now));
    if (!t->lines || !now.len)
        return;
    struct str time = time_rfc3339(c->a, now_wall_us());
    tell(t, arena_fmt(c->a, "%.*sZ %.*s %.*s", STR_ARG(str_take(time, 23)),
                      STR_ARG(plain_line(c->a, t->progress.name)), STR_ARG(now)));
}

static struct str waiting_text(struct cli *c, const struct progress *p)
{
    if (!p->waiting_since_us)
        return (struct str){0};
    struct str next = {0};
    if (p->next_try_us)
        next = arena_fmt(c->a, " next=%.*sZ",
                         STR_ARG(str_take(time_rfc3339(c->a, p->next_try_us), 19)));
    return arena_fmt(c->a, "waiting=%.*s rule=%lld%.*s %.*s", STR_ARG(plain_line(c->a, p->reason)),
                     (long long)p->rule, STR_ARG(next), STR_ARG(plain_line(c->a, p->message)));
}

void track_status(struct cli *c, struct track *t, struct json deployment)
{
    const struct progress *p = &t->progress;
    progress_status(&t->progress, deployment);
    struct str health = plain_line(c->a, p->health);
    tell_change(c, t, t->state, sizeof(t->state),
                arena_fmt(c->a, "state=%.*s%s%.*s", STR_ARG(plain_line(c->a, p->state)),
                          health.len ? " health=" : "", STR_ARG(health)));
    tell_change(c, t, t->reason, sizeof(t->reason), waiting_text(c, p));
}

void track_look(struct cli *c, struct track *t, struct json deployment)
{
    struct str id = url_part(c->a, json_str_or(json_path(deployment, "metadata.id"), STR("")));
    struct str query = t->begun ? arena_fmt(c->a, "since=%lld", (long long)t->known)
                                : arena_fmt(c->a, "limit=%d", HISTORY);
    struct str path = arena_fmt(c->a, "%.*s?%.*s&deploymentId=%.*s", STR_ARG(ns_path(c, "events")),
                                STR_ARG(query), STR_ARG(id));
    struct answer answer = server_ask(c, "GET", path, (struct str){0});
    struct json_iter it = json_each(json_get(answer.json, STR("items")));
    struct str key;
    struct json event;
    while (json_next(&it, &key, &event)) {
        int64_t sequence = json_i64_or(json_path(event, "metadata.sequence"), 0);
        track_event(c, t, event, t->begun || (t->since >= 0 && sequence > t->since));
    }
    t->begun = t->begun || answer.status == 200;
    track_status(c, t, deployment);
}
