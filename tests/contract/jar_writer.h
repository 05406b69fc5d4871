/* Writes zip files byte by byte, sound ones and others. Zero-initialise; finish frees. */
#pragma once

#include "base/buf.h"

struct jar_writer {
    struct buf file;
    struct buf directory;
    unsigned entries;
    bool deflated; /* compress what is added from now on */
};

void jar_add(struct jar_writer *w, const char *name, struct str content);
/* A jar whose end claims `entries` entries, in the 64-bit form. */
void jar_claim(struct jar_writer *w, uint64_t entries);
/* Adds the directory and writes it all to `path`, replacing what is there. */
void jar_finish(struct jar_writer *w, const char *path);
/* The usual case: a manifest (NULL: none) and one entry with that name. */
void jar_make(const char *path, const char *manifest, const char *entry);
