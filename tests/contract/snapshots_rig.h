/* Drives port/snapshots.h as if its calls were synchronous, over files that the test wrote. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "port/snapshots.h"

extern struct arena *arena; /* of the test */
extern struct str root;     /* directory of the test's files */

/* What the last call brought, copied. */
struct got {
    bool called;
    enum outcome outcome;
    struct str text;
    struct snapshot_sight sight;
    struct snapshot_listing listing;
    size_t n_operators; /* that its _metadata names */
    bool understood;
};
extern struct got got;

int rig_begin(void **state);
int rig_end(void **state);
#define STORY(test) cmocka_unit_test_setup_teardown(test, rig_begin, rig_end)

void verify(const char *location);
void read_at(const char *location);
void list(const char *directory);
void remove_at(const char *location);
/* The text of the answer contains this. */
void says(const char *part);

/* Path of a name below the test's directory. */
const char *at(const char *name);
void write_zeros(const char *path, size_t n);
bool exists(const char *path);
/* The files that a snapshot refers to; sizes in bytes, names may be NULL. */
struct refs {
    const char *absolute;
    int64_t absolute_size;
    const char *relative;
    int64_t relative_size;
};
/* Writes root/name/_metadata and returns "file:" and its directory. */
const char *snapshot(const char *name, int64_t id, const struct refs *refs);
/* As somebody whom permissions bind: root is not. */
void as_nobody(void (*fn)(const char *path), const char *path);
