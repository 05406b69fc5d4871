/* A test of each canonical flow; SIM_FLOW picks one of them. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flows.h"

/* *state is the flow. Returns how many failed. */
int each_flow(const char *group, CMUnitTestFunction test);
