/* Chunked bump allocator. One per request, reconcile pass or long-lived snapshot; freed as a whole.
 * Running out of memory aborts the process: limits, not allocation failures, keep memory bounded. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
/* Frees everything ever allocated from it; NULL is allowed. */
void arena_free(struct arena *a);
/* Forgets all allocations but keeps the first chunk. */
void arena_reset(struct arena *a);
/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

/* Zeroed memory, aligned for any type. size 0 gives a unique non-NULL pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* Zeroed array; aborts when n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);
#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

/* Copies; the result is NUL-terminated behind its length. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
/* Formatted text; the slice is NUL-terminated behind its length. */
struct str arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str arena_vfmt(struct arena *a, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Heap for the few objects that no arena owns (buffers, tables, adapters' contexts).
 * Zeroed; abort on exhaustion; free with mem_free. */
void *mem_alloc(size_t size);
void *mem_realloc(void *p, size_t size);
void mem_free(void *p);
