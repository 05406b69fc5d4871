/* Locations are compared by walking both in their shortest spelling, so that nothing is copied. */
#include "model/snapshot_location.h"

/* The part that counts: what follows "file:" and an empty authority, or the whole of it. */
static struct str local_part(struct str location)
{
    if (!str_starts_with(location, STR("file:")))
        return location;
    struct str rest = str_skip(location, 5);
    return str_starts_with(rest, STR("//")) ? str_skip(rest, 2) : rest;
}

static struct str without_end(struct str s)
{
    while (s.len > 1 && s.ptr[s.len - 1] == '/')
        s.len--;
    if (str_ends_with(s, STR("/_metadata"))) {
        s.len -= STR("/_metadata").len;
        while (s.len > 1 && s.ptr[s.len - 1] == '/')
            s.len--;
    }
    return s;
}

static bool is_local(struct str part)
{
    return part.len > 0 && part.ptr[0] == '/';
}

/* The next byte of the shortest spelling, or -1. */
static int next_byte(struct str s, size_t *at)
{
    if (*at >= s.len)
        return -1;
    char c = s.ptr[(*at)++];
    while (c == '/' && *at < s.len && s.ptr[*at] == '/')
        (*at)++;
    return (unsigned char)c;
}

struct str snapshot_location_path(struct arena *a, struct str location)
{
    struct str part = without_end(local_part(location));
    if (!is_local(part) || memchr(part.ptr, '\0', part.len))
        return (struct str){NULL, 0};
    char *to = arena_alloc(a, part.len + 1);
    size_t len = 0;
    size_t at = 0;
    for (int c = next_byte(part, &at); c >= 0; c = next_byte(part, &at))
        to[len++] = (char)c;
    return (struct str){to, len};
}

bool snapshot_location_equal(struct str a, struct str b)
{
    struct str x = without_end(local_part(a));
    struct str y = without_end(local_part(b));
    if (!is_local(x) || !is_local(y))
        return str_eq(without_end(a), without_end(b));
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        int c = next_byte(x, &i);
        if (c != next_byte(y, &j))
            return false;
        if (c < 0)
            return true;
    }
}

struct str snapshot_location_parent(struct str location)
{
    size_t cut = location.len;
    while (cut > 0 && location.ptr[cut - 1] != '/')
        cut--;
    return cut > 1 ? str_take(location, cut - 1) : (struct str){0};
}
