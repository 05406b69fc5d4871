/* See arena.h. Chunks grow by doubling up to 1 MiB, so small requests stay in one page or two. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK_MIN 4096U
#define CHUNK_MAX (1024U * 1024U)
#define ALIGNMENT _Alignof(max_align_t)

struct chunk {
    struct chunk *prev;
    size_t size;
    size_t used;
    max_align_t data[];
};

struct arena {
    struct chunk *top;
    size_t handed_out;
};

static void die_of_memory(void)
{
    fputs("sluice: out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        die_of_memory();
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    p = realloc(p, size ? size : 1);
    if (!p)
        die_of_memory();
    return p;
}

void mem_free(void *p)
{
    free(p);
}

static struct chunk *chunk_new(struct chunk *prev, size_t size)
{
    struct chunk *c = mem_alloc(sizeof(*c) + size);
    c->prev = prev;
    c->size = size;
    return c;
}

struct arena *arena_new(void)
{
    return mem_alloc(sizeof(struct arena));
}

void arena_reset(struct arena *a)
{
    while (a->top && a->top->prev) {
        struct chunk *prev = a->top->prev;
        mem_free(a->top);
        a->top = prev;
    }
    if (a->top) {
        memset(a->top->data, 0, a->top->used);
        a->top->used = 0;
    }
    a->handed_out = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct chunk *c = a->top; c;) {
        struct chunk *prev = c->prev;
        mem_free(c);
        c = prev;
    }
    mem_free(a);
}

size_t arena_used(const struct arena *a)
{
    return a->handed_out;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        die_of_memory();
    size_t need = (size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    if (!a->top || a->top->size - a->top->used < need) {
        size_t next = a->top ? a->top->size * 2 : CHUNK_MIN;
        if (next > CHUNK_MAX)
            next = CHUNK_MAX;
        a->top = chunk_new(a->top, need > next ? need : next);
    }
    char *p = (char *)a->top->data + a->top->used;
    a->top->used += need;
    a->handed_out += need;
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        die_of_memory();
    return arena_alloc(a, n * size);
}

char *arena_cstr(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return p;
}

struct str arena_str(struct arena *a, struct str s)
{
    return (struct str){arena_cstr(a, s), s.len};
}

struct str arena_vfmt(struct arena *a, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    if (n < 0)
        die_of_memory();
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct str){p, (size_t)n};
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str s = arena_vfmt(a, fmt, args);
    va_end(args);
    return s;
}
