/* String slices: a pointer and a length. Not NUL-terminated unless a function says so. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal. */
#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
/* Its bytes; never NULL, which printf does not take even where it is to print nothing of it. */
static inline const char *str_bytes(struct str s)
{
    return s.ptr ? s.ptr : "";
}

/* For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) ((int)(s).len), str_bytes(s)

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
static inline struct str str_of(const char *cstr)
{
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline bool str_is_empty(struct str s)
{
    return s.len == 0;
}

bool str_eq(struct str a, struct str b);
/* Equality that ignores ASCII case. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts_with(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
/* -1, 0, 1 by bytes; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
/* Index of the first byte `c`, or s.len. */
size_t str_find_char(struct str s, char c);
/* Index of the first occurrence of `needle`, or s.len. */
size_t str_find(struct str s, struct str needle);
static inline bool str_contains(struct str s, struct str needle)
{
    return needle.len == 0 || str_find(s, needle) < s.len;
}
/* s without its first n bytes (all of them at most). */
struct str str_skip(struct str s, size_t n);
struct str str_take(struct str s, size_t n);
struct str str_trim(struct str s);
/* Splits at the first `sep`: returns the part before, leaves the rest after it in *rest. */
struct str str_split(struct str s, char sep, struct str *rest);

/* The whole slice as a number; false (and *ret untouched) on junk, overflow or an empty slice. */
bool str_to_i64(struct str s, int64_t *ret);

/* Undoes percent-encoding (RFC 3986, 2.1), once, into `to`, which has room for s.len bytes. False on a
 * broken escape. What it may contain then, NUL for one, the caller says. `to` may be s itself. */
bool str_percent_decode(struct str s, char *to, size_t *ret_len);

/* Edit distance (Levenshtein), for "did you mean"; slices over 64 bytes count as far away. */
size_t str_distance(struct str a, struct str b);
/* Bytes of the character of UTF-8 that begins here; 0 = none does, or a NUL. */
size_t str_utf8_length(struct str s);
/* True for valid UTF-8 without NUL. */
bool str_is_utf8(struct str s);
