#include "base/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str base64url(struct arena *a, struct str s)
{
    char *to = arena_alloc(a, s.len / 3 * 4 + 5);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < s.len; i++) {
        bits = bits << 8 | (unsigned char)s.ptr[i];
        for (held += 8; held >= 6; held -= 6)
            to[n++] = letters[bits >> (held - 6) & 63];
    }
    if (held)
        to[n++] = letters[bits << (6 - held) & 63];
    return (struct str){to, n};
}

bool base64url_decode(struct arena *a, struct str s, struct str *ret)
{
    char *to = arena_alloc(a, s.len + 1);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *at = s.ptr[i] ? strchr(letters, s.ptr[i]) : NULL;
        if (!at)
            return false;
        bits = bits << 6 | (uint32_t)(at - letters);
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[n++] = (char)(bits >> held & 255);
        }
    }
    if (held >= 6 || (bits & ((1U << held) - 1)))
        return false;
    *ret = (struct str){to, n};
    return true;
}
