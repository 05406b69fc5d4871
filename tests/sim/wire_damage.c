/* Bytes that were damaged on their way. What comes of it is no answer of Flink's, or says what the
 * undamaged one did: so a reader that takes it for anything else is wrong. */
#include "wire.h"

/* Where a byte stands in a JSON text. */
enum place {
    PLACE_STRUCTURE, /* also true, false and null */
    PLACE_NUMBER,
    PLACE_NAME,
    PLACE_WORD, /* RUNNING, IN_PROGRESS */
    PLACE_TEXT
};

static bool is_capital(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '_';
}

/* Of the string whose contents are from..to-1. */
static enum place of_string(struct str body, size_t from, size_t to)
{
    if (to + 1 < body.len && body.ptr[to + 1] == ':')
        return PLACE_NAME;
    for (size_t i = from; i < to; i++)
        if (!is_capital(body.ptr[i]))
            return PLACE_TEXT;
    return PLACE_WORD;
}

static enum place place_of(struct str body, size_t at)
{
    for (size_t i = 0; i <= at; i++) {
        if (body.ptr[i] != '"')
            continue;
        size_t from = ++i;
        while (i < body.len && body.ptr[i] != '"')
            i += body.ptr[i] == '\\' ? 2 : 1;
        if (at >= from && at < i)
            return of_string(body, from, i);
    }
    char c = body.ptr[at];
    return (c >= '0' && c <= '9') || c == '-' ? PLACE_NUMBER : PLACE_STRUCTURE;
}

bool wire_shows(struct str body, size_t at)
{
    enum place p = place_of(body, at);
    return p != PLACE_NUMBER && p != PLACE_TEXT;
}

static struct str flipped(struct arena *a, struct str body, uint64_t x)
{
    char *bytes = arena_cstr(a, body);
    size_t at = (size_t)(x / 8 % body.len);
    while (!wire_shows(body, at))
        at = (at + 1) % body.len;
    bytes[at] = (char)(bytes[at] ^ 1 << x % 8);
    return (struct str){bytes, body.len};
}

struct str wire_hurt(struct arena *a, struct str body, enum wire_damage damage, uint64_t x)
{
    if (damage == DAMAGE_FLIPPED)
        return flipped(a, body, x);
    return str_take(body, damage == DAMAGE_CUT ? (size_t)(x % body.len) : 0);
}

struct http_answer wire_proxy(uint64_t x)
{
    static const int statuses[] = {200, 202, 404, 502, 503};
    return (struct http_answer){
        .outcome = OUTCOME_DONE,
        .status = statuses[x % 5],
        .body = STR("<html><head><title>Sign in</title></head><body>{}</body></html>"),
    };
}
