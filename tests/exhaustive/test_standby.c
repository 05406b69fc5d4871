/* Section 700, whole: its facts are so few that each combination is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/rules.h"

#define IS(value)  ((fact_set)(1U << (value)))
#define NOT(...)   ((fact_set)(0xFFFFU & ~(unsigned)(__VA_ARGS__)))
#define DO(action) (1ULL << ACTION_##action)

#define ACTS                                                                               \
    (DO(STANDBY_BEGIN) | DO(STANDBY_CALL_AGAIN) | DO(STANDBY_UPLOAD) | DO(STANDBY_WARM) |  \
     DO(STANDBY_NOTE_READY) | DO(STANDBY_GIVE_UP) | DO(STANDBY_REFUSE) | DO(STANDBY_END) | \
     DO(STANDBY_NOTE_GONE))

static const struct {
    const char *why;
    uint64_t actions;
    struct {
        fact_set step, use, cluster, answer;
    } where;
} forbidden[] = {
    {"what was not seen is looked at, nothing else",
     ACTS & ~DO(STANDBY_BEGIN),
     {.cluster = IS(STANDBY_UNKNOWN)}},
    {"one standby at a time", DO(STANDBY_BEGIN), {.step = NOT(IS(STANDBY_STEP_NONE))}},
    {"and only for an edit that was checked", DO(STANDBY_BEGIN), {.use = NOT(IS(USE_BEGIN))}},
    {"a jar is for a cluster that is whole", DO(STANDBY_UPLOAD), {.cluster = NOT(IS(STANDBY_UP))}},
    {"nothing is handed to what nobody needs",
     DO(STANDBY_UPLOAD) | DO(STANDBY_WARM) | DO(STANDBY_NOTE_READY),
     {.use = IS(USE_NONE)}},
    {"each step is done before the next",
     DO(STANDBY_UPLOAD),
     {.step = NOT(IS(STANDBY_STEP_PROVISION))}},
    {"each step is done before the next", DO(STANDBY_WARM), {.step = NOT(IS(STANDBY_STEP_UPLOAD))}},
    {"each step is done before the next",
     DO(STANDBY_NOTE_READY),
     {.step = NOT(IS(STANDBY_STEP_WARM))}},
    {"each step is done before the next",
     DO(STANDBY_WARM) | DO(STANDBY_NOTE_READY),
     {.answer = NOT(IS(RESULT_DONE))}},
    {"ready is what is whole",
     DO(STANDBY_NOTE_READY),
     {.cluster = IS(STANDBY_DEAD) | IS(STANDBY_GONE) | IS(STANDBY_SHORT)}},
    {"the upgrade is refused by the job's plan alone",
     DO(STANDBY_REFUSE),
     {.step = NOT(IS(STANDBY_STEP_WARM))}},
    {"and only with an answer, or when there is none in time",
     DO(STANDBY_REFUSE),
     {.answer = NOT(IS(RESULT_REFUSED) | IS(RESULT_OVERDUE))}},
    {"it is over only when it is proven gone",
     DO(STANDBY_NOTE_GONE),
     {.cluster = NOT(IS(STANDBY_GONE))}},
    {"it is over only after its end was asked for",
     DO(STANDBY_NOTE_GONE),
     {.step = NOT(IS(STANDBY_STEP_END))}},
    {"its end is asked for once",
     DO(STANDBY_END) | DO(STANDBY_GIVE_UP) | DO(STANDBY_REFUSE),
     {.step = IS(STANDBY_STEP_END) | IS(STANDBY_STEP_NONE)}},
    {"main() runs once in each that answers",
     DO(STANDBY_CALL_AGAIN),
     {.step = IS(STANDBY_STEP_WARM) | IS(STANDBY_STEP_READY) | IS(STANDBY_STEP_NONE)}},
    {"a standby that is needed and whole is kept",
     DO(STANDBY_END) | DO(STANDBY_GIVE_UP),
     {.step = IS(STANDBY_STEP_READY), .use = NOT(IS(USE_NONE)), .cluster = IS(STANDBY_UP)}},
};

static bool allows(fact_set set, unsigned value)
{
    return set == 0 || (set >> value & 1U);
}

static void each(void (*fn)(const struct standby_facts *f, void *arg), void *arg)
{
    struct standby_facts f;
    for (unsigned step = 0; step < STANDBY_STEPS; step++)
        for (unsigned use = 0; use < USE_VALUES; use++)
            for (unsigned world = 0; world < STANDBY_WORLDS; world++)
                for (unsigned result = 0; result < RESULT_VALUES; result++) {
                    f = (struct standby_facts){(enum standby_step)step, (enum standby_use)use,
                                               (enum standby_world)world, (enum result)result};
                    fn(&f, arg);
                }
}

static void judge(const struct standby_facts *f, void *arg)
{
    size_t *broken = arg;
    const struct rule *r = rules_match_standby(f);
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        if (!(forbidden[i].actions >> r->then & 1U) || !allows(forbidden[i].where.step, f->step) ||
            !allows(forbidden[i].where.use, f->use) ||
            !allows(forbidden[i].where.cluster, f->world) ||
            !allows(forbidden[i].where.answer, f->result))
            continue;
        (*broken)++;
        print_error("rule %d does %s, though %s: step=%s use=%d cluster=%d answer=%d\n", r->number,
                    action_name(r->then), forbidden[i].why, standby_step_names[f->step],
                    (int)f->use, (int)f->world, (int)f->result);
    }
}

static void no_row_does_what_a_standby_must_not(void **state)
{
    (void)state;
    size_t broken = 0;
    each(judge, &broken);
    assert_int_equal(broken, 0);
}

static void count(const struct standby_facts *f, void *arg)
{
    size_t *by_rule = arg;
    by_rule[rules_match_standby(f) - rules]++;
}

static void every_row_decides_something(void **state)
{
    (void)state;
    size_t by_rule[256] = {0};
    each(count, by_rule);
    for (size_t i = 0; i < n_rules; i++)
        if (rules[i].number >= SECTION_STANDBY && !by_rule[i])
            fail_msg("rule %d decides nothing: rows above it match all it says", rules[i].number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_does_what_a_standby_must_not),
        cmocka_unit_test(every_row_decides_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
