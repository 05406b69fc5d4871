/* decisions FILE: which row decides in each state that can come about, against what FILE holds from
 * the rules as they are; without such a file it is written. Alike: exit 0. Else exit 1, and a line for
 * each pair of rows, with one state in which they differ. So a changed table that decides nothing
 * otherwise is told from one that no test complains of. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/rules.h"
#include "exhaustive/reach.h"
#include "exhaustive/values.h"

enum { MOST_PAIRS = 3 };

/* What is kept of a decision. */
struct decision {
    int16_t row;
    int16_t action;
};

struct pair {
    struct decision was, is;
    uint64_t states;
    unsigned example[MAIN_COLUMNS];
};

struct walk {
    FILE *file;
    bool writes;
    uint64_t states, others, other_acts;
    struct pair pairs[MOST_PAIRS];
    size_t n_pairs;
};

static void note(struct walk *w, struct decision was, struct decision is,
                 const unsigned v[MAIN_COLUMNS])
{
    w->others++;
    w->other_acts += was.action != is.action;
    size_t i = 0;
    while (i < w->n_pairs && (w->pairs[i].was.row != was.row || w->pairs[i].is.row != is.row))
        i++;
    if (i == MOST_PAIRS)
        return;
    if (i == w->n_pairs) {
        w->pairs[w->n_pairs++] = (struct pair){.was = was, .is = is};
        for (size_t c = 0; c < MAIN_COLUMNS; c++)
            w->pairs[i].example[c] = v[c];
    }
    w->pairs[i].states++;
}

static void judge(struct walk *w, const unsigned v[MAIN_COLUMNS], const struct rule *r)
{
    /* Without the last row there may be none. */
    struct decision is = {0, -1};
    if (r < rules + n_rules)
        is = (struct decision){(int16_t)r->number, (int16_t)r->then};
    struct decision was = is;
    w->states++;
    size_t n =
        w->writes ? fwrite(&is, sizeof(is), 1, w->file) : fread(&was, sizeof(was), 1, w->file);
    if (n != 1)
        exit(2);
    if (was.row != is.row || was.action != is.action)
        note(w, was, is, v);
}

static void walk(struct walk *w, unsigned v[MAIN_COLUMNS], size_t column)
{
    if (column == MAIN_COLUMNS) {
        struct facts f = facts_of_values(v);
        judge(w, v, rules_match(&f));
        return;
    }
    for (unsigned value = 0; value < fact_columns[column].n; value++) {
        v[column] = value;
        struct facts f = facts_of_values(v);
        if (unreachable_by(&f, column) == n_unreachable)
            walk(w, v, column + 1);
    }
}

/* Of section 700 there are few, and each may come about. */
static void walk_standby(struct walk *w)
{
    enum { ALL = STANDBY_STEPS * USE_VALUES * STANDBY_WORLDS * RESULT_VALUES };
    for (unsigned i = 0; i < ALL; i++) {
        struct standby_facts f = {
            .step = (enum standby_step)(i % STANDBY_STEPS),
            .use = (enum standby_use)(i / STANDBY_STEPS % USE_VALUES),
            .world = (enum standby_world)(i / STANDBY_STEPS / USE_VALUES % STANDBY_WORLDS),
            .result = (enum result)(i / STANDBY_STEPS / USE_VALUES / STANDBY_WORLDS),
        };
        const unsigned v[MAIN_COLUMNS] = {f.step, f.use, f.world, f.result};
        judge(w, v, rules_match_standby(&f));
    }
}

static void print_pair(const struct pair *p)
{
    printf("%llu states: %d instead of %d, as in", (unsigned long long)p->states, p->is.row,
           p->was.row);
    /* Those of section 700 fill the first places of an example. */
    bool standby = p->was.row >= SECTION_STANDBY;
    size_t first = standby ? MAIN_COLUMNS : 0;
    size_t n = standby ? FACT_COLUMNS - MAIN_COLUMNS : MAIN_COLUMNS;
    for (size_t c = 0; c < n; c++)
        printf(" %s=%s", fact_columns[first + c].name,
               fact_columns[first + c].values[p->example[c]]);
    printf("\n");
}

int main(int argc, char **argv)
{
    static struct walk w;
    unsigned v[MAIN_COLUMNS] = {0};
    w.file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!w.file && argc == 2) {
        w.writes = true;
        w.file = fopen(argv[1], "wb");
    }
    if (!w.file)
        return 2;
    walk(&w, v, 0);
    walk_standby(&w);
    if (fclose(w.file) != 0)
        return 2;
    printf("%llu of %llu states are decided by another row, %llu otherwise\n",
           (unsigned long long)w.others, (unsigned long long)w.states,
           (unsigned long long)w.other_acts);
    for (size_t i = 0; i < w.n_pairs; i++)
        print_pair(&w.pairs[i]);
    return w.others > 0;
}
