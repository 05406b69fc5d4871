/* Single values of objects by dotted path: what lists are sorted and selected by. */
#pragma once

#include "data/fields.h"

enum scalar_kind { SCALAR_ABSENT, SCALAR_NUMBER, SCALAR_TEXT };

/* Comparable with others of the same row only. */
struct scalar {
    enum scalar_kind kind;
    int64_t number;  /* whole numbers as they are, times and durations in microseconds, sizes in
                       bytes, cores in thousandths */
    struct str text; /* borrowed from the object */
};

/* Absent comes first, numbers by size, texts by bytes. */
int scalar_cmp(const struct scalar *x, const struct scalar *y);

/* Whether the path names a single value ("status.state", "metadata.labels.team", where what follows
 * the name of a map is its key): the row, NULL when it does not. Internal rows do not count. */
const struct field *fields_scalar(const struct fields *f, struct str dotted);
/* The value there; ABSENT also where fields_scalar says NULL. */
struct scalar fields_get(const struct fields *f, const void *object, struct str dotted);

struct field_term {
    struct str path;
    struct scalar value;
    bool differs; /* != */
    bool nocase;  /* a UUID */
};

/* "status.state=RUNNING,metadata.name!=a": all terms must hold; none match everything. A comma, an
 * equals sign or a backslash in a value has a backslash before it. */
struct field_selector {
    struct field_term *terms;
    size_t n;
};

/* Values are read as the rows read them. Slices point into `text` and `a`. Errors: BAD_REQUEST; more
 * than 32 terms are TOO_LARGE. */
int field_selector_parse(struct arena *a, const struct fields *f, struct str text,
                         struct field_selector *ret, struct err *e) ERR_CHECK;
/* Without a value, = "" holds. */
bool field_selector_matches(const struct field_selector *s, const struct fields *f,
                            const void *object);
