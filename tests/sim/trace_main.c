/* trace_runs flows
 * trace_runs grid EVERY
 * trace_runs storms FIRST COUNT
 *
 * What runs did, one trace after the other, each below a line "trace NAME": of every canonical flow; of
 * every EVERY-th place where a crash strikes one, or a message goes astray; of storms by their seeds. See
 * trace.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flows.h"
#include "storm.h"
#include "trace.h"

static bool trace_flow(const struct flow *f, const struct sim_trouble *trouble, int64_t ret[POINTS])
{
    struct sim *s;
    printf("trace %s", f->name);
    if (trouble)
        printf(", %s %" PRId64, sim_point_names[trouble->point], trouble->at);
    printf("\n");
    bool well = flow_runs(f, trouble, trouble ? 1 : 0, 300 * MS, &s);
    memcpy(ret, s->counts, sizeof(s->counts));
    sim_free(s);
    return well;
}

static int trace_flows(void)
{
    int64_t counts[POINTS];
    int bad = 0;
    for (size_t i = 0; i < n_flows; i++)
        bad += !trace_flow(&flows[i], NULL, counts);
    return bad > 0;
}

static void count_points(const struct flow *f, int64_t ret[POINTS])
{
    struct sim *s;
    trace_to(NULL);
    flow_runs(f, NULL, 0, 0, &s);
    trace_to(stdout);
    memcpy(ret, s->counts, sizeof(s->counts));
    sim_free(s);
}

static int trace_grid(int64_t every)
{
    int64_t counts[POINTS], unused[POINTS];
    int64_t place = 0;
    int bad = 0;
    for (size_t i = 0; i < n_flows; i++) {
        count_points(&flows[i], counts);
        for (enum sim_point point = POINT_NONE + 1; point < POINTS; point++)
            for (int64_t at = 1; at <= counts[point]; at++)
                if (place++ % every == 0)
                    bad += !trace_flow(&flows[i], &(struct sim_trouble){point, at}, unused);
    }
    return bad > 0;
}

static int trace_storms(uint64_t first, uint64_t n)
{
    static struct storm storm;
    int bad = 0;
    for (uint64_t seed = first; seed < first + n; seed++) {
        struct storm_end end;
        const struct storm_profile *p = &storm_profiles[seed % n_storm_profiles];
        printf("trace storm %" PRIu64 ", %s\n", seed, p->name);
        storm_make(&storm, seed, p);
        storm_play(&storm, &end);
        bad += !end.held;
    }
    return bad > 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    trace_to(stdout);
    if (strcmp(what, "flows") == 0 && argc == 2)
        return trace_flows();
    if (strcmp(what, "grid") == 0 && argc == 3 && atoll(argv[2]) > 0)
        return trace_grid(atoll(argv[2]));
    if (strcmp(what, "storms") == 0 && argc == 4)
        return trace_storms(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    fprintf(stderr, "usage: trace_runs flows | grid EVERY | storms FIRST COUNT\n");
    return 2;
}
