/* What was seen, kept per part in an arena of its own: a new answer replaces the old one whole. */
#include "shell/seen.h"

#include "shell/registry_impl.h"

struct arena *seen_arena(struct entry *e, enum seen_kind kind)
{
    arena_free(e->seen_arenas[kind]);
    e->seen_arenas[kind] = arena_new();
    return e->seen_arenas[kind];
}

void seen_answered(struct seen_part *part, int64_t began)
{
    part->at = began;
    part->asked = false;
}

int64_t seen_ask(struct entry *e, struct seen_part *part)
{
    part->asked = true;
    part->asked_at = app_mono_us(e->app);
    return part->asked_at;
}

static struct str_list copy_list(struct arena *a, const struct str_list *from)
{
    struct str_list to = {ARENA_ARRAY(a, struct str, from->n), from->n};
    for (size_t i = 0; i < from->n; i++)
        to.items[i] = arena_str(a, from->items[i]);
    return to;
}

void seen_world(struct entry *e, const struct platform_inventory *i)
{
    struct arena *a = seen_arena(e, SEEN_WORLD);
    struct seen *s = &e->seen;
    s->world_outcome = i->outcome;
    s->world_text = arena_str(a, i->text);
    s->clusters = ARENA_ARRAY(a, struct platform_cluster, i->n);
    s->n_clusters = i->n;
    s->newest_attempt = i->newest;
    s->ended = ARENA_ARRAY(a, int64_t, i->n_ended);
    s->n_ended = i->n_ended;
    for (size_t k = 0; k < i->n_ended; k++)
        s->ended[k] = i->ended[k];
    for (size_t k = 0; k < i->n; k++) {
        struct platform_cluster *c = &s->clusters[k];
        *c = i->clusters[k];
        c->incarnation = arena_str(a, c->incarnation);
        c->taskmanager_ids = copy_list(a, &c->taskmanager_ids);
        c->rest_url = arena_str(a, c->rest_url);
        c->log_directory = arena_str(a, c->log_directory);
        c->cause = arena_str(a, c->cause);
    }
}

void seen_jobmanager(struct entry *e, const struct flink_sight *sight, struct str incarnation)
{
    /* What another process told was of another attempt. */
    if (!str_eq(e->seen.job_incarnation, incarnation))
        e->seen.job_told_at = 0;
    struct arena *a = seen_arena(e, SEEN_JOB);
    e->seen.job = *sight;
    e->seen.job.text = arena_str(a, sight->text);
    e->seen.job.taskmanager_ids = copy_list(a, &sight->taskmanager_ids);
    e->seen.job_incarnation = arena_str(a, incarnation);
    if (sight->outcome == OUTCOME_DONE)
        e->seen.job_good_at = app_mono_us(e->app);
    if (sight->outcome == OUTCOME_DONE && sight->job != FLINK_JOB_UNKNOWN)
        e->seen.job_told_at = e->seen.job_good_at;
}

static struct flink_checkpoint copy_checkpoint(struct arena *a, struct flink_checkpoint c)
{
    c.path = arena_str(a, c.path);
    c.failure = arena_str(a, c.failure);
    return c;
}

void seen_stats(struct entry *e, const struct flink_checkpoints *c)
{
    struct arena *a = seen_arena(e, SEEN_STATS);
    struct flink_checkpoints *to = &e->seen.stats;
    *to = *c;
    to->text = arena_str(a, c->text);
    to->latest_completed = copy_checkpoint(a, c->latest_completed);
    to->latest_savepoint = copy_checkpoint(a, c->latest_savepoint);
    to->latest_failed = copy_checkpoint(a, c->latest_failed);
    to->restored = copy_checkpoint(a, c->restored);
    to->history = ARENA_ARRAY(a, struct flink_checkpoint, c->n_history);
    for (size_t i = 0; i < c->n_history; i++)
        to->history[i] = copy_checkpoint(a, c->history[i]);
}

void seen_trigger(struct entry *e, const struct flink_trigger *t, struct str trigger_id)
{
    struct arena *a = arena_new();
    struct seen_trigger *to = &e->seen.trigger;
    to->trigger_id = arena_str(a, trigger_id);
    to->state = t->state;
    to->location = arena_str(a, t->location);
    to->text = arena_str(a, t->text);
    arena_free(e->seen_arenas[SEEN_TRIGGER]);
    e->seen_arenas[SEEN_TRIGGER] = a;
}

static struct snapshot_sight copy_sight(struct arena *a, struct snapshot_sight s)
{
    s.location = arena_str(a, s.location);
    s.text = arena_str(a, s.text);
    return s;
}

void seen_snapshot(struct entry *e, enum outcome outcome, const struct snapshot_sight *sight,
                   struct str text, struct str location)
{
    struct arena *a = arena_new();
    struct seen_snapshot *to = &e->seen.snapshot;
    to->location = arena_str(a, location);
    to->outcome = outcome;
    to->text = arena_str(a, text);
    to->sight = sight ? copy_sight(a, *sight) : (struct snapshot_sight){0};
    arena_free(e->seen_arenas[SEEN_SNAPSHOT]);
    e->seen_arenas[SEEN_SNAPSHOT] = a;
}

struct seen_listing *seen_listing_of(struct entry *e, struct str directory)
{
    struct seen *s = &e->seen;
    for (size_t i = 0; i < s->n_listings; i++)
        if (str_eq(s->listings[i].directory, directory))
            return &s->listings[i];
    if (!e->seen_arenas[SEEN_LISTINGS])
        e->seen_arenas[SEEN_LISTINGS] = arena_new();
    s->listings = mem_realloc(s->listings, (s->n_listings + 1) * sizeof(*s->listings));
    s->listings[s->n_listings] =
        (struct seen_listing){.directory = arena_str(e->seen_arenas[SEEN_LISTINGS], directory)};
    return &s->listings[s->n_listings++];
}

void seen_listing(struct seen_listing *to, const struct snapshot_listing *l)
{
    arena_free(to->arena);
    struct arena *a = to->arena = arena_new();
    to->outcome = l->outcome;
    to->text = arena_str(a, l->text);
    to->items = ARENA_ARRAY(a, struct snapshot_sight, l->n);
    to->n = l->n;
    for (size_t i = 0; i < l->n; i++)
        to->items[i] = copy_sight(a, l->items[i]);
}

void seen_artifact(struct entry *e, const struct jars_sight *sight, const struct seen_artifact *of)
{
    struct arena *a = arena_new();
    struct seen_artifact *to = &e->seen.artifact;
    const struct artifact_sight *jar = &sight->items[0];
    bool done = sight->outcome == OUTCOME_DONE;
    to->spec_version = of->spec_version;
    to->outcome = sight->outcome;
    to->text = arena_str(a, sight->text);
    to->sha256 = done ? arena_str(a, jar->sha256) : (struct str){0};
    to->name = done ? arena_str(a, jar->name) : (struct str){0};
    to->entry_class = (struct str){0};
    if (done)
        to->entry_class = arena_str(a, jar->entry_class.len ? jar->entry_class : of->entry_class);
    to->dependency_sha256s = (struct str_list){0};
    if (done && sight->n > 1) {
        to->dependency_sha256s.items = ARENA_ARRAY(a, struct str, sight->n - 1);
        for (size_t i = 1; i < sight->n; i++)
            to->dependency_sha256s.items[to->dependency_sha256s.n++] =
                arena_str(a, sight->items[i].sha256);
    }
    arena_free(e->seen_arenas[SEEN_ARTIFACT]);
    e->seen_arenas[SEEN_ARTIFACT] = a;
}

void seen_cause(struct entry *e, struct str text)
{
    e->seen.cause = arena_str(seen_arena(e, SEEN_CAUSE), text);
}

void seen_standby(struct entry *e, const struct flink_sight *sight, struct str incarnation)
{
    struct arena *a = seen_arena(e, SEEN_STANDBY);
    struct seen_standby *to = &e->seen.standby;
    to->sight = *sight;
    to->sight.text = arena_str(a, sight->text);
    to->sight.taskmanager_ids = copy_list(a, &sight->taskmanager_ids);
    to->incarnation = arena_str(a, incarnation);
}

void seen_plan(struct entry *e, enum outcome outcome, struct str text)
{
    e->seen.standby.plan_outcome = outcome;
    e->seen.standby.plan_text = arena_str(seen_arena(e, SEEN_PLAN), text);
}

void seen_free_listings(struct entry *e)
{
    for (size_t i = 0; i < e->seen.n_listings; i++)
        arena_free(e->seen.listings[i].arena);
    mem_free(e->seen.listings);
    e->seen.listings = NULL;
    e->seen.n_listings = 0;
    arena_free(e->seen_arenas[SEEN_LISTINGS]);
    e->seen_arenas[SEEN_LISTINGS] = NULL;
}

static void forget_listings(struct entry *e)
{
    for (size_t i = 0; i < e->seen.n_listings; i++)
        if (e->seen.listings[i].part.asked)
            return;
    seen_free_listings(e);
}

void seen_committed(struct entry *e)
{
    const struct record *r = entry_record(e);
    struct seen *s = &e->seen;
    s->committed_at = app_mono_us(e->app);
    if (s->timer != r->timer || s->timer_since == 0) {
        s->timer = r->timer;
        s->timer_since = s->committed_at;
    }
    if (s->chance != r->chance || s->chance_since == 0) {
        s->chance = r->chance;
        s->chance_since = s->committed_at;
    }
    if (s->standby.timer != r->standby.timer || s->standby.timer_since == 0) {
        s->standby.timer = r->standby.timer;
        s->standby.timer_since = s->committed_at;
    }
    if (r->current.phase != PHASE_GONE && r->intent.kind != INTENT_STOP &&
        r->intent.kind != INTENT_SAVEPOINT)
        forget_listings(e);
    /* The next Job takes what is behind the URI then (behaviour.md, 3). */
    if (r->current.phase == PHASE_UP && s->artifact.spec_version == r->current.spec_version &&
        !s->artifact.part.asked)
        s->artifact.part = (struct seen_part){0};
    bool begins = r->current.phase == PHASE_RESERVED || r->current.phase == PHASE_PROVISIONED;
    if (s->cause.len && begins) {
        s->cause = (struct str){0};
        s->cause_part = (struct seen_part){0};
    }
}
