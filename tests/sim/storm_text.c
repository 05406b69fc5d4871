/* A storm as a text, and back. */
#include <stdlib.h>

#include "life.h"
#include "moments.h"

void storm_print(FILE *to, const struct storm *storm)
{
    fprintf(to, "storm of seed %llu\n", (unsigned long long)storm->seed);
    fprintf(to, "upgrade %s\n", upgrade_kind_names[storm->upgrade]);
    fprintf(to, "restore %s\n", restore_kind_names[storm->restore]);
    fprintf(to, "a dead daemon comes back after %.3f s\n", (double)storm->down_for_us / (double)S);
    if (storm->warm_standby)
        fprintf(to, "a standby for each edit\n");
    if (storm->damaged_one_in)
        fprintf(to, "one in %lld answers of Flink is damaged\n", (long long)storm->damaged_one_in);
    for (size_t i = 0; i < storm->n; i++) {
        const struct moment *m = &storm->moments[i];
        fprintf(to, "+%lld.%06lld %s", (long long)(m->after_us / S), (long long)(m->after_us % S),
                m->kind->text);
        if (m->kind->most_x)
            fprintf(to, " %lld", (long long)m->x);
        fputc('\n', to);
    }
}

/* The number of the name in the list; 0 = it is none of them. */
static int named(const char *const names[], size_t n, const char *name)
{
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return 0;
}

static const struct moment_kind *kind_of(struct str text)
{
    for (size_t i = 0; i < n_moment_kinds; i++)
        if (str_eq(text, str_of(moment_kinds[i].text)))
            return &moment_kinds[i];
    return NULL;
}

/* "+1.500000 the daemon will die after call 3" */
static bool read_moment(struct str line, struct moment *ret)
{
    struct str rest;
    struct str number;
    int64_t seconds, micros;
    struct str gap = str_split(str_skip(line, 1), ' ', &rest);
    struct str whole = str_split(gap, '.', &number);
    if (!str_to_i64(whole, &seconds) || number.len != 6 || !str_to_i64(number, &micros))
        return false;
    *ret = (struct moment){.after_us = seconds * S + micros, .kind = kind_of(rest)};
    if (ret->kind)
        return ret->kind->most_x == 0;
    size_t space = rest.len;
    while (space > 0 && rest.ptr[space - 1] != ' ')
        space--;
    if (space == 0 || !str_to_i64(str_skip(rest, space), &ret->x))
        return false;
    ret->kind = kind_of(str_take(rest, space - 1));
    return ret->kind && ret->x >= 1 && ret->x <= ret->kind->most_x;
}

/* "a standby for each edit", before the first moment */
static bool read_standby(struct str line, struct storm *ret)
{
    if (!str_eq(line, STR("a standby for each edit")) || ret->n > 0)
        return false;
    ret->warm_standby = true;
    return true;
}

/* "one in 10 answers of Flink is damaged", before the first moment */
static bool read_damage(struct str line, struct storm *ret)
{
    struct str rest;
    int64_t one_in;
    if (!str_starts_with(line, STR("one in ")) || ret->n > 0)
        return false;
    struct str number = str_split(str_skip(line, 7), ' ', &rest);
    if (!str_eq(rest, STR("answers of Flink is damaged")) || !str_to_i64(number, &one_in) ||
        one_in < 1)
        return false;
    ret->damaged_one_in = one_in;
    return true;
}

static bool read_head(struct str line, int number, struct storm *ret)
{
    char text[200];
    char word[32] = "";
    unsigned long long seed;
    double seconds;
    snprintf(text, sizeof(text), "%.*s", STR_ARG(line));
    int kind = 0;
    switch (number) {
    case 1:
        if (sscanf(text, "storm of seed %llu", &seed) != 1)
            return false;
        ret->seed = seed;
        return true;
    case 2:
        sscanf(text, "upgrade %31s", word);
        kind = named(upgrade_kind_names, UPGRADE_NONE + 1, word);
        ret->upgrade = (enum upgrade_kind)kind;
        return kind > 0;
    case 3:
        sscanf(text, "restore %31s", word);
        kind = named(restore_kind_names, RESTORE_NONE + 1, word);
        ret->restore = (enum restore_kind)kind;
        return kind > 0;
    default:
        if (sscanf(text, "a dead daemon comes back after %lf s", &seconds) != 1)
            return false;
        ret->down_for_us = (int64_t)(seconds * (double)S + 0.5);
        return true;
    }
}

bool storm_read(FILE *from, struct storm *ret, int *ret_line)
{
    enum { HEAD = 4 };
    char line[2000]; /* a comment may name places */
    *ret = (struct storm){0};
    *ret_line = 0;
    while (fgets(line, sizeof(line), from)) {
        struct str text = str_of(line);
        while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == ' '))
            text.len--;
        ++*ret_line;
        if (*ret_line <= HEAD) {
            if (!read_head(text, *ret_line, ret))
                return false;
            continue;
        }
        if (text.len == 0 || text.ptr[0] == '#' || read_damage(text, ret) ||
            read_standby(text, ret))
            continue;
        if (text.ptr[0] != '+' || ret->n == MOST_MOMENTS ||
            !read_moment(text, &ret->moments[ret->n]))
            return false;
        ret->n++;
    }
    return *ret_line >= HEAD;
}
