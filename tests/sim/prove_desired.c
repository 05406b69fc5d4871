/* The whole desired-state grid, or a part of it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "desired_grid.h"

struct options {
    size_t part, parts; /* every parts-th cell, from part on */
    const char *place;  /* NULL = all */
    const char *first;  /* path of the field that is edited first; NULL = any */
    const char *second;
};

static int usage(void)
{
    fprintf(stderr, "usage: prove_desired [--part K/N] [--state NAME] [--first FIELD] "
                    "[--second FIELD]\n");
    return 2;
}

static bool read_part(struct options *o, const char *text)
{
    struct str rest;
    int64_t part, parts;
    if (!str_to_i64(str_split(str_of(text), '/', &rest), &part) || !str_to_i64(rest, &parts) ||
        part < 0 || part >= parts)
        return false;
    o->part = (size_t)part;
    o->parts = (size_t)parts;
    return true;
}

static bool read_options(struct options *o, int argc, char **argv)
{
    *o = (struct options){.parts = 1};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--state") == 0)
            o->place = argv[i + 1];
        else if (strcmp(argv[i], "--first") == 0)
            o->first = argv[i + 1];
        else if (strcmp(argv[i], "--second") == 0)
            o->second = argv[i + 1];
        else if (strcmp(argv[i], "--part") != 0 || !read_part(o, argv[i + 1]))
            return false;
    }
    return argc % 2 == 1;
}

static bool is_named(const char *wanted, const char *name)
{
    return !wanted || strcmp(wanted, name) == 0;
}

static void say_progress(const struct grid_counts *n)
{
    static time_t last;
    time_t now = time(NULL);
    if (last && now - last < 60)
        return;
    last = now;
    printf("%lld alone, %lld pairs, %lld failed\n", (long long)n->alone, (long long)n->pairs,
           (long long)n->failed);
    fflush(stdout);
}

static void play_place(const struct options *o, size_t place, const struct grid_edit *edits,
                       size_t n_edits, struct grid_counts *n)
{
    enum { WRITES = 13 }; /* about what an upgrade takes */
    const struct grid_place *p = &grid_places[place];
    size_t cell = place;
    if (!o->first && cell % o->parts == o->part)
        grid_refuses(p, n);
    for (size_t i = 0; i < n_edits; i++) {
        if (!is_named(o->first, edits[i].field->path))
            continue;
        if (!o->second && ++cell % o->parts == o->part)
            grid_alone(p, &edits[i], n);
        for (size_t k = 0; k < n_edits; k++) {
            if (!is_named(o->second, edits[k].field->path) || ++cell % o->parts != o->part)
                continue;
            grid_pair(p, &edits[i], &edits[k], (int64_t)((7 * i + 3 * k + place) % WRITES), n);
            say_progress(n);
        }
    }
}

int main(int argc, char **argv)
{
    struct options o;
    struct grid_counts n = {0};
    if (!read_options(&o, argc, argv))
        return usage();
    size_t n_edits = grid_valid(NULL);
    struct arena *a = arena_new();
    struct grid_edit *edits = ARENA_ARRAY(a, struct grid_edit, n_edits);
    grid_valid(edits);
    for (size_t p = 0; p < n_grid_places; p++)
        if (is_named(o.place, grid_places[p].name))
            play_place(&o, p, edits, n_edits, &n);
    grid_print(&n);
    arena_free(a);
    return n.failed > 0;
}
