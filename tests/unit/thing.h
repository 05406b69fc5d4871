/* A table with a row of every type, for the tests of field tables. */
#pragma once

#include "story.h"

#include "data/fields.h"

enum colour { COLOUR_UNSET, COLOUR_RED, COLOUR_BLUE };

struct part {
    struct str name;
    int64_t weight;
};

struct inner {
    int64_t count;
    struct str secret;
};

struct thing {
    struct str text;
    struct str id;
    int colour;
    int64_t number;
    bool flag;
    int64_t cpu;
    struct duration_val wait;
    struct memory_val memory;
    int64_t time;
    struct str_map map;
    struct str_list words;
    struct inner inner;
    struct list parts;
    struct json raw;
    int strategy; /* in the document: strategy.kind */
    int64_t seen;
};

extern const struct fields thing_fields;
extern const struct fields inner_fields;

/* The document, written with ' for ", as a thing; fails the test when it is refused. */
struct thing thing_decoded(const char *text);
/* The thing as JSON with ' for ". */
const char *thing_encoded(const struct thing *t, bool internal);
/* {"<name>":[<item>,...]} with n items; keyed: an object with keys of its own. */
struct json thing_crowd(const char *name, bool keyed, const char *item, size_t n);
