/* The store, the loop and the user of the scripted world. */
#include "rig.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/choice.h"
#include "exhaustive/reach.h"
#include "model/job.h"

static const struct job_template template_ = {
    .artifact = {.kind = ARTIFACT_JAR,
                 .jar_uri = {"file:/jobs/counter.jar", 22},
                 .flink_version = {"1.20", 4}},
    .parallelism = 1,
};

void rig_init(struct rig *r, struct arena *a)
{
    *r = (struct rig){.a = a, .env = {STR("file:/storage")}, .down_for = 500 * MS};
    world_init(&r->world, a);
    r->world.watch = oracle_watch;
    r->world.watch_arg = r;
    r->deployment.metadata = (struct metadata){.id = STR("d0000000-0000-4000-8000-000000000001"),
                                               .name = STR("counter"),
                                               .namespace_name = STR("default"),
                                               .resource_version = 1,
                                               .generation = 1};
    struct deployment_spec *spec = &r->deployment.spec;
    spec->state = DESIRED_RUNNING;
    spec->upgrade_strategy = UPGRADE_STATEFUL;
    spec->restore_strategy = RESTORE_LATEST_STATE;
    spec->max_savepoint_creation_attempts = 4;
    spec->max_job_creation_attempts = 4;
    spec->job_failure_expiration_time.us = 600 * S;
    spec->template_.spec = template_;
    r->record.version = 1;
    r->started_by_user = true;
}

void rig_free(struct rig *r)
{
    world_free(&r->world);
}

/* ---- the store: everything goes through its written form ---- */

static void copy_row(struct arena *a, const struct fields *f, const void *from, void *to)
{
    struct buf text = {0};
    struct json_out o = {.buf = &text};
    fields_encode(&o, f, from, true);
    struct json v;
    struct err e = {0};
    if (json_parse(a, arena_str(a, buf_str(&text)), &v, &e) < 0 ||
        fields_decode(a, f, v, UNKNOWN_REFUSE, to, &e) < 0) {
        fprintf(stderr, "%s: %s %s\n", f->name, e.pointer, e.text);
        abort();
    }
    buf_fini(&text);
}

static void store_record(struct rig *r, const struct record *record)
{
    struct record stored;
    copy_row(r->a, &record_fields, record, &stored);
    stored.version = r->record.version + 1;
    r->record = stored;
}

static void put_savepoint(struct rig *r, const struct savepoint *put)
{
    struct savepoint *stored = ARENA_NEW(r->a, struct savepoint);
    copy_row(r->a, &savepoint_fields, put, stored);
    for (size_t i = 0; i < r->n_savepoints; i++) {
        if (str_eq(r->savepoints[i]->metadata.id, put->metadata.id)) {
            r->savepoints[i] = stored;
            return;
        }
    }
    assert(r->n_savepoints < MOST_SAVEPOINTS);
    r->savepoints[r->n_savepoints++] = stored;
}

static void drop_savepoint(struct rig *r, struct str id)
{
    for (size_t i = 0; i < r->n_savepoints; i++)
        if (str_eq(r->savepoints[i]->metadata.id, id))
            r->savepoints[i] = r->savepoints[--r->n_savepoints];
}

static void put_job(struct rig *r, const struct job *put)
{
    struct job *stored = ARENA_NEW(r->a, struct job);
    copy_row(r->a, &job_fields, put, stored);
    for (size_t i = 0; i < r->n_jobs; i++) {
        if (str_eq(r->jobs[i]->metadata.id, put->metadata.id)) {
            r->jobs[i] = stored;
            return;
        }
    }
    assert(r->n_jobs < MOST_JOBS);
    r->jobs[r->n_jobs++] = stored;
}

static struct rig_log *log_line(struct rig *r, int rule, const char *what)
{
    assert(r->n_log < MOST_LOG);
    struct rig_log *l = &r->log[r->n_log++];
    *l = (struct rig_log){.at = r->world.now, .rule = rule};
    snprintf(l->what, sizeof(l->what), "%s", what);
    return l;
}

static void store_event(struct rig *r, const struct event *event, const char *what)
{
    struct rig_log *l = log_line(r, (int)event->rule, what);
    l->event = arena_str(r->a, event->name);
    l->message = arena_str(r->a, event->message);
}

static void store_events(struct rig *r, const struct event *events, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++)
        store_event(r, &events[i], what);
}

static void log_decision(struct rig *r, const struct core_out *out, const struct rule *rule)
{
    bool told = false;
    for (size_t i = 0; i < out->n_events; i++) {
        if (out->events[i].rule != rule->number)
            continue;
        store_event(r, &out->events[i], action_name(rule->then));
        told = true;
    }
    if (!told)
        log_line(r, rule->number, action_name(rule->then));
}

static void note_commit(struct rig *r)
{
    r->seen.committed_at = r->last_change = r->world.now;
    if (r->seen.timer != r->record.timer) {
        r->seen.timer = r->record.timer;
        r->seen.timer_since = r->world.now;
    }
    if (r->seen.standby.timer != r->record.standby.timer) {
        r->seen.standby.timer = r->record.standby.timer;
        r->seen.standby.timer_since = r->world.now;
    }
    if (r->seen.chance != r->record.chance) {
        r->seen.chance = r->record.chance;
        r->seen.chance_since = r->world.now;
    }
}

static void commit(struct rig *r, const struct core_out *out)
{
    store_record(r, &out->record);
    for (size_t i = 0; i < out->n_savepoints; i++)
        put_savepoint(r, &out->savepoints[i]);
    if (out->dropped_savepoint.len)
        drop_savepoint(r, out->dropped_savepoint);
    for (size_t i = 0; i < out->n_jobs; i++)
        put_job(r, out->jobs[i]);
    if (!out->rule)
        store_events(r, out->events, out->n_events, "user");
    else if (!out->standby)
        log_decision(r, out, out->rule);
    for (size_t i = 0; i < out->n_then; i++)
        log_decision(r, out, out->then[i]);
    if (out->standby && out->changed)
        log_decision(r, out, out->standby);
    r->removed = out->remove;
    note_commit(r);
}

/* ---- the loop ---- */

static int64_t wall_us(const struct rig *r)
{
    return 1000000 * S + r->world.now + r->wall_jump;
}

struct core_in rig_in(struct rig *r)
{
    struct core_in in = {.env = &r->env,
                         .deployment = &r->deployment,
                         .record = &r->record,
                         .savepoints = (const struct savepoint *const *)r->savepoints,
                         .n_savepoints = r->n_savepoints,
                         .seen = &r->seen,
                         .mono_us = r->world.now,
                         /* As one of so many: with a look each 3 ms a run is mostly looks. */
                         .under_way = 20,
                         .wall_us = wall_us(r)};
    for (size_t i = 0; i < r->n_jobs; i++) {
        if (str_eq(r->jobs[i]->metadata.id, r->record.current.job_id))
            in.job = r->jobs[i];
        if (str_eq(r->jobs[i]->metadata.id, r->record.standby.attempt.job_id))
            in.standby_job = r->jobs[i];
        if (r->jobs[i]->status.started_at)
            in.last_job = r->jobs[i];
    }
    r->ids++;
    for (size_t i = 0; i < CORE_IDS; i++)
        in.ids[i] = arena_fmt(r->a, "%08llx-0000-4000-8000-00000000000%zu", (long long)r->ids, i);
    return in;
}

static void shell_wakes(struct w_world *w, int64_t life, int64_t at, void *p);

static void wake_at(struct rig *r, int64_t at)
{
    if (r->wake_at <= at && r->wake_at > r->world.now)
        return;
    r->wake_at = at;
    world_at(&r->world, at, shell_wakes, r->life, at, r);
}

static void show_status(struct rig *r, const struct deployment_status *st)
{
    const struct deployment_status *old = &r->deployment.status;
    if (old->state == st->state && old->rule == st->rule && old->health == st->health &&
        str_eq(old->message, st->message) && str_eq(old->health_message, st->health_message) &&
        old->waiting_since == st->waiting_since && old->next_try_at == st->next_try_at &&
        old->pending_change == st->pending_change &&
        str_eq(old->running_job_id, st->running_job_id))
        return;
    struct buf text = {0};
    struct json_out o = {.buf = &text};
    struct deployment d = {.status = *st};
    fields_encode(&o, &deployment_fields, &d, true);
    struct json v;
    struct err e = {0};
    struct deployment copy;
    if (json_parse(r->a, arena_str(r->a, buf_str(&text)), &v, &e) < 0 ||
        fields_decode(r->a, &deployment_fields, v, UNKNOWN_IGNORE, &copy, &e) < 0)
        abort();
    buf_fini(&text);
    r->deployment.status = copy.status;
}

/* Whatever was seen is gone; the waits begin anew. */
static void forget(struct rig *r)
{
    r->seen =
        (struct seen){.committed_at = r->world.now,
                      .timer = r->record.timer,
                      .timer_since = r->world.now,
                      .chance = r->record.chance,
                      .chance_since = r->world.now,
                      .standby = {.timer = r->record.standby.timer, .timer_since = r->world.now}};
}

/* False: the rest of the step is dropped. */
static bool commits(struct rig *r, const struct core_out *out)
{
    r->commits++;
    if (rig_fault_hits(r, FAULT_CRASH_BEFORE_COMMIT, r->commits)) {
        rig_crash(r, r->down_for);
        return false;
    }
    if (rig_fault_hits(r, FAULT_CONFLICT, r->commits)) {
        forget(r);
        wake_at(r, r->world.now + 1);
        return false;
    }
    commit(r, out);
    rig_fault_strikes(r);
    if (rig_fault_hits(r, FAULT_CRASH_AFTER_COMMIT, r->commits)) {
        rig_crash(r, r->down_for);
        return false;
    }
    return true;
}

static void step(struct rig *r)
{
    struct arena *a = arena_new();
    struct core_in in = rig_in(r);
    struct core_out *out = ARENA_NEW(a, struct core_out);
    core_notice_request(&in, &r->seen);
    in.expired = rig_expired(a, &in);
    core_step(a, &in, out);
    r->facts = out->facts;
    r->rule = out->rule;
    /* What is listed as unreachable never comes about, whatever happens here. */
    const struct unreachable *never = out->rule ? why_unreachable(&out->facts) : NULL;
    if (never)
        world_trouble(&r->world, "facts that are held to be unreachable: %s", never->why);
    if (r->verbose)
        fprintf(stderr, "%9.3f %4d %-22s %s\n", (double)r->world.now / (double)S,
                out->rule ? out->rule->number : 0, out->rule ? action_name(out->rule->then) : "-",
                out->changed ? "*" : "");
    if (out->changed && !commits(r, out)) {
        arena_free(a);
        return;
    }
    show_status(r, &out->status);
    int64_t life = r->life;
    for (size_t i = 0; i < out->n_effects && r->life == life && r->up; i++)
        rig_send(r, &out->effects[i]);
    if (r->life == life && r->up && !r->removed)
        wake_at(r, out->changed                  ? r->world.now + 1
                   : out->wake_at > r->world.now ? out->wake_at
                                                 : r->world.now + 1);
    arena_free(a);
}

static void shell_wakes(struct w_world *w, int64_t life, int64_t at, void *p)
{
    struct rig *r = p;
    (void)w;
    if (!r->up || r->life != life || r->wake_at != at || r->removed)
        return;
    r->wake_at = 0;
    if (rig_fault_hits(r, FAULT_CRASH_BEFORE_STEP, ++r->steps))
        rig_crash(r, r->down_for);
    else
        step(r);
}

void rig_start_daemon(struct rig *r)
{
    r->up = true;
    r->life++;
    r->wake_at = 0;
    forget(r);
    wake_at(r, r->world.now + 1);
}

static void daemon_is_back(struct w_world *w, int64_t life, int64_t y, void *p)
{
    struct rig *r = p;
    (void)w;
    (void)y;
    if (!r->up && r->life == life)
        rig_start_daemon(r);
}

void rig_crash(struct rig *r, int64_t down_for)
{
    r->up = false;
    r->life++;
    world_at(&r->world, r->world.now + down_for, daemon_is_back, r->life, 0, r);
}

void rig_wake(struct rig *r)
{
    if (r->up)
        wake_at(r, r->world.now + 1);
}

bool rig_until(struct rig *r, bool (*holds)(const struct rig *r), int64_t most_us)
{
    int64_t until = r->world.now + most_us;
    int64_t steps = r->steps + MOST_STEPS;
    while (!holds(r) && !r->world.trouble[0]) {
        if (!world_run(&r->world, until))
            return holds(r);
        if (r->steps > steps)
            world_trouble(&r->world, "%d steps and no end", MOST_STEPS);
    }
    return true;
}

void rig_run_for(struct rig *r, int64_t us)
{
    int64_t until = r->world.now + us;
    while (world_run(&r->world, until))
        ;
}

bool rig_is_silent(const struct rig *r, int64_t us)
{
    return r->world.now - r->last_change >= us;
}

/* ---- the user ---- */

static int64_t spec_version(const struct rig *r)
{
    return r->deployment.metadata.annotations.n ? r->record.spec_version : 1;
}

static void set_spec_version(struct rig *r, int64_t version)
{
    struct str_pair *p = ARENA_NEW(r->a, struct str_pair);
    *p = (struct str_pair){STR(ANNOTATION_SPEC_VERSION),
                           arena_fmt(r->a, "%lld", (long long)version)};
    r->deployment.metadata.annotations = (struct str_map){p, 1};
}

/* An edit is taken into the record by the transaction that stores it. */
void rig_touch(struct rig *r)
{
    struct arena *a = arena_new();
    struct core_in in = rig_in(r);
    struct record next = r->record;
    struct event events[ACCEPT_EVENTS];
    size_t n;
    r->deployment.metadata.generation++;
    core_accept(a, &in, &next, events, &n);
    store_record(r, &next);
    store_events(r, events, n, "user");
    note_commit(r);
    arena_free(a);
    rig_wake(r);
}

void rig_want(struct rig *r, enum desired_state state)
{
    r->deployment.spec.state = (int)state;
    r->started_by_user = state == DESIRED_RUNNING;
    rig_touch(r);
}

void rig_edit(struct rig *r)
{
    set_spec_version(r, spec_version(r) + 1);
    int phase = r->record.current.phase;
    bool runs = phase == PHASE_SUBMITTED || phase == PHASE_UP;
    /* An edit decides nothing about the state when it only meets a start that a failure caused. */
    r->started_by_user = runs ? r->deployment.spec.upgrade_strategy == UPGRADE_STATELESS
                              : r->started_by_user || r->record.operation.kind == OPERATION_NONE;
    r->deployment.spec.template_.spec.artifact.jar_uri =
        arena_fmt(r->a, "file:/jobs/counter-%lld.jar", (long long)r->record.spec_version + 1);
    rig_touch(r);
}

struct str rig_request_savepoint(struct rig *r)
{
    struct str id = arena_fmt(r->a, "a%07llx-0000-4000-8000-000000000000", (long long)++r->ids);
    struct savepoint s = {
        .metadata = {.id = id,
                     .namespace_name = STR("default"),
                     .deployment_id = r->deployment.metadata.id,
                     .origin = ORIGIN_USER_REQUEST,
                     .created_at = wall_us(r)},
        .status = {.state = SAVEPOINT_STARTED},
    };
    put_savepoint(r, &s);
    rig_touch(r);
    return id;
}

struct str rig_import(struct rig *r, const char *location)
{
    struct w_snapshot *there = storage_find(&r->world, str_of(location));
    if (!there)
        there = storage_add(&r->world, location);
    there->attempt = record_head(&r->record);
    there->id = 1000000000000;
    there->imported = there->savepoint = true;
    there->sequence = r->record.sequence + 1;
    struct str id = arena_fmt(r->a, "b%07llx-0000-4000-8000-000000000000", (long long)++r->ids);
    struct savepoint s = {
        .metadata = {.id = id,
                     .namespace_name = STR("default"),
                     .deployment_id = r->deployment.metadata.id,
                     .origin = ORIGIN_COPIED,
                     .created_at = wall_us(r)},
        .spec = {.savepoint_location = str_of(location)},
        .status = {.state = SAVEPOINT_COMPLETED,
                   .verified = VERIFIED_FULL,
                   .attempt = record_head(&r->record),
                   .checkpoint_id = 1000000000000,
                   .sequence = ++r->record.sequence,
                   .metadata_version = 4},
    };
    r->record.had_snapshot = true;
    put_savepoint(r, &s);
    rig_touch(r);
    return id;
}

void rig_discard(struct rig *r, struct str id)
{
    struct savepoint s = *rig_savepoint(r, id);
    struct w_snapshot *data = storage_find(&r->world, s.spec.savepoint_location);
    if (data)
        data->given_up = true;
    s.status.state = SAVEPOINT_PENDING_DELETION;
    put_savepoint(r, &s);
    rig_touch(r);
}

/* ---- looking ---- */
