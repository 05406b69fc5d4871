/* prove_storage [--images N] [--seed S] [--point P [--image I]] [--break FAULT]: power cuts on the
 * real store. Exit status 1 when one of them lost something, 2 when it was asked for nonsense. */
#include <getopt.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"
#include "host_vfs.h"
#include "proof.h"

static void usage(void)
{
    fputs("usage: prove_storage [--images N] [--seed S] [--point P [--image I]] [--break FAULT]\n"
          "faults:",
          stderr);
    for (int i = 1; i < FAULTS; i++)
        fprintf(stderr, " %s", fault_name((enum fault)i));
    fputc('\n', stderr);
    exit(2);
}

static uint64_t number(const char *text)
{
    int64_t n = 0;
    if (!str_to_i64(str_of(text), &n) || n < 0)
        usage();
    return (uint64_t)n;
}

static enum fault fault(const char *name)
{
    for (int i = 1; i < FAULTS; i++)
        if (strcmp(fault_name((enum fault)i), name) == 0)
            return (enum fault)i;
    usage();
    return FAULT_NONE;
}

static struct proof_options parse(int argc, char **argv)
{
    static const struct option known[] = {
        {"images", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 's'},
        {"point", required_argument, NULL, 'p'},  {"image", required_argument, NULL, 'i'},
        {"break", required_argument, NULL, 'b'},  {0},
    };
    struct proof_options o = {
        .seed = 1, .images = 100000, .point = PROOF_ALL, .image = PROOF_ALL, .out = stdout};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (c) {
        case 'n': o.images = number(optarg); break;
        case 's': o.seed = number(optarg); break;
        case 'p': o.point = number(optarg); break;
        case 'i': o.image = number(optarg); break;
        case 'b': o.fault = fault(optarg); break;
        default: usage();
        }
    }
    if (optind < argc || (o.image != PROOF_ALL && o.point == PROOF_ALL))
        usage();
    return o;
}

int main(int argc, char **argv)
{
    struct proof_options options = parse(argc, argv);
    struct timespec begin;
    struct timespec end;
    host_vfs_register();
    clock_gettime(CLOCK_MONOTONIC, &begin);
    struct proof_counts counts = proof_run(&options);
    clock_gettime(CLOCK_MONOTONIC, &end);
    proof_print(&counts,
                (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
                stdout);
    if (counts.images == 0 && counts.violations == 0) {
        fputs("there is no such point or image\n", stderr);
        return 2;
    }
    return counts.violations ? 1 : 0;
}
