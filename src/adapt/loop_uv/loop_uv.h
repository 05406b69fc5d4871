/* port/loop.h on libuv. One loop belongs to one thread: the one that calls run. */
#pragma once

#include "port/loop.h"

/* From here on the process ignores SIGPIPE: a peer that goes away is an error code, not a signal.
 * Aborts when the kernel gives no descriptors. */
struct loop loop_uv_new(void);
/* Call when run has returned. Work under way is waited for, its done and whatever was posted still
 * run. Timers and watches that their owners did not free end here; their pointers are then dead. */
void loop_uv_free(struct loop *loop);
