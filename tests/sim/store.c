/* The simulated store: what is durable is the run's, what is under way is the life's. */
#include "life.h"
#include "stale.h"
#include "trace.h"

static struct sim_row **place(struct sim_store *store, enum store_table table, struct str id)
{
    struct sim_row **at = &store->tables[table];
    while (*at && str_cmp((*at)->row.id, id) < 0)
        at = &(*at)->next;
    return at;
}

const struct store_row *store_find(const struct sim *s, enum store_table table, struct str id)
{
    for (const struct sim_row *r = s->store.tables[table]; r; r = r->next)
        if (str_eq(r->row.id, id))
            return &r->row;
    return NULL;
}

static bool is_expected(const struct sim *s, const struct store_write *w)
{
    const struct store_row *there = store_find(s, w->row.table, w->row.id);
    return w->kind == STORE_DELETE_OWNED || (there ? there->version : 0) == w->expect;
}

static void put(struct sim *s, const struct store_row *row)
{
    struct sim_row **at = place(&s->store, row->table, row->id);
    if (!*at || !str_eq((*at)->row.id, row->id)) {
        struct sim_row *fresh = ARENA_NEW(s->a, struct sim_row);
        fresh->next = *at;
        *at = fresh;
    }
    (*at)->row = *row;
    if (row->seq > s->store.last_seq)
        s->store.last_seq = row->seq;
}

static void drop(struct sim *s, const struct store_write *w)
{
    for (struct sim_row **at = &s->store.tables[w->row.table]; *at;) {
        bool goes = w->kind == STORE_DELETE ? str_eq((*at)->row.id, w->row.id)
                                            : str_eq((*at)->row.owner, w->row.owner);
        if (goes)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
}

static void answer(struct owed *o, enum store_outcome outcome, struct str text)
{
    struct store_result r = {outcome, text};
    o->given = true;
    o->fn.committed(o->arg, &r);
}

void store_refuse(struct owed *o)
{
    answer(o, STORE_REFUSED, STR("the daemon has ended"));
}

static void becomes_durable(struct w_world *w, int64_t x, int64_t y, void *p)
{
    struct owed *o = p;
    (void)x;
    (void)y;
    if (o->given || o->life->dead)
        return;
    struct sim *s = o->life->sim;
    for (size_t i = 0; i < o->n_writes; i++) {
        if (is_expected(s, &o->writes[i]))
            continue;
        world_trouble(w, "row %.*s has another version than %lld", STR_ARG(o->writes[i].row.id),
                      (long long)o->writes[i].expect);
        answer(o, STORE_CONFLICT, STR("somebody else wrote"));
        return;
    }
    for (size_t i = 0; i < o->n_writes; i++) {
        if (o->writes[i].kind == STORE_PUT)
            put(s, &o->writes[i].row);
        else
            drop(s, &o->writes[i]);
    }
    s->last_change = w->now;
    oracle_durable(s);
    trace_durable(s);
    if (sim_strikes(s, POINT_AFTER_WRITE))
        return;
    answer(o, STORE_DONE, STR(""));
    stale_written(s);
}

static void commit(void *ctx, const struct store_write *writes, size_t n,
                   void (*fn)(void *arg, const struct store_result *r), void *arg)
{
    struct life *life = ctx;
    struct sim *s = life->sim;
    struct owed *o = ARENA_NEW(s->a, struct owed);
    *o = (struct owed){.life = life,
                       .fn.committed = fn,
                       .arg = arg,
                       .is_write = true,
                       .writes = ARENA_ARRAY(s->a, struct store_write, n),
                       .n_writes = n,
                       .next = life->owed};
    life->owed = o;
    for (size_t i = 0; i < n; i++) {
        o->writes[i] = writes[i];
        o->writes[i].row.id = arena_str(s->a, writes[i].row.id);
        o->writes[i].row.owner = arena_str(s->a, writes[i].row.owner);
        o->writes[i].row.body = arena_str(s->a, writes[i].row.body);
    }
    if (life->dead || sim_strikes(s, POINT_BEFORE_WRITE))
        return;
    world_at(&s->world, s->world.now + s->write_takes, becomes_durable, 0, 0, o);
}

static int load(void *ctx, enum store_table table,
                int (*row)(void *arg, const struct store_row *row, struct err *e), void *arg,
                struct err *e)
{
    const struct life *life = ctx;
    for (const struct sim_row *r = life->sim->store.tables[table]; r; r = r->next)
        if (row(arg, &r->row, e) < 0)
            return -1;
    return 0;
}

static int last_seq(void *ctx, int64_t *ret, struct err *e)
{
    const struct life *life = ctx;
    (void)e;
    *ret = life->sim->store.last_seq;
    return 0;
}

struct store life_store(struct life *life)
{
    static const struct store_ops ops = {.commit = commit, .load = load, .last_seq = last_seq};
    return (struct store){&ops, life};
}
