#include "walk.h"

#include <assert.h>

enum { WORDS = 4 };

struct row_set {
    uint64_t words[WORDS];
};

struct walk {
    struct row_set allow[MAIN_COLUMNS][16]; /* rows that allow the value of the column */
    struct row_set free[MAIN_COLUMNS + 1];  /* rows that ask nothing from this column on */
    box_fn *fn;
    void *arg;
    struct box box;
};

size_t walk_rows(void)
{
    size_t n = 0;
    while (n < n_rules && rules[n].number < SECTION_STANDBY)
        n++;
    return n;
}

static void add(struct row_set *s, size_t i)
{
    s->words[i / 64] |= 1ULL << (i % 64);
}

static struct row_set both(const struct row_set *x, const struct row_set *y)
{
    struct row_set r;
    for (size_t i = 0; i < WORDS; i++)
        r.words[i] = x->words[i] & y->words[i];
    return r;
}

static size_t first(const struct row_set *s)
{
    for (size_t i = 0; i < WORDS; i++)
        if (s->words[i])
            return 64 * i + (size_t)__builtin_ctzll(s->words[i]);
    assert(false); /* the last row matches everything */
    return walk_rows();
}

static void prepare(struct walk *w)
{
    assert(walk_rows() <= 64 * WORDS);
    for (size_t r = 0; r < walk_rows(); r++) {
        size_t last = 0; /* the column behind the last one it asks for */
        for (size_t c = 0; c < MAIN_COLUMNS; c++) {
            fact_set set = rules_column(&rules[r], c);
            fact_set all = (fact_set)((1U << fact_columns[c].n) - 1);
            for (size_t v = 0; v < fact_columns[c].n; v++)
                if (set == 0 || (set >> v & 1U))
                    add(&w->allow[c][v], r);
            if (set != 0 && (set & all) != all)
                last = c + 1;
        }
        for (size_t c = last; c <= MAIN_COLUMNS; c++)
            add(&w->free[c], r);
    }
}

static void descend(struct walk *w, const struct row_set *rows, size_t column, uint64_t size)
{
    size_t r = first(rows);
    if (w->free[column].words[r / 64] >> (r % 64) & 1U) {
        w->box.rule = &rules[r];
        w->box.fixed = column;
        w->box.size = size;
        w->fn(w->arg, &w->box);
        return;
    }
    size /= fact_columns[column].n;
    for (unsigned v = 0; v < fact_columns[column].n; v++) {
        struct row_set next = both(rows, &w->allow[column][v]);
        w->box.value[column] = v;
        descend(w, &next, column + 1, size);
    }
}

uint64_t walk_space(void)
{
    uint64_t n = 1;
    for (size_t c = 0; c < MAIN_COLUMNS; c++)
        n *= fact_columns[c].n;
    return n;
}

void walk_boxes(box_fn *fn, void *arg)
{
    static struct walk w;
    w = (struct walk){.fn = fn, .arg = arg};
    prepare(&w);
    struct row_set all = {0};
    for (size_t r = 0; r < walk_rows(); r++)
        add(&all, r);
    descend(&w, &all, 0, walk_space());
}
