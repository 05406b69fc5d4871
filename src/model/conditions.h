/* status.conditions: what the status says, in the form that tools of Kubernetes read. */
#pragma once

#include "model/deployment.h"

enum { DEPLOYMENT_CONDITIONS = 4 };

/* Fills *ret, returns how many; slices are the Deployment's. Reconciled: it is as it is wanted. Healthy:
 * of a job that runs. PendingChange: something was edited that the job does not show. TargetReachable:
 * what exists of it can be seen. lastTransitionTime is there where it is known. */
size_t deployment_conditions(const struct deployment *d,
                             struct condition ret[DEPLOYMENT_CONDITIONS]);
