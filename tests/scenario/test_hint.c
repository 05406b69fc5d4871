/* What is shown beforehand is what happens: after any history, the choice that the interface would
 * show for "start now" is the snapshot that the next attempt is started from. Histories are drawn at
 * random from a fixed seed; the oracle watches them all. */
#include <stdio.h>

#include "scenario.h"

static uint64_t seed;

static unsigned draw(unsigned n)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % n;
}

static bool is_at_rest(const struct rig *rig)
{
    return rig->up && rig->rule && rig->record.intent.kind == INTENT_NONE &&
           (rig->rule->then == ACTION_REST || rig->record.gave_up.len > 0) &&
           rig_is_silent(rig, 500 * MS);
}

static void something_fails(void)
{
    int64_t attempt = r->record.current.number;
    switch (draw(7)) {
    case 0: world_kill_jobmanager(&r->world, attempt, "killed"); break;
    case 1: world_kill_taskmanager(&r->world, attempt, 0); break;
    case 2: flink_job_fails(&r->world, attempt, "its own code throws"); break;
    case 3: world_reboot(&r->world); break;
    case 4: world_fate(&r->world, FATED_TRIGGER, (enum fate)(FATE_FAILS + draw(2))); break;
    case 5: world_fate(&r->world, FATED_SUBMIT, FATE_JOB_FAILS); break;
    default: rig_crash(r, (int64_t)draw(20) * S); break;
    }
}

static void the_user_acts(void)
{
    static const enum desired_state states[] = {DESIRED_RUNNING, DESIRED_RUNNING, DESIRED_SUSPENDED,
                                                DESIRED_CANCELLED};
    char location[60];
    switch (draw(8)) {
    case 0:
    case 1: rig_edit(r); break;
    case 2:
    case 3: rig_want(r, states[draw(4)]); break;
    case 4: rig_request_savepoint(r); break;
    case 5:
        snprintf(location, sizeof(location), "file:/elsewhere/savepoint-%u", draw(1000000));
        rig_import(r, arena_cstr(r->a, str_of(location)));
        break;
    case 6: {
        const struct w_snapshot *s = newest_snapshot(true);
        if (s && draw(2))
            rig_restore_from(r, arena_str(r->a, str_of(s->location)),
                             arena_fmt(r->a, "nonce-%u", draw(1000000)));
        break;
    }
    default:
        r->deployment.spec.require_state = draw(4) == 0;
        r->deployment.spec.upgrade_strategy = (int)(UPGRADE_STATEFUL + draw(3));
        r->deployment.spec.restore_strategy = (int)(RESTORE_LATEST_STATE + draw(3));
        rig_touch(r);
        break;
    }
}

static void some_history(void)
{
    given_strategies((enum upgrade_kind)(UPGRADE_STATEFUL + draw(3)),
                     (enum restore_kind)(RESTORE_LATEST_STATE + draw(3)));
    given_it_is_created();
    for (unsigned i = 3 + draw(6); i > 0; i--) {
        if (draw(3))
            until(is_at_rest);
        else
            rig_run_for(r, (int64_t)draw(1500) * MS);
        if (draw(2))
            the_user_acts();
        else
            something_fails();
    }
    until(is_at_rest);
}

/* The question of the interface: nothing is stored, nothing is asked of the world. */
static struct choice hint_for_start(void)
{
    struct deployment deployment = r->deployment;
    struct record record = r->record;
    deployment.spec.state = DESIRED_RUNNING;
    record.operation = (struct operation){.kind = OPERATION_START, .by_user = true};
    struct core_in in = rig_in(r);
    in.deployment = &deployment;
    in.record = &record;
    return core_choose(r->a, &in, false);
}

static bool has_started_or_is_blocked(const struct rig *rig)
{
    return (is_running(rig) && rig->record.current.restored != RESTORED_UNCHECKED) ||
           is_blocked(rig) || is_failed(rig);
}

static void history(uint64_t number, size_t *by_kind)
{
    seed = number * 0x9E3779B97F4A7C15ULL;
    some_history();
    rig_want(r, draw(2) ? DESIRED_SUSPENDED : DESIRED_CANCELLED);
    until(is_at_rest);
    if (r->record.current.phase != PHASE_NONE) {
        rig_want(r, DESIRED_CANCELLED);
        until(is_at_rest);
    }
    assert_int_equal(r->record.current.phase, PHASE_NONE);
    memset(r->world.used_fates, 0, sizeof(r->world.used_fates));
    memset(r->world.n_fates, 0, sizeof(r->world.n_fates));
    struct choice hint = hint_for_start();
    by_kind[hint.kind]++;
    rig_want(r, DESIRED_RUNNING);
    until(has_started_or_is_blocked);
    const struct attempt *at = &r->record.current;
    if (hint.kind == PICK_SNAPSHOT) {
        assert_int_equal(at->source, SOURCE_SNAPSHOT);
        assert_true(str_eq(at->source_savepoint_id, hint.savepoint->metadata.id));
        assert_place(restored_from(), hint.savepoint->spec.savepoint_location);
    } else if (hint.kind == PICK_EMPTY) {
        assert_int_equal(at->source, SOURCE_EMPTY);
        assert_int_equal(restored_from().len, 0);
    } else {
        assert_true(is_blocked(r));
    }
}

static void what_is_shown_is_what_happens(void **state)
{
    enum { HISTORIES = 400 };
    size_t by_kind[PICK_BAD + 1] = {0};
    const char *only = getenv("RIG_HISTORY");
    for (uint64_t i = 1; i <= HISTORIES; i++) {
        if (only && strtoull(only, NULL, 10) != i)
            continue;
        history(i, by_kind);
        if (r->world.trouble[0]) {
            print_error("history %llu: %s\n", (unsigned long long)i, r->world.trouble);
            rig_print(r);
            fail();
        }
        scenario_end(state);
        scenario_begin(state);
    }
    printf("%d histories; hints: %zu snapshot, %zu empty, %zu forbidden, %zu bad\n", HISTORIES,
           by_kind[PICK_SNAPSHOT], by_kind[PICK_EMPTY], by_kind[PICK_FORBIDDEN], by_kind[PICK_BAD]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENARIO(what_is_shown_is_what_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
