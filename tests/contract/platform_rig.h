/* Drives a platform from a test as if its calls were synchronous: calls it, runs the loop until the
 * answer is there, and copies the answer. A call that takes longer than a minute fails the test. */
#pragma once

#include "port/loop.h"
#include "port/platform.h"

struct platform_rig {
    struct loop loop;
    struct platform platform;
    struct arena *a; /* answers live in it */
};

void rig_open(struct platform_rig *r);
void rig_close(struct platform_rig *r);

struct platform_inventory rig_inventory(struct platform_rig *r, struct str deployment);
/* The attempt in an inventory that must be DONE; NULL when it is not listed. */
const struct platform_cluster *rig_cluster(struct platform_rig *r, struct str deployment,
                                           int64_t attempt);
struct platform_result rig_provision(struct platform_rig *r,
                                     const struct platform_cluster_spec *spec);
struct platform_result rig_deliver(struct platform_rig *r, struct str deployment, int64_t attempt,
                                   struct str incarnation, const struct platform_artifact *jar);
struct platform_result rig_teardown(struct platform_rig *r, struct str deployment, int64_t attempt);
struct platform_result rig_logs(struct platform_rig *r, struct str deployment, int64_t attempt,
                                struct str process, int64_t most);
/* Runs the loop for this long, or less when something happened meanwhile. */
void rig_turn(struct platform_rig *r, int64_t us);
/* Runs the loop until holds(arg), checked every 20 ms; false when `seconds` are over. */
bool rig_until(struct platform_rig *r, int seconds, bool (*holds)(void *arg), void *arg);
