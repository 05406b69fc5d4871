/* What the files behind fields.h share. */
#pragma once

#include "data/fields.h"

/* Where a value stands in its document, as a chain on the stack, innermost first. */
struct place {
    const struct place *up;
    struct str key; /* of a member; empty with an index */
    size_t index;   /* of an element, counted from 1; 0 = a member */
};

/* Records the error with the place as JSON pointer. Returns -1. */
int fields_fail(struct err *e, enum err_code code, const struct place *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* RFC 6901 text of the place. */
struct str fields_pointer(struct arena *a, const struct place *at);

/* Decodes a row of any type but objects and lists; v is not null. Into `to`, the member itself. */
int fields_decode_value(struct arena *a, const struct field *row, struct json v, void *to,
                        const struct place *at, struct err *e) ERR_CHECK;
/* The row whose name is nearest to what was written, NULL when nothing is near. */
const struct field *fields_nearest(const struct fields *f, struct str name);

static inline const void *fields_member(const void *object, const struct field *row)
{
    return (const char *)object + row->offset;
}

/* The row's value counts as absent: zero, empty, unset, or an object of such. */
bool fields_is_empty(const struct field *row, const void *member, bool internal);
/* Writes the value of one member, present or not. */
void fields_encode_value(struct json_out *o, const struct field *row, const void *member,
                         bool internal);
