/* A world of the local target for tests: a data directory of its own, and real child processes, of
 * Flink or of a stand-in for Java. */
#pragma once

#include "adapt/local/internal.h"
#include "platform_contract.h"

struct local_world {
    struct platform_world world; /* first: the contract hands it back */
    struct local_config config;
    struct local *local;
    struct job_template template_;
    char data_dir[200];
};

/* java: the stand-in, NULL = the machine's own. home: of Flink. */
void local_world_open(struct local_world *w, const char *java, const char *home,
                      const char *version);
/* Ends what is left, by the processes' recorded identity, and removes the data directory. */
void local_world_close(struct local_world *w);
/* The daemon goes away without a word and comes again over the same data. */
void local_world_restart(struct local_world *w);
/* What the attempt's directory says, read past the platform. */
struct attempt local_world_attempt(struct local_world *w, int64_t attempt);
/* The path of that name in the cache of the build; good until the next call. */
const char *local_world_cached(const char *name);
