#include "scenario.h"

#include <stdio.h>

struct rig *r;
static size_t mark;
static int64_t calls_then[EFFECT_KINDS];

int scenario_begin(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    r = ARENA_NEW(a, struct rig);
    rig_init(r, a);
    r->verbose = getenv("RIG_VERBOSE") != NULL;
    when();
    return 0;
}

int scenario_end(void **state)
{
    (void)state;
    bool trouble = r->world.trouble[0] != 0;
    if (trouble) {
        print_error("%s\n", r->world.trouble);
        rig_print(r);
    }
    struct arena *a = r->a;
    rig_free(r);
    arena_free(a);
    return trouble ? -1 : 0;
}

void given_strategies(enum upgrade_kind up, enum restore_kind restore)
{
    r->deployment.spec.upgrade_strategy = (int)up;
    r->deployment.spec.restore_strategy = (int)restore;
}

void given_it_is_created(void)
{
    rig_touch(r);
    rig_start_daemon(r);
}

void given_it_runs(void)
{
    given_it_is_created();
    until(is_running);
    rig_run_for(r, 3 * S);
    when();
}

void given_it_runs_under(enum upgrade_kind up, enum restore_kind restore)
{
    given_strategies(up, restore);
    given_it_runs();
}

static bool savepoint_is_settled(const struct rig *rig)
{
    const struct savepoint *s = rig_newest_savepoint(rig, ORIGIN_USER_REQUEST);
    return s && s->status.state != SAVEPOINT_STARTED && rig->record.intent.kind == INTENT_NONE;
}

void given_a_savepoint_on_request(void)
{
    rig_request_savepoint(r);
    until(savepoint_is_settled);
    rig_run_for(r, 2 * S);
    when();
}

void given_taskmanagers_that_cannot_be_replaced(void)
{
    given_it_runs();
    for (int i = 0; i < MOST_FATES; i++)
        world_fate(&r->world, FATED_PROVISION, FATE_FAILS);
    world_kill_taskmanager(&r->world, 1, 0);
    rig_run_for(r, 3 * S);
    when();
}

void edit_and_wait(void)
{
    when();
    rig_edit(r);
    until(has_started);
}

bool has_started(const struct rig *rig)
{
    return is_running(rig) && rig->record.current.restored != RESTORED_UNCHECKED;
}

bool is_recovered(const struct rig *rig)
{
    return has_started(rig) && rig->record.current.number == 2;
}

bool stops(const struct rig *rig)
{
    return rig->record.intent.kind == INTENT_STOP;
}

void scenario_until(bool (*holds)(const struct rig *r), const char *what, const char *file,
                    int line)
{
    if (rig_until(r, holds, 3600 * S))
        return;
    print_error("not within an hour: %s\n", what);
    rig_print(r);
    _fail(file, line);
}

void then_all_is_quiet(void)
{
    int64_t commits = r->commits;
    int64_t calls = r->calls;
    int state = r->deployment.status.state;
    rig_run_for(r, 120 * S);
    assert_int_equal(r->calls, calls);
    assert_int_equal(r->commits, commits);
    assert_int_equal(r->deployment.status.state, state);
}

void when(void)
{
    mark = r->n_log;
    memcpy(calls_then, r->calls_of, sizeof(calls_then));
}

size_t calls_since(enum effect_kind kind)
{
    return (size_t)(r->calls_of[kind] - calls_then[kind]);
}

size_t mutating_calls(void)
{
    size_t n = 0;
    for (enum effect_kind k = CALL_PROVISION; k < EFFECT_KINDS; k++)
        n += calls_since(k);
    return n;
}

void scenario_narrative(const char *expected, const char *file, int line)
{
    char text[4000] = "";
    size_t n = 0;
    int before = 0;
    int64_t at = -1;
    for (size_t i = mark; i < r->n_log && n < sizeof(text) - 40; i++) {
        const struct rig_log *l = &r->log[i];
        if (l->rule == 0 || (l->rule == before && l->at == at))
            continue;
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d %s", n ? ", " : "", l->rule,
                              l->what);
        before = l->rule;
        at = l->at;
    }
    if (strcmp(text, expected) == 0)
        return;
    print_error("expected: %s\ndecided:  %s\n", expected, text);
    rig_print(r);
    _fail(file, line);
}

struct str restored_from(void)
{
    const struct w_cluster *c = rig_cluster(r);
    return c ? str_of(c->job.restored) : STR("(no cluster)");
}

void then_the_first_attempt_is_the_only_one(void)
{
    until(has_started);
    assert_true(r->fault_done);
    assert_int_equal(r->record.top, 1);
    assert_int_equal(r->world.n_clusters, 1);
    assert_int_equal(rig_cluster(r)->job.submissions, 1);
}

const struct w_snapshot *newest_snapshot(bool savepoint)
{
    const struct w_snapshot *best = NULL;
    for (size_t i = 0; i < r->world.n_snapshots; i++) {
        const struct w_snapshot *s = &r->world.snapshots[i];
        if (s->there && s->savepoint == savepoint &&
            (!best || s->attempt > best->attempt ||
             (s->attempt == best->attempt && s->id >= best->id)))
            best = s;
    }
    return best;
}
