/* The jars of an attempt: the program's, and those of its class path (additionalDependencies), had
 * one after the other and answered in one go. */
#pragma once

#include "data/fields.h"
#include "port/artifacts.h"

struct app;

struct jars_request {
    struct str_list uris;    /* the program's first when `program`, then the class path's */
    struct str_list sha256s; /* recorded, one per uri; empty: the jars as they are now */
    struct str name;         /* of the program's file, recorded */
    struct str entry_class;  /* of the program */
    bool program;
};

struct jars_sight {
    enum outcome outcome; /* of the first that could not be had, which text says */
    struct str text;
    const struct artifact_sight *items; /* one per uri when DONE */
    size_t n;
};

/* Copies what it needs. fn once, on the loop thread; without any uri from inside the call. */
void jars_get(const struct artifacts *from, const struct jars_request *what,
              void (*fn)(void *arg, const struct jars_sight *s), void *arg);

/* Lets go of the pinned jars that no Deployment's attempt, and no start that is being prepared, has
 * recorded. */
void jars_keep_needed(const struct app *app);
