/* Leaves out what a failure does not need: ever smaller runs of moments, until nothing more can go. */
#include "storm.h"

#include <string.h>

/* The same thing goes wrong, whenever it does. */
static bool is_same(const struct storm_end *x, const struct storm_end *y)
{
    const char *a = strstr(x->wrong, " s: ");
    const char *b = strstr(y->wrong, " s: ");
    a = a ? a + 4 : x->wrong;
    b = b ? b + 4 : y->wrong;
    /* Numbers of attempts and places differ; what is said of them does not. */
    size_t n = strcspn(a, "0123456789'/");
    return n == strcspn(b, "0123456789'/") && strncmp(a, b, n) == 0;
}

/* Without n moments from that one on; their time still passes. */
static struct storm without(const struct storm *storm, size_t from, size_t n)
{
    struct storm less = *storm;
    int64_t time = 0;
    for (size_t i = from; i < from + n; i++)
        time += storm->moments[i].after_us;
    less.n = storm->n - n;
    memmove(&less.moments[from], &less.moments[from + n],
            (less.n - from) * sizeof(less.moments[0]));
    if (from < less.n)
        less.moments[from].after_us += time;
    return less;
}

static bool still_fails(const struct storm *storm, const struct storm_end *end)
{
    struct storm_end now;
    storm_play(storm, &now);
    return !now.held && is_same(&now, end);
}

void storm_shrink(struct storm *storm, const struct storm_end *end)
{
    struct storm undamaged = *storm;
    undamaged.damaged_one_in = 0;
    if (still_fails(&undamaged, end))
        *storm = undamaged;
    for (size_t size = storm->n / 2; size > 0;) {
        bool smaller = false;
        for (size_t from = 0; from + size <= storm->n;) {
            struct storm less = without(storm, from, size);
            if (still_fails(&less, end)) {
                *storm = less;
                smaller = true;
            } else {
                from += size;
            }
        }
        if (!smaller || size > 1)
            size /= 2;
    }
}
