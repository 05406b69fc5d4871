/* port/clock.h by the kernel: CLOCK_BOOTTIME, CLOCK_REALTIME, getrandom. Any thread. */
#pragma once

#include "port/clock.h"

struct clock clock_system(void);
