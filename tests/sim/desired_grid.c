#include "desired_grid.h"

#include <stdio.h>
#include <stdlib.h>

size_t grid_valid(struct grid_edit *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < n_grid_fields; i++)
        for (size_t k = 0; k < grid_values(&grid_fields[i]); k++) {
            if (grid_fields[i].values[k].kind >= GRID_BELOW)
                continue;
            if (ret)
                ret[n] = (struct grid_edit){&grid_fields[i], &grid_fields[i].values[k]};
            n++;
        }
    return n;
}

/* ---- saying what is wrong ---- */

static bool has_trouble(const struct grid_run *r)
{
    return r->s->world.trouble[0] != '\0';
}

static void say_edit(const struct grid_edit *e)
{
    fprintf(stderr, "%s = %.60s (%s)", e->field->path, e->value->written,
            grid_kind_names[e->value->kind]);
}

static void say(const struct grid_place *p, const struct grid_edit *a, const char *then,
                const struct grid_edit *b, const struct grid_run *r)
{
    fprintf(stderr, "%s: ", p->name);
    if (a)
        say_edit(a);
    if (b) {
        fprintf(stderr, ", %s, ", then);
        say_edit(b);
    }
    fprintf(stderr, ": %s\n", r->s->world.trouble);
}

/* ---- invalid edits: all of them in one run ---- */

static struct str pointer_to(struct arena *a, struct str path)
{
    char *text = arena_cstr(a, arena_fmt(a, "/spec/%.*s", STR_ARG(path)));
    for (char *c = text; *c; c++)
        if (*c == '.')
            *c = '/';
    return str_of(text);
}

static void refuse_values(struct grid_run *r, struct grid_counts *n)
{
    for (size_t i = 0; i < n_grid_fields && !has_trouble(r); i++) {
        const struct grid_field *f = &grid_fields[i];
        for (size_t k = 0; k < grid_values(f) && !has_trouble(r); k++) {
            struct grid_edit e = {f, &f->values[k]};
            if (e.value->kind < GRID_BELOW)
                continue;
            grid_is_refused(r, json_text(r->s->a, grid_patch(r, &e, false)),
                            e.value->at ? str_of(e.value->at)
                                        : pointer_to(r->s->a, str_of(f->path)));
            n->refused++;
        }
    }
}

/* An object that is none. */
static void refuse_objects(struct grid_run *r, struct grid_counts *n)
{
    struct arena *a = r->s->a;
    size_t rows = grid_walk(a, NULL);
    struct grid_row *row = ARENA_ARRAY(a, struct grid_row, rows);
    grid_walk(a, row);
    for (size_t i = 0; i < rows && !has_trouble(r); i++) {
        if (row[i].row->type != FIELD_OBJECT)
            continue;
        grid_is_refused(r, json_text(a, grid_nest(a, row[i].path, STR("7"))),
                        pointer_to(a, row[i].path));
        n->refused++;
    }
}

void grid_refuses(const struct grid_place *p, struct grid_counts *n)
{
    struct grid_run *r = grid_begin(p);
    refuse_values(r, n);
    refuse_objects(r, n);
    bool well = grid_rests(r);
    n->converged += well;
    n->failed += !well;
    if (!well)
        say(p, NULL, NULL, NULL, r);
    grid_end(r);
}

/* ---- valid ones ---- */

void grid_alone(const struct grid_place *p, const struct grid_edit *e, struct grid_counts *n)
{
    struct grid_run *r = grid_begin(p);
    if (!has_trouble(r) && !grid_edits(r, e, p->under_way))
        world_trouble(&r->s->world, "it is refused");
    bool well = grid_rests(r);
    n->alone++;
    n->converged += well;
    n->failed += !well;
    if (!well)
        say(p, e, NULL, NULL, r);
    grid_end(r);
}

enum { AT_REST = -1 };

struct pair_end {
    struct grid_run *r;
    bool taken; /* B was */
    bool well;
};

static struct pair_end one_after_the_other(const struct grid_place *p, const struct grid_edit *a,
                                           const struct grid_edit *b, int64_t writes)
{
    struct pair_end end = {.r = grid_begin(p)};
    struct grid_run *r = end.r;
    if (!has_trouble(r) && !grid_edits(r, a, p->under_way))
        world_trouble(&r->s->world, "the first is refused");
    if (writes == AT_REST)
        grid_rests(r);
    else
        grid_goes_on(r, writes);
    if (!has_trouble(r))
        end.taken = grid_edits(r, b, writes != AT_REST);
    end.well = grid_rests(r);
    return end;
}

static struct pair_end both_at_once(const struct grid_place *p, const struct grid_edit *a,
                                    const struct grid_edit *b)
{
    struct pair_end end = {.r = grid_begin(p)};
    if (!has_trouble(end.r))
        end.taken = grid_puts(end.r, a, b, p->under_way);
    end.well = grid_rests(end.r);
    return end;
}

/* The model says that there are other ends this way than that. */
static bool path_matters(const struct grid_run *x, const struct grid_run *y)
{
    struct due of_x[GRID_ENDS];
    struct due of_y[GRID_ENDS];
    size_t n_x = grid_dues(x, of_x);
    size_t n_y = grid_dues(y, of_y);
    for (size_t i = 0; i < n_x; i++)
        for (size_t k = 0; k < n_y; k++)
            if (due_state(&of_x[i]) != due_state(&of_y[k]) || of_x[i].blocked != of_y[k].blocked ||
                json_is_none(of_x[i].what) != json_is_none(of_y[k].what) ||
                !due_same_what(of_x[i].what, of_y[k].what))
                return true;
    return false;
}

static void compare(struct pair_end *x, const struct pair_end *once, struct grid_counts *n)
{
    struct str is = grid_shows(x->r);
    struct str due = grid_shows(once->r);
    if (x->taken != once->taken)
        world_trouble(&x->r->s->world, "the second is %s, and both at once are %s",
                      x->taken ? "taken" : "refused", once->taken ? "taken" : "refused");
    else if (x->taken && path_matters(x->r, once->r))
        n->by_rule++;
    else if (x->taken && (!str_eq(is, due) || !grid_same(x->r->s->a, x->r->spec, once->r->spec)))
        world_trouble(&x->r->s->world, "it ends as: %.*s; and both at once as: %.*s", STR_ARG(is),
                      STR_ARG(due));
    x->well = x->well && !has_trouble(x->r);
}

void grid_pair(const struct grid_place *p, const struct grid_edit *a, const struct grid_edit *b,
               int64_t writes, struct grid_counts *n)
{
    struct pair_end once = both_at_once(p, a, b);
    struct pair_end rest = one_after_the_other(p, a, b, AT_REST);
    struct pair_end meet = one_after_the_other(p, a, b, writes);
    char when[60];
    snprintf(when, sizeof(when), "after %lld writes", (long long)writes);
    if (once.well && rest.well)
        compare(&rest, &once, n);
    if (once.well && meet.well)
        compare(&meet, &once, n);
    if (!once.well)
        say(p, a, "at once with it", b, once.r);
    if (!rest.well)
        say(p, a, "when all is at rest", b, rest.r);
    if (!meet.well)
        say(p, a, when, b, meet.r);
    n->pairs++;
    n->unfit += !once.taken;
    n->converged += once.well + rest.well + meet.well;
    n->failed += 3 - once.well - rest.well - meet.well;
    grid_end(once.r);
    grid_end(rest.r);
    grid_end(meet.r);
}

void grid_print(const struct grid_counts *n)
{
    printf("%zu fields, %zu valid values, %zu states; %lld edits refused, %lld alone, %lld pairs "
           "(%lld do not go together, in %lld the path matters by a rule), %lld runs converged, "
           "%lld failed\n",
           n_grid_fields, grid_valid(NULL), n_grid_places, (long long)n->refused,
           (long long)n->alone, (long long)n->pairs, (long long)n->unfit, (long long)n->by_rule,
           (long long)n->converged, (long long)n->failed);
}
