/* A snapshot against the plan of a job: what is taken, what would be refused, what cannot be said. */
#include <stdio.h>

#include "model/compat.h"
#include "story.h"

/* Of the example job, as Flink 1.20 and 2.3 gave them: numbers and ledger are one chain, what
 * discards the records is chained behind the last operator. */
#define NUMBERS "ca88eee0095684d687a1b6495617f957"
#define LEDGER  "c813a8a9e8f9c0aa40c67f3aee4d5b3c"
#define COUNTER "0da08f51eaa85fc298e176a139b3649a"
#define EXTRA   "12768d937fdeee0d13c3317f2bafabe8"
#define SINK    "2e588ce1c86a9d46e2e85186773ce4fd"

#define NODE(id_, parallelism_, description_)                                               \
    "{'id':'" id_ "','parallelism':" #parallelism_ ",'operator':'','operator_strategy':''," \
    "'description':'" description_ "','optimizer_properties':{}}"
#define PLAN(nodes_) \
    "{'plan':{'jid':'0f07','name':'counter','type':'STREAMING','nodes':[" nodes_ "]}}"
#define CHAINED                                                         \
    PLAN(NODE(COUNTER, 2, "counter<br/>+- sink: Writer<br/>") "," NODE( \
        NUMBERS, 1, "Source: numbers<br/>+- ledger<br/>"))
/* The same with execution chaining switched off. */
#define APART(more_)                                                                           \
    PLAN(NODE(NUMBERS, 1, "Source: numbers<br/>") "," NODE(LEDGER, 1, "ledger<br/>") "," NODE( \
        COUNTER, 2, "counter<br/>") "," NODE(SINK, 2, "sink: Writer<br/>") more_)

static struct flink_operator operators[8];
static struct flink_metadata snapshot;
static struct compat_in in;
static struct job_plan plan;

static struct flink_operator *has(const char *id, const char *name)
{
    struct flink_operator *op = &operators[snapshot.n_operators++];
    *op = (struct flink_operator){
        .name = str_of(name), .parallelism = 1, .max_parallelism = 128, .has_state = true};
    memcpy(op->id, id, sizeof(op->id));
    return op;
}

static int begin(void **state)
{
    snapshot = (struct flink_metadata){.version = 6, .operators = operators};
    has(NUMBERS, "Source: numbers");
    has(LEDGER, "ledger");
    has(COUNTER, "counter");
    has(SINK, "sink: Writer")->has_state = false;
    in = (struct compat_in){.snapshot = &snapshot, .plan = &plan, .flink_version = STR("2.3.0")};
    return story_begin(state);
}

static struct compat against(const char *document)
{
    struct err e = {0};
    if (job_plan_read(story_arena, story_json(document), &plan, &e) < 0)
        fail_msg("%s: %s", e.pointer, e.text);
    return compat_judge(story_arena, &in);
}

static const struct compat_finding *first(const struct compat *c)
{
    assert_true(c->findings.n > 0);
    return c->findings.items;
}

static void then_it_is(struct compat c, enum compat_verdict verdict, enum compat_code code)
{
    if (c.verdict != (int)verdict || first(&c)->code != (int)code)
        fail_msg("%s by %s: %.*s", compat_verdict_names[c.verdict],
                 compat_code_names[first(&c)->code], STR_ARG(c.reason));
}

static void state_that_all_has_its_task_is_compatible(void **state)
{
    (void)state;
    struct compat c = against(APART(""));
    then_it_is(c, COMPAT_COMPATIBLE, COMPAT_TAKEN);
    assert_int_equal(c.n, 3);
    assert_false(c.drops_state);
    assert_text(first(&c)->vertex_id, NUMBERS);
    assert_text(c.reason, "every operator with state has its task in the plan");
}

static void what_may_be_chained_cannot_be_said(void **state)
{
    (void)state;
    struct compat c = against(CHAINED);
    then_it_is(c, COMPAT_UNKNOWN, COMPAT_MAY_BE_CHAINED);
    assert_text(first(&c)->operator_id, LEDGER);
    /* one of its name stands in that task: a hint, and no more */
    assert_text(first(&c)->vertex_id, NUMBERS);
    assert_true(str_contains(c.reason, STR("one of its name is in this task")));
    /* neither does a name that is nowhere prove anything, nor a snapshot that tells none */
    operators[1].name = STR("book");
    assert_true(str_contains(against(CHAINED).reason, STR("none of its name is in the plan")));
    operators[1].name = (struct str){0};
    c = against(CHAINED);
    then_it_is(c, COMPAT_UNKNOWN, COMPAT_MAY_BE_CHAINED);
    assert_true(str_ends_with(c.reason, STR("the ids of those")));
    /* and nobody may call it dropped */
    in.allow_non_restored_state = true;
    c = against(CHAINED);
    then_it_is(c, COMPAT_UNKNOWN, COMPAT_MAY_BE_CHAINED);
    assert_false(c.drops_state);
}

static void every_description_that_may_be_a_chain_counts_as_one(void **state)
{
    (void)state;
    static const char *const chains[] = {
        PLAN(NODE(NUMBERS, 1, "Source: numbers -&gt; ledger")),
        PLAN(NODE(NUMBERS, 1, "Source: numbers -> ledger<br/>")),
        PLAN(NODE(NUMBERS, 1, "join [a, b]<br/>")),
        PLAN(NODE(NUMBERS, 1, "")),
        PLAN("{'id':'" NUMBERS "'}"),
        PLAN(NODE(NUMBERS, 1, "a<br/><br/> :+-|")),
    };
    snapshot.n_operators = 2;
    for (size_t i = 0; i < 6; i++)
        then_it_is(against(chains[i]), COMPAT_UNKNOWN, COMPAT_MAY_BE_CHAINED);
    /* one line without its end is one operator */
    then_it_is(against(PLAN(NODE(NUMBERS, 1, "Source: numbers"))), COMPAT_INCOMPATIBLE,
               COMPAT_OPERATOR_MISSING);
}

static void state_without_a_task_is_refused_unless_it_may_be_dropped(void **state)
{
    (void)state;
    has(EXTRA, "extra")->uid = STR("extra");
    struct compat c = against(APART(""));
    then_it_is(c, COMPAT_INCOMPATIBLE, COMPAT_OPERATOR_MISSING);
    assert_text(first(&c)->operator_id, EXTRA);
    assert_text(first(&c)->uid, "extra");
    assert_true(str_contains(c.reason, STR("operator " EXTRA " (extra)")));
    in.allow_non_restored_state = true;
    has("12768d937fdeee0d13c3317f2bafabe9", "more");
    c = against(APART(""));
    assert_int_equal(c.verdict, COMPAT_COMPATIBLE);
    assert_true(c.drops_state);
    assert_true(str_contains(c.reason, STR("dropped")));
    /* without state there is nothing to lose */
    in.allow_non_restored_state = false;
    operators[4].has_state = operators[5].has_state = false;
    assert_int_equal(against(APART("")).verdict, COMPAT_COMPATIBLE);
}

static void a_task_that_is_new_starts_empty(void **state)
{
    (void)state;
    struct compat c = against(APART("," NODE(EXTRA, 1, "extra<br/>")));
    assert_int_equal(c.verdict, COMPAT_COMPATIBLE);
    const struct compat_finding *last =
        (const struct compat_finding *)c.findings.items + c.findings.n - 1;
    assert_int_equal(last->code, COMPAT_NEW_TASK);
    assert_text(last->vertex_id, EXTRA);
}

static void parallelism_is_bound_by_the_states_max(void **state)
{
    (void)state;
    operators[2].max_parallelism = 2;
    assert_int_equal(against(APART("")).verdict, COMPAT_COMPATIBLE);
    operators[2].max_parallelism = 1;
    struct compat c = against(APART(""));
    then_it_is(c, COMPAT_INCOMPATIBLE, COMPAT_ABOVE_MAX);
    assert_true(str_contains(c.reason, STR("parallelism 2 is above 1")));
    /* a plan that does not tell its parallelism is no proof */
    snapshot.n_operators = 1;
    operators[0].max_parallelism = 1;
    assert_int_equal(against(PLAN(NODE(NUMBERS, -1, "Source: numbers<br/>"))).verdict,
                     COMPAT_COMPATIBLE);
}

#define DETAILS(most_)                                                                          \
    "{'jid':'0f07','vertices':[{'id':'" NUMBERS "','maxParallelism':" #most_ "},{'id':'x'},7]," \
    "'plan':{'nodes':[" NODE(NUMBERS, 1, "Source: numbers<br/>") "]}}"

static void another_max_parallelism_is_fine_unless_the_program_sets_it(void **state)
{
    (void)state;
    snapshot.n_operators = 1;
    assert_int_equal(against(DETAILS(128)).verdict, COMPAT_COMPATIBLE);
    then_it_is(against(DETAILS(64)), COMPAT_UNKNOWN, COMPAT_MAX_DIFFERS);
    assert_int_equal(against(DETAILS(-1)).verdict, COMPAT_COMPATIBLE);
}

static void what_had_finished_is_not_promised(void **state)
{
    (void)state;
    operators[0].has_state = false;
    operators[0].finished = true;
    then_it_is(against(APART("")), COMPAT_UNKNOWN, COMPAT_FINISHED);
}

static void flink_must_be_able_to_read_it(void **state)
{
    (void)state;
    in.flink_version = STR("1.20.5");
    then_it_is(against(APART("")), COMPAT_INCOMPATIBLE, COMPAT_CANNOT_READ);
    snapshot.version = 4;
    assert_int_equal(against(APART("")).verdict, COMPAT_COMPATIBLE);
    in.flink_version = STR("2.3.0");
    then_it_is(against(APART("")), COMPAT_UNKNOWN, COMPAT_MAY_READ);
    static const struct str unknown[] = {{"", 0}, {"7.0", 3}};
    for (size_t i = 0; i < 2; i++) {
        in.flink_version = unknown[i];
        then_it_is(against(APART("")), COMPAT_UNKNOWN, COMPAT_FLINK_NOT_KNOWN);
    }
}

static void the_worst_decides_and_is_told_first(void **state)
{
    (void)state;
    operators[0].max_parallelism = 0;
    operators[2].finished = true;
    struct compat c = against(CHAINED);
    assert_int_equal(c.verdict, COMPAT_INCOMPATIBLE);
    assert_true(str_contains(c.reason, STR("max parallelism")));
    /* three that speak against it, and then the chain's first operator, which would fit */
    const struct compat_finding *all = c.findings.items;
    assert_int_equal(c.findings.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_not_equal(all[i].verdict, COMPAT_COMPATIBLE);
    operators[0].max_parallelism = 128;
    c = against(CHAINED);
    all = c.findings.items;
    assert_int_equal(c.verdict, COMPAT_UNKNOWN);
    assert_int_equal(all[2].code, COMPAT_TAKEN);
}

static void findings_are_bounded_and_counted(void **state)
{
    (void)state;
    struct flink_operator *many =
        ARENA_ARRAY(story_arena, struct flink_operator, COMPAT_MOST_OPERATORS + 1);
    for (size_t i = 0; i <= COMPAT_MOST_OPERATORS; i++) {
        many[i].has_state = true;
        snprintf(many[i].id, sizeof(many[i].id), "%032zx", i);
    }
    snapshot.operators = many;
    snapshot.n_operators = COMPAT_MOST_OPERATORS;
    struct compat c = against(PLAN(""));
    then_it_is(c, COMPAT_INCOMPATIBLE, COMPAT_OPERATOR_MISSING);
    assert_int_equal(c.findings.n, COMPAT_MOST_FINDINGS);
    assert_int_equal(c.n, COMPAT_MOST_OPERATORS);
    snapshot.n_operators++;
    then_it_is(against(PLAN("")), COMPAT_UNKNOWN, COMPAT_TOO_MANY);
}

static void what_was_not_read_is_not_judged(void **state)
{
    (void)state;
    then_it_is(compat_unread(story_arena, false, STR("Permission denied")), COMPAT_UNKNOWN,
               COMPAT_SNAPSHOT_UNREAD);
    struct compat c = compat_unread(story_arena, true, STR("a file is missing"));
    then_it_is(c, COMPAT_INCOMPATIBLE, COMPAT_SNAPSHOT_UNUSABLE);
    assert_text(c.reason, "the snapshot cannot be used: a file is missing");
}

static void what_is_no_plan_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const documents[][2] = {
        {"{}", "/plan/nodes"},
        {"{'plan':{'nodes':{}}}", "/plan/nodes"},
        {"{'plan':[]}", "/plan/nodes"},
        {"{'plan':{'nodes':[{'id':'" NUMBERS "'},{'id':'x'}]}}", "/plan/nodes/1/id"},
        {"{'plan':{'nodes':[7]}}", "/plan/nodes/0/id"},
    };
    for (size_t i = 0; i < 5; i++) {
        struct err e = {0};
        assert_int_equal(job_plan_read(story_arena, story_json(documents[i][0]), &plan, &e), -1);
        assert_string_equal(e.pointer, documents[i][1]);
    }
}

#define COMPAT_STORY(test) cmocka_unit_test_setup_teardown(test, begin, story_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMPAT_STORY(state_that_all_has_its_task_is_compatible),
        COMPAT_STORY(what_may_be_chained_cannot_be_said),
        COMPAT_STORY(every_description_that_may_be_a_chain_counts_as_one),
        COMPAT_STORY(state_without_a_task_is_refused_unless_it_may_be_dropped),
        COMPAT_STORY(a_task_that_is_new_starts_empty),
        COMPAT_STORY(parallelism_is_bound_by_the_states_max),
        COMPAT_STORY(another_max_parallelism_is_fine_unless_the_program_sets_it),
        COMPAT_STORY(what_had_finished_is_not_promised),
        COMPAT_STORY(flink_must_be_able_to_read_it),
        COMPAT_STORY(the_worst_decides_and_is_told_first),
        COMPAT_STORY(findings_are_bounded_and_counted),
        COMPAT_STORY(what_was_not_read_is_not_judged),
        COMPAT_STORY(what_is_no_plan_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
