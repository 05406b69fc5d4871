#include "model.h"

#include <stdlib.h>

#include "mix.h"

static int rank(enum store_table table)
{
    return table == STORE_EVENT ? STORE_TABLES : (int)table;
}

static int compare(const struct store_row *a, const struct store_row *b)
{
    if (a->table != b->table)
        return rank(a->table) < rank(b->table) ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return str_cmp(a->id, b->id);
}

static void remove_at(struct model *m, size_t at)
{
    m->n--;
    memmove(&m->rows[at], &m->rows[at + 1], (m->n - at) * sizeof(m->rows[0]));
}

static void insert(struct model *m, const struct store_row *row)
{
    size_t at = 0;
    if (m->n == m->room) {
        m->room = m->room ? m->room * 2 : 64;
        m->rows = mem_realloc(m->rows, m->room * sizeof(m->rows[0]));
    }
    while (at < m->n && compare(&m->rows[at], row) < 0)
        at++;
    memmove(&m->rows[at + 1], &m->rows[at], (m->n - at) * sizeof(m->rows[0]));
    m->rows[at] = *row;
    m->n++;
    if (row->seq > m->last_seq)
        m->last_seq = row->seq;
}

static bool concerns(const struct store_write *w, const struct store_row *row)
{
    if (w->row.table != row->table)
        return false;
    return str_eq(w->kind == STORE_DELETE_OWNED ? row->owner : row->id,
                  w->kind == STORE_DELETE_OWNED ? w->row.owner : w->row.id);
}

void model_apply(struct model *m, const struct txn *txn)
{
    for (size_t i = 0; i < txn->n; i++) {
        const struct store_write *w = &txn->writes[i];
        for (size_t at = m->n; at-- > 0;)
            if (concerns(w, &m->rows[at]))
                remove_at(m, at);
        if (w->kind == STORE_PUT)
            insert(m, &w->row);
    }
}

void model_clear(struct model *m)
{
    m->n = 0;
    m->last_seq = 0;
}

void model_free(struct model *m)
{
    mem_free(m->rows);
}

const struct store_row *model_find(const struct model *m, enum store_table table, struct str id)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->rows[i].table == table && str_eq(m->rows[i].id, id))
            return &m->rows[i];
    return NULL;
}

uint64_t digest_row(uint64_t digest, const struct store_row *row)
{
    digest = mix_two(digest, (uint64_t)row->table);
    digest = mix_two(digest, (uint64_t)row->version);
    digest = mix_two(digest, (uint64_t)row->seq);
    digest = mix_bytes(digest, row->id.ptr, row->id.len);
    digest = mix_bytes(digest, row->owner.ptr, row->owner.len);
    return mix_bytes(digest, row->body.ptr, row->body.len);
}

uint64_t digest_end(uint64_t digest, int64_t last_seq)
{
    return mix_two(digest, (uint64_t)last_seq);
}

uint64_t model_digest(const struct model *m)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < m->n; i++)
        digest = digest_row(digest, &m->rows[i]);
    return digest_end(digest, m->last_seq);
}
