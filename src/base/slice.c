#include "base/slice.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The shortest that the kernel allows. */
#define SHORTEST_NS 100000U

static void set(uint64_t ns)
{
    struct sched_attr attr = {0};
    /* Another policy was chosen by somebody, and the same field means something else there. */
    if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) != 0 ||
        attr.sched_policy != SCHED_NORMAL)
        return;
    attr.sched_runtime = ns;
    syscall(SYS_sched_setattr, 0, &attr, 0); /* refused: it stays as it is */
}

void slice_short(void)
{
    set(SHORTEST_NS);
}

void slice_default(void)
{
    set(0);
}
