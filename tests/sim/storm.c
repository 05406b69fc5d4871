/* Made from a seed, played, judged. */
#include "storm.h"

#include <stdio.h>

#include "life.h"
#include "moments.h"
#include "wire.h"

const struct storm_profile storm_profiles[] = {
    {"calm", "users and now and then a fault", 10, 1, 2, 2, 1, 1},
    {"crashes", "the daemon dies, most of the time", 4, 10, 1, 1, 1, 0},
    {"network", "messages are lost and late", 4, 1, 12, 1, 1, 2},
    {"flink", "jobs, processes and what Flink does with a call", 4, 1, 1, 6, 8, 1},
    {"blind", "what cannot be seen", 4, 1, 2, 3, 1, 8},
    {"all", "everything at once", 4, 4, 4, 4, 4, 2},
};
const size_t n_storm_profiles = sizeof(storm_profiles) / sizeof(storm_profiles[0]);

const struct storm_profile *storm_profile(const char *name)
{
    for (size_t i = 0; i < n_storm_profiles; i++)
        if (strcmp(storm_profiles[i].name, name) == 0)
            return &storm_profiles[i];
    return NULL;
}

/* ---- made ---- */

static enum moment_group roll_group(struct dice *d, const struct storm_profile *p)
{
    const int weights[] = {p->user, p->crash, p->message, p->world, p->fate, p->blind};
    int64_t all = 0;
    for (size_t i = 0; i < 6; i++)
        all += weights[i];
    int64_t left = roll(d, all);
    size_t i = 0;
    for (; left >= weights[i]; i++)
        left -= weights[i];
    return (enum moment_group)i;
}

static const struct moment_kind *roll_kind(struct dice *d, enum moment_group group)
{
    for (;;) {
        const struct moment_kind *k = &moment_kinds[roll(d, (int64_t)n_moment_kinds)];
        if (k->group == group)
            return k;
    }
}

/* Most things meet what is under way; some find it at rest. */
static int64_t roll_gap(struct dice *d)
{
    static const int64_t most[] = {50 * MS, 500 * MS, 2 * S, 15 * S, 120 * S};
    return 1 + roll(d, most[roll(d, 5)]);
}

void storm_make(struct storm *ret, uint64_t seed, const struct storm_profile *profile)
{
    struct dice what = dice_of(seed, 1);
    struct dice when = dice_of(seed, 2);
    struct dice how = dice_of(seed, 3);
    *ret = (struct storm){.seed = seed};
    ret->upgrade = (enum upgrade_kind)(UPGRADE_UNSET + 1 + roll(&how, 3));
    ret->restore = (enum restore_kind)(RESTORE_UNSET + 1 + roll(&how, 3));
    static const int64_t down_for[] = {300 * MS, 5 * S, 90 * S};
    ret->down_for_us = down_for[roll(&how, 3)];
    struct dice bytes = dice_of(seed, 4);
    static const int64_t damaged_one_in[] = {0, 0, 0, 50, 10, 3};
    ret->damaged_one_in = damaged_one_in[roll(&bytes, 6)];
    struct dice standby = dice_of(seed, 6);
    ret->warm_standby = roll(&standby, 2);
    ret->n = (size_t)(20 + roll(&how, 40));
    for (size_t i = 0; i < ret->n; i++) {
        struct moment *m = &ret->moments[i];
        enum moment_group group = roll(&how, 6) == 0 ? GROUP_REST : roll_group(&what, profile);
        m->kind = roll_kind(&what, group);
        m->after_us = roll_gap(&when);
        m->x = m->kind->most_x ? 1 + roll(&what, m->kind->most_x) : 0;
    }
}

/* ---- played ---- */

static bool strikes(void *arg, enum sim_point point)
{
    struct play *p = arg;
    bool hit = false;
    size_t kept = 0;
    for (size_t i = 0; i < p->n_armed; i++) {
        struct armed a = p->armed[i];
        if (a.point == point && --a.left <= 0 && !hit)
            hit = true;
        else
            p->armed[kept++] = a;
    }
    p->n_armed = kept;
    p->faults += hit;
    return hit;
}

static bool is_created(struct sim *s)
{
    return s->record.top > 0;
}

static void play_moments(struct play *p, const struct storm *storm)
{
    enum { LAST_ATTEMPTS = 8 }; /* that are left for what comes after the storm */
    struct sim *s = p->sim;
    s->randomness = storm->seed;
    s->down_for = storm->down_for_us;
    s->warm_standby = storm->warm_standby;
    user_creates(s, storm->upgrade, storm->restore);
    sim_until(s, is_created, 60 * S);
    s->counting = true;
    wire_damages(s, storm->damaged_one_in, dice_of(storm->seed, 5));
    for (size_t i = 0; i < storm->n && !s->world.trouble[0]; i++) {
        sim_run_for(s, storm->moments[i].after_us);
        if (s->world.trouble[0] || s->record.top > MOST_CLUSTERS - LAST_ATTEMPTS)
            return;
        storm->moments[i].kind->happens(p, &storm->moments[i]);
    }
}

static void heal(struct play *p)
{
    struct w_world *w = &p->sim->world;
    p->sim->counting = false;
    p->n_armed = 0;
    w->flink_unreachable = w->inventory_fails = w->storage_unreadable = false;
    for (size_t i = 0; i < FATED_VALUES; i++) {
        p->faults += (int64_t)w->used_fates[i];
        w->used_fates[i] = w->n_fates[i];
    }
}

/* ---- judged ---- */

static bool is_as_wished(struct sim *s)
{
    switch (s->wish.state) {
    case DESIRED_SUSPENDED: return is_suspended(s);
    case DESIRED_CANCELLED: return is_cancelled(s);
    case DESIRED_UNSET:
    case DESIRED_RUNNING:
    default:
        return runs_as_wished(s) || is_finished(s) ||
               (s->wish.upgrade == UPGRADE_NONE && runs_as_before(s));
    }
}

/* When nothing may be decided for them, users decide: try again, then name the newest snapshot, or do
 * without where there is none. A cancel needs nobody. */
static bool comes_to_its_end(struct sim *s, struct storm_end *end)
{
    enum { BOUND = 3600 };
    if (sim_until(s, is_as_wished, BOUND * S))
        return true;
    if (s->world.trouble[0] || s->wish.state == DESIRED_CANCELLED)
        return false;
    end->needed_user = true;
    user_retries(s);
    if (sim_until(s, is_as_wished, BOUND * S))
        return true;
    const char *location = oracle_newest(s);
    if (s->world.trouble[0])
        return false;
    if (location)
        user_restores_from(s, location);
    else
        user_starts_empty(s);
    return sim_until(s, is_as_wished, BOUND * S);
}

static void digest(const struct sim *s, char ret[17])
{
    uint64_t h = 0xCBF29CE484222325ULL;
    for (size_t table = 0; table < STORE_TABLES; table++)
        for (const struct sim_row *r = s->store.tables[table]; r; r = r->next)
            for (size_t i = 0; i < r->row.body.len; i++)
                h = (h ^ (uint8_t)r->row.body.ptr[i]) * 0x100000001B3ULL;
    snprintf(ret, 17, "%016llx", (unsigned long long)h);
}

static const char *rests(struct sim *s, struct storm_end *end)
{
    char again[17];
    sim_run_for(s, 60 * S); /* what is noted now and then has been by then */
    if (!sim_until(s, is_silent, 600 * S))
        return "it does not come to rest";
    digest(s, end->digest);
    if (s->life) /* it may be down just now */
        sim_crash(s);
    sim_run_for(s, s->down_for + 60 * S);
    digest(s, again);
    if (strcmp(again, end->digest) != 0)
        return "a new daemon finds something to write where nothing had happened";
    return sim_until(s, is_as_wished, 30 * S) ? NULL : "a new daemon does not leave it as it was";
}

/* After some storms nothing of it may be left. */
static const char *goes(struct sim *s, uint64_t seed)
{
    enum { BOUND = 3600, EACH = 4 };
    if (seed % EACH != 0)
        return NULL;
    user_wants(s, DESIRED_CANCELLED);
    user_deletes(s);
    return sim_until(s, is_removed, BOUND * S) ? NULL : "it is not deleted";
}

static void judge(struct sim *s, uint64_t seed, struct storm_end *end)
{
    const char *wrong = comes_to_its_end(s, end) ? rests(s, end) : "it does not come to its end";
    if (!wrong)
        wrong = goes(s, seed);
    end->held = !wrong && !s->world.trouble[0];
    if (!end->held)
        snprintf(end->wrong, sizeof(end->wrong), "%s",
                 s->world.trouble[0] ? s->world.trouble : wrong);
}

void storm_play(const struct storm *storm, struct storm_end *ret)
{
    struct play p = {.sim = sim_new()};
    struct sim *s = p.sim;
    *ret = (struct storm_end){0};
    s->strike = strikes;
    s->strike_arg = &p;
    s->most_events = 5000000;
    s->rules = ret->rules;
    s->world.pace.checkpoint_interval = 1 * S;
    int64_t began = s->world.now;
    play_moments(&p, storm);
    heal(&p);
    judge(s, storm->seed, ret);
    ret->operations = p.operations + 1;
    ret->faults = p.faults;
    ret->damaged = wire_damaged(s);
    ret->virtual_us = s->world.now - began;
    ret->events = s->events;
    ret->lives = s->lives;
    sim_free(s);
}
