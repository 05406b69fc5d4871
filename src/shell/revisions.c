/* Revisions stay in the store: they are many, and seldom read. Memory knows which there are by the
 * ids of their rows: "<Deployment>/<number>/<spec version>", the number with zeros in front, so that
 * the order of ids is that of the numbers. */
#include <assert.h>

#include "base/limits.h"
#include "shell/registry_impl.h"

static struct str row_id(struct arena *a, struct str deployment, struct revision_head head)
{
    return arena_fmt(a, "%.*s/%010lld/%lld", STR_ARG(deployment), (long long)head.number,
                     (long long)head.spec_version);
}

static bool parse_row_id(struct str id, struct revision_head *ret)
{
    struct str rest;
    struct str version;
    str_split(id, '/', &rest);
    struct str number = str_split(rest, '/', &version);
    return str_to_i64(number, &ret->number) && ret->number > 0 &&
           str_to_i64(version, &ret->spec_version);
}

const struct revision_head *entry_revision(const struct entry *e, int64_t number)
{
    for (size_t i = 0; i < e->n_revisions; i++)
        if (e->revisions[i].number == number)
            return &e->revisions[i];
    return NULL;
}

bool entry_set_revision(struct entry *e, struct str row_id_)
{
    struct revision_head head;
    if (!parse_row_id(row_id_, &head))
        return false;
    size_t at = e->n_revisions++;
    e->revisions = mem_realloc(e->revisions, e->n_revisions * sizeof(*e->revisions));
    for (; at > 0 && e->revisions[at - 1].number > head.number; at--)
        e->revisions[at] = e->revisions[at - 1];
    e->revisions[at] = head;
    return true;
}

void entry_drop_revision(struct entry *e, struct str row_id_)
{
    struct revision_head head;
    size_t at = 0;
    if (!parse_row_id(row_id_, &head))
        return;
    while (at < e->n_revisions && e->revisions[at].number != head.number)
        at++;
    if (at == e->n_revisions)
        return;
    e->n_revisions--;
    memmove(&e->revisions[at], &e->revisions[at + 1],
            (e->n_revisions - at) * sizeof(*e->revisions));
}

void batch_revisions(struct batch *b, const struct entry *e, const struct change *change)
{
    size_t n = e ? e->n_revisions : 0;
    size_t old = n;
    struct revision_head *heads =
        ARENA_ARRAY(b->arena, struct revision_head, n + change->n_revisions);
    if (n)
        memcpy(heads, e->revisions, n * sizeof(*heads));
    for (size_t i = 0; i < change->n_revisions; i++) {
        const struct revision_metadata *m = &change->revisions[i].metadata;
        heads[n] = (struct revision_head){m->number, m->spec_version};
        batch_put(b, STORE_REVISION, row_id(b->arena, m->deployment_id, heads[n]), m->deployment_id,
                  0, body_of(b->arena, &revision_fields, &change->revisions[i]));
        n++;
    }
    while (n > LIMIT_REVISIONS_KEPT) {
        size_t at = revision_to_drop(heads, n, entry_record(e)->current.spec_version);
        assert(at < old);
        batch_drop(b, STORE_REVISION, row_id(b->arena, e->id, heads[at]), 1);
        memmove(&heads[at], &heads[at + 1], (--n - at) * sizeof(heads[0]));
        old--;
    }
}

/* ---- reading ---- */

struct reading {
    int64_t number;
    void (*fn)(void *arg, const struct revision *revisions, size_t n, const struct err *e);
    void *arg;
};

static int decode(struct arena *a, const struct store_row *row, struct revision *ret, struct err *e)
{
    struct json doc;
    if (json_parse(a, row->body, &doc, e) == 0 &&
        fields_decode(a, &revision_fields, doc, UNKNOWN_IGNORE, ret, e) == 0)
        return 0;
    return err_wrap(e, "row %.*s cannot be read", STR_ARG(row->id));
}

static void on_rows(void *arg, const struct store_row *rows, size_t n, const struct err *failure)
{
    struct reading *r = arg;
    struct arena *a = arena_new();
    struct revision *list = ARENA_ARRAY(a, struct revision, n);
    struct err e = {0};
    size_t found = 0;
    if (failure && failure->code != ERR_OK)
        e = *failure;
    for (size_t i = 0; i < n && e.code == ERR_OK; i++) {
        struct revision_head head = {0};
        bool wanted = parse_row_id(rows[i].id, &head) && (!r->number || head.number == r->number);
        if (wanted && decode(a, &rows[i], &list[found], &e) == 0)
            found++;
    }
    r->fn(r->arg, list, e.code == ERR_OK ? found : 0, &e);
    arena_free(a);
    mem_free(r);
}

void entry_read_revisions(struct entry *e, int64_t number,
                          void (*fn)(void *arg, const struct revision *revisions, size_t n,
                                     const struct err *e),
                          void *arg)
{
    struct reading *r = mem_alloc(sizeof(*r));
    *r = (struct reading){number, fn, arg};
    e->app->store.ops->owned(e->app->store.ctx, STORE_REVISION, e->id, on_rows, r);
}
