/* prove_storms [--seconds N | --runs N] [--seed S] [--step N] [--profile NAME] [--stories DIRECTORY]
 *              [--whole]
 * prove_storms --replay FILE
 *
 * Storms one after the other, each of its own seed, until the time is over or one does not hold. That
 * one is cut down to what it needs (--whole: it is not) and written as a story that can be replayed. The
 * last line before "N passed, N failed" is the report, as JSON. Exit status 1 when something did not
 * hold. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/rules.h"
#include "storm.h"

struct options {
    int64_t seconds;
    int64_t runs;
    uint64_t seed;
    uint64_t step;
    const struct storm_profile *profile; /* NULL: each in turn */
    const char *stories;
    const char *replay;
    bool whole;
};

struct totals {
    int64_t runs, failed, operations, faults, damaged, virtual_us, events, lives, needed_user;
    int64_t rules[1000];
};

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(struct totals *t, const struct storm_end *end)
{
    t->runs++;
    t->failed += !end->held;
    t->operations += end->operations;
    t->faults += end->faults;
    t->damaged += end->damaged;
    t->virtual_us += end->virtual_us;
    t->events += end->events;
    t->lives += end->lives;
    t->needed_user += end->needed_user;
    for (size_t i = 0; i < 1000; i++)
        t->rules[i] += end->rules[i];
}

static void write_story(const struct options *o, const struct storm *storm,
                        const struct storm_end *end)
{
    char path[500];
    snprintf(path, sizeof(path), "%s/storm-%" PRIu64 ".txt", o->stories, storm->seed);
    FILE *f = fopen(path, "w");
    if (!f)
        return;
    storm_print(f, storm);
    fprintf(f, "# %s\n", end->wrong);
    fclose(f);
    printf("replay: prove_storms --replay %s\n", path);
}

static void report_failure(const struct options *o, struct storm *storm, struct storm_end *end)
{
    printf("FAILED seed %" PRIu64 ", %zu moments: %s\n", storm->seed, storm->n, end->wrong);
    if (!o->whole) {
        storm_shrink(storm, end);
        storm_play(storm, end);
    }
    storm_print(stdout, storm);
    printf("-> %s\n", end->wrong);
    write_story(o, storm, end);
}

/* Deployment-years count by what happened in them: 3,650 operations and 10,000 faults each. */
static double years(const struct totals *t)
{
    double by_time = (double)t->virtual_us / 1e6 / 86400 / 365;
    double by_operations = (double)t->operations / 3650;
    double by_faults = (double)t->faults / 10000;
    double least = by_time < by_operations ? by_time : by_operations;
    return least < by_faults ? least : by_faults;
}

static void print_rules(const struct totals *t)
{
    printf("rules never decided by:");
    for (size_t i = 0; i < n_rules; i++)
        if (!t->rules[rules[i].number])
            printf(" %d", rules[i].number);
    printf("\n");
}

static void print_report(const struct totals *t, double cpu_s)
{
    size_t reached = 0;
    for (size_t i = 0; i < n_rules; i++)
        reached += t->rules[rules[i].number] > 0;
    print_rules(t);
    printf("{\"runs\":%" PRId64 ",\"failed\":%" PRId64 ",\"operations\":%" PRId64
           ",\"faults\":%" PRId64 ",\"damagedAnswers\":%" PRId64
           ",\"virtualDays\":%.1f,\"years\":%.3f,\"events\":%" PRId64 ",\"lives\":%" PRId64
           ",\"neededUser\":%" PRId64
           ",\"rulesReached\":%zu,\"rules\":%zu,\"cpuSeconds\":%.1f,\"eventsPerSecond\":%.0f}\n",
           t->runs, t->failed, t->operations, t->faults, t->damaged,
           (double)t->virtual_us / 1e6 / 86400, years(t), t->events, t->lives, t->needed_user,
           reached, n_rules, cpu_s, cpu_s > 0 ? (double)t->events / cpu_s : 0);
    printf("%" PRId64 " passed, %" PRId64 " failed\n", t->runs - t->failed, t->failed);
}

static int play_all(const struct options *o)
{
    struct totals t = {0};
    double began = now_s(CLOCK_MONOTONIC);
    double cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
    double told = began;
    for (uint64_t seed = o->seed; t.failed == 0; seed += o->step) {
        static struct storm storm;
        struct storm_end end;
        double now = now_s(CLOCK_MONOTONIC);
        if ((o->runs && t.runs == o->runs) || (!o->runs && now - began > (double)o->seconds))
            break;
        storm_make(&storm, seed,
                   o->profile ? o->profile : &storm_profiles[seed % n_storm_profiles]);
        storm_play(&storm, &end);
        add(&t, &end);
        if (!end.held)
            report_failure(o, &storm, &end);
        if (now - told > 10) {
            told = now;
            printf("%.0f s: %" PRId64 " storms, %" PRId64 " operations, %" PRId64 " faults\n",
                   now - began, t.runs, t.operations, t.faults);
            fflush(stdout);
        }
    }
    print_report(&t, now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    return t.failed > 0;
}

static int replay(const char *path)
{
    static struct storm storm;
    struct storm_end end;
    int line = 0;
    FILE *f = fopen(path, "r");
    bool read = f && storm_read(f, &storm, &line);
    if (f)
        fclose(f);
    if (!read) {
        fprintf(stderr, "prove_storms: %s:%d: this is no line of a storm\n", path, line);
        return 2;
    }
    setenv("SIM_VERBOSE", "1", 0);
    storm_play(&storm, &end);
    printf("%s\n%d passed, %d failed\n", end.held ? "holds" : end.wrong, end.held, !end.held);
    return !end.held;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"seconds", required_argument, NULL, 't'},
                                          {"runs", required_argument, NULL, 'n'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"step", required_argument, NULL, 'k'},
                                          {"profile", required_argument, NULL, 'p'},
                                          {"stories", required_argument, NULL, 'd'},
                                          {"replay", required_argument, NULL, 'r'},
                                          {"whole", no_argument, NULL, 'w'},
                                          {0}};
    struct options o = {.seconds = 10, .seed = 1, .step = 1, .stories = "."};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) >= 0;) {
        switch (c) {
        case 't': o.seconds = strtoll(optarg, NULL, 10); break;
        case 'n': o.runs = strtoll(optarg, NULL, 10); break;
        case 's': o.seed = strtoull(optarg, NULL, 10); break;
        case 'k': o.step = strtoull(optarg, NULL, 10); break;
        case 'd': o.stories = optarg; break;
        case 'r': o.replay = optarg; break;
        case 'w': o.whole = true; break;
        case 'p':
            o.profile = storm_profile(optarg);
            if (o.profile)
                break;
            fprintf(stderr, "prove_storms: there is no profile %s\n", optarg);
            return 2;
        default: return 2;
        }
    }
    return o.replay ? replay(o.replay) : play_all(&o);
}
