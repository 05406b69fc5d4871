/* From every state that can come about, good outcomes lead to rest: nothing more is called, nothing
 * more is written. A state is what is durable and what exists; what was seen is empty, as after a
 * crash. */
#include <stdio.h>

#include "exhaustive/reach.h"
#include "exhaustive/values.h"
#include "scenario.h"

static struct made made;

/* The world that the facts speak of. */
static struct w_cluster *build_cluster(struct w_world *w, int64_t attempt, enum world is)
{
    struct w_cluster *c = &w->clusters[w->n_clusters++];
    *c = (struct w_cluster){.attempt = attempt, .there = true, .wanted = 1};
    c->jobmanager_alive = is != WORLD_STARTING && is != WORLD_HALFDEAD;
    c->jobmanager_dead = is == WORLD_HALFDEAD;
    snprintf(c->incarnation, sizeof(c->incarnation), "process-1");
    snprintf(c->jar, sizeof(c->jar), "jar");
    if (is == WORLD_READY || is == WORLD_HALFDEAD) {
        c->n_taskmanagers = 1;
        c->taskmanagers[0] =
            (struct w_taskmanager){.id = "tm-1", .alive = true, .registered = true};
    }
    if (is == WORLD_STARTING) {
        c->there = false; /* nothing that comes up by itself: it is asked for again */
        w->n_clusters--;
    }
    return c;
}

static void build_job(struct w_cluster *c, const struct facts *f)
{
    static const enum flink_job_status states[] = {
        [SIGHT_UNKNOWN] = FLINK_JOB_RUNNING,       [SIGHT_ABSENT] = FLINK_JOB_ABSENT,
        [SIGHT_STARTING] = FLINK_JOB_CREATED,      [SIGHT_UP] = FLINK_JOB_RUNNING,
        [SIGHT_RESTARTING] = FLINK_JOB_RESTARTING, [SIGHT_FINISHED] = FLINK_JOB_FINISHED,
        [SIGHT_CANCELED] = FLINK_JOB_CANCELED,     [SIGHT_FAILED] = FLINK_JOB_FAILED,
    };
    struct w_job *j = &c->job;
    *j = (struct w_job){
        .exists = true, .made = true, .status = states[f->job], .next_checkpoint = 1};
    snprintf(j->id, sizeof(j->id), "a0000000000040008000000000000001");
    snprintf(j->checkpoints, sizeof(j->checkpoints), "file:/checkpoints/a");
    bool runs = j->status == FLINK_JOB_RUNNING && c->n_taskmanagers > 0;
    j->up = c->taskmanagers[0].works = runs;
    j->submissions = 1;
}

static void build_world(const struct facts *f)
{
    struct w_world *w = &r->world;
    w->processes = 1;
    bool submitted = f->phase == PHASE_SUBMITTED || f->phase == PHASE_UP ||
                     f->phase == PHASE_ENDED || f->phase == PHASE_READ;
    if (f->world == WORLD_NEWER)
        build_cluster(w, r->record.top + 1, WORLD_READY);
    if (f->world == WORLD_LEFTOVER)
        build_cluster(w, r->record.top - 1, WORLD_READY);
    if (f->world < WORLD_STARTING || f->world > WORLD_LEFTOVER ||
        (f->world == WORLD_LEFTOVER && !submitted))
        return;
    struct w_cluster *c =
        build_cluster(w, r->record.top, f->world == WORLD_LEFTOVER ? WORLD_READY : f->world);
    if (submitted && f->job != SIGHT_ABSENT && f->world != WORLD_STARTING)
        build_job(c, f);
    if (c->job.exists &&
        (c->job.status == FLINK_JOB_CREATED || c->job.status == FLINK_JOB_RESTARTING))
        flink_job_restarts(w, c->attempt, 1 * S);
}

static void add_row(struct str id, enum savepoint_state state)
{
    struct savepoint *s = ARENA_NEW(r->a, struct savepoint);
    s->metadata.id = id;
    s->metadata.origin = ORIGIN_USER_REQUEST;
    s->metadata.created_at = 1000000 * S + r->world.now;
    s->spec.savepoint_location = STR("file:/savepoints/old");
    s->status.state = (int)state;
    r->savepoints[r->n_savepoints++] = s;
}

static void build_rig(const struct facts *f, enum restore_kind restore)
{
    make(f, &made);
    r->unwatched = true;
    r->last_change = r->world.now;
    r->record = made.record;
    r->record.version = 1;
    r->record.current.source = SOURCE_EMPTY;
    r->record.current.jar_id = STR("jar");
    if (f->phase == PHASE_RESERVED || f->phase == PHASE_PROVISIONED)
        r->record.current.incarnation =
            f->intent == INTENT_PROVISION ? (struct str){0} : STR("process-1");
    r->deployment.spec.state = made.deployment.spec.state;
    r->deployment.spec.upgrade_strategy = made.deployment.spec.upgrade_strategy;
    r->deployment.spec.restore_strategy = (int)restore;
    struct str_pair *version = ARENA_NEW(r->a, struct str_pair);
    *version = (struct str_pair){STR(ANNOTATION_SPEC_VERSION),
                                 arena_fmt(r->a, "%d", (int)made.record.spec_version)};
    r->deployment.metadata.annotations = (struct str_map){version, 1};
    if (f->request == REQUEST_SAVEPOINT)
        add_row(STR("c0000000-0000-4000-8000-000000000001"), SAVEPOINT_STARTED);
    if (f->request == REQUEST_DISCARD)
        add_row(STR("c0000000-0000-4000-8000-000000000002"), SAVEPOINT_PENDING_DELETION);
    if (made.record.current.tries.n)
        add_row(STR("b0000000-0000-4000-8000-000000000001"), SAVEPOINT_STARTED);
    struct job *job = ARENA_NEW(r->a, struct job);
    job->metadata.id = made.record.current.job_id;
    job->metadata.attempt = made.record.top;
    job->spec.template_ = r->deployment.spec.template_.spec;
    r->jobs[r->n_jobs++] = job;
    build_world(f);
}

static bool rests(const struct rig *rig)
{
    if (rig->removed || rig->record.halted)
        return rig->removed || rig_is_silent(rig, 20 * S);
    return rig->up && rig->rule && rig->record.intent.kind == INTENT_NONE &&
           (rig->rule->then == ACTION_REST || rig->record.gave_up.len > 0) &&
           rig_is_silent(rig, 20 * S);
}

struct tally {
    size_t met;
    size_t stride; /* every so many of those met are tried */
    size_t states;
    size_t at_rest;
    size_t halted;
    size_t removed;
    size_t blocked; /* for want of a snapshot, until a user decides */
    size_t longest; /* steps */
};

static bool went_on(const struct rig *rig)
{
    return !is_blocked(rig) && rests(rig);
}

/* Where the state cannot be had it waits for a user, and goes on with the decision. */
static bool rests_or_is_unblocked(struct tally *t)
{
    bool well = rig_until(r, rests, 4000 * S);
    if (!well || !is_blocked(r) || r->deployment.spec.restore_strategy == RESTORE_NONE)
        return well;
    t->blocked++;
    r->deployment.spec.restore_strategy = RESTORE_NONE;
    rig_touch(r);
    return rig_until(r, went_on, 4000 * S);
}

static void comes_to_rest(const struct facts *f, struct tally *t)
{
    static const enum restore_kind kinds[] = {RESTORE_NONE, RESTORE_LATEST_STATE,
                                              RESTORE_LATEST_SAVEPOINT};
    build_rig(f, kinds[t->states % 3]);
    rig_start_daemon(r);
    bool well = rests_or_is_unblocked(t);
    int64_t commits = r->commits;
    int64_t calls = r->calls;
    rig_run_for(r, 30 * S);
    well = well && commits == r->commits && calls == r->calls && !r->world.trouble[0];
    t->states++;
    t->halted += r->record.halted;
    t->removed += r->removed;
    t->at_rest += well && !r->removed && !r->record.gave_up.len;
    t->longest = (size_t)r->steps > t->longest ? (size_t)r->steps : t->longest;
    if (well && (!r->record.gave_up.len || r->record.halted))
        return;
    unsigned v[MAIN_COLUMNS];
    facts_values(f, v);
    print_error("from");
    for (size_t c = 0; c < MAIN_COLUMNS; c++)
        print_error(" %s=%s", fact_columns[c].name, fact_columns[c].values[v[c]]);
    print_error("\n%s\n", r->world.trouble);
    rig_print(r);
    fail();
}

/* The columns that are durable or exist; the others follow from what is seen of them. */
static void walk(struct facts f, int column, struct tally *t)
{
    static const unsigned values[] = {WANT_VALUES,   PHASE_VALUES, WORLD_VALUES,  SIGHT_VALUES,
                                      INTENT_VALUES, DRIFT_VALUES, REQUEST_VALUES};
    enum { COLUMNS = sizeof(values) / sizeof(values[0]) };
    if (column == COLUMNS) {
        if (f.world == WORLD_UNKNOWN || (f.job == SIGHT_UNKNOWN && f.world != WORLD_READY &&
                                         f.world != WORLD_NOTHING && f.world != WORLD_HALFDEAD))
            return; /* not seen: another state of these is the truth */
        if (f.request != REQUEST_NONE && f.drift != DRIFT_NONE)
            return; /* one thing at a time */
        if (why_unreachable(&f) || (t->met++ % t->stride != 0))
            return;
        scenario_end(NULL);
        scenario_begin(NULL);
        comes_to_rest(&f, t);
        return;
    }
    for (unsigned v = 0; v < values[column]; v++) {
        switch (column) {
        case 0: f.want = (enum want)v; break;
        case 1: f.phase = (enum phase)v; break;
        case 2: f.world = (enum world)v; break;
        case 3: f.job = (enum job_fact)v; break;
        case 4: f.intent = (enum intent_kind)v; break;
        case 5: f.drift = (enum drift)v; break;
        default: f.request = (enum request)v; break;
        }
        walk(f, column + 1, t);
    }
}

static void every_state_comes_to_rest(void **state)
{
    (void)state;
    struct tally t = {.stride = getenv("RIG_ALL") ? 1 : 3};
    walk((struct facts){.preflight = PREFLIGHT_OK}, 0, &t);
    printf(
        "%zu of %zu states: %zu at rest, %zu halted (the world is newer), %zu removed; %zu waited for a "
        "user; at most %zu steps\n",
        t.states, t.met, t.at_rest, t.halted, t.removed, t.blocked, t.longest);
    assert_true(t.blocked > 0);
    assert_int_equal(t.at_rest + t.halted + t.removed, t.states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(every_state_comes_to_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
