/* One crash image under the real store. */
#pragma once

#include "disk.h"
#include "fault.h"
#include "history.h"

struct verdict {
    bool good;
    size_t entry;     /* of the history: what the image holds, when good */
    size_t looked_at; /* acknowledged transactions that had to be there */
    char text[1500];
};

/* `time` is the host's at the cut. */
struct verdict check_image(const struct disk *image, const struct history *h, size_t time);
