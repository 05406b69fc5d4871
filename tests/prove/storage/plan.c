#include "plan.h"

#include "mix.h"

enum { DEPLOYMENTS = 4, WRITES_MOST = 8 };

struct planner {
    const struct model *model;
    uint64_t *rng;
    struct arena *arena;
    struct txn *txn;
};

/* Mostly a few hundred bytes; some fill pages of their own. */
static struct str body(struct planner *p)
{
    unsigned kind = mix_below(p->rng, 32);
    size_t n = 20 + mix_below(p->rng, 300);
    if (kind < 4)
        n = 2000 + mix_below(p->rng, 7000);
    if (kind == 4)
        n = 20000;
    char *text = arena_alloc(p->arena, n);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + mix_below(p->rng, 26));
    return (struct str){text, n};
}

static void add(struct planner *p, struct store_write w)
{
    p->txn->writes[p->txn->n++] = w;
}

/* A new version of the row, or its first. */
static void put(struct planner *p, enum store_table table, struct str id, struct str owner)
{
    const struct store_row *old = model_find(p->model, table, id);
    int64_t expect = old ? old->version : 0;
    struct store_row row = {
        .table = table, .id = id, .owner = owner, .version = expect + 1, .body = body(p)};
    add(p, (struct store_write){STORE_PUT, row, expect});
}

static void event(struct planner *p, struct str owner)
{
    int64_t seq = p->model->last_seq + 1;
    struct store_row row = {.table = STORE_EVENT,
                            .id = arena_fmt(p->arena, "e%lld", (long long)seq),
                            .owner = owner,
                            .version = 1,
                            .seq = seq,
                            .body = body(p)};
    add(p, (struct store_write){STORE_PUT, row, 0});
}

static void remove_row(struct planner *p, enum store_table table, struct str id)
{
    const struct store_row *old = model_find(p->model, table, id);
    if (old)
        add(p, (struct store_write){STORE_DELETE, {.table = table, .id = id}, old->version});
}

static void remove_owned(struct planner *p, enum store_table table, struct str owner)
{
    add(p, (struct store_write){STORE_DELETE_OWNED, {.table = table, .owner = owner}, 0});
}

static void remove_deployment(struct planner *p, struct str id)
{
    remove_row(p, STORE_DEPLOYMENT, id);
    remove_row(p, STORE_RECORD, id);
    remove_owned(p, STORE_JOB, id);
    remove_owned(p, STORE_SAVEPOINT, id);
    remove_owned(p, STORE_EVENT, id);
}

static struct planner begin(const struct model *m, uint64_t *rng, struct arena *a)
{
    struct planner p = {m, rng, a, ARENA_NEW(a, struct txn)};
    p.txn->writes = ARENA_ARRAY(a, struct store_write, WRITES_MOST);
    return p;
}

struct txn *plan_txn(const struct model *m, uint64_t *rng, struct arena *a)
{
    struct planner p = begin(m, rng, a);
    struct str owner = arena_fmt(a, "d%u", mix_below(rng, DEPLOYMENTS));
    struct str fresh = arena_fmt(a, "x%llx", (unsigned long long)mix_next(rng));
    switch (mix_below(rng, 8)) {
    case 0:
        put(&p, STORE_DEPLOYMENT, owner, STR(""));
        put(&p, STORE_RECORD, owner, STR(""));
        event(&p, owner);
        break;
    case 1:
    case 2:
        put(&p, STORE_JOB, fresh, owner);
        put(&p, STORE_RECORD, owner, STR(""));
        event(&p, owner);
        break;
    case 3:
        put(&p, STORE_SAVEPOINT, fresh, owner);
        put(&p, STORE_RECORD, owner, STR(""));
        event(&p, owner);
        break;
    case 4: put(&p, STORE_TARGET, STR("local"), STR("")); break;
    case 5:
        if (model_find(m, STORE_DEPLOYMENT, owner))
            remove_deployment(&p, owner);
        else
            put(&p, STORE_RECORD, owner, STR(""));
        break;
    default: put(&p, STORE_RECORD, owner, STR(""));
    }
    return p.txn;
}

struct txn *plan_conflict(uint64_t *rng, struct arena *a)
{
    const struct model empty = {0};
    struct planner p = begin(&empty, rng, a);
    put(&p, STORE_DEFAULTS, STR("never"), STR(""));
    put(&p, STORE_DEFAULTS, STR("never"), STR(""));
    return p.txn;
}
