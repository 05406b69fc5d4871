/* A growing byte buffer on the heap. Zero-initialise; free with buf_fini. */
#pragma once

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
};

void buf_fini(struct buf *b);
void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Empties it and keeps the memory. */
void buf_clear(struct buf *b);
/* Drops the first n bytes. */
void buf_drop(struct buf *b, size_t n);
/* The content; valid until the next change. NUL-terminated behind its length. */
struct str buf_str(const struct buf *b);
