#include "adapt/artifacts/parts.h"

#define NAME_MOST 120U

bool sha256_is_valid(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
            return false;
    return s.len == SHA256_HEX;
}

/* False on a broken escape or an encoded NUL. */
static bool decode(struct arena *a, struct str s, struct str *ret)
{
    char *out = arena_alloc(a, s.len + 1);
    *ret = (struct str){out, 0};
    return str_percent_decode(s, out, &ret->len) && !memchr(out, '\0', ret->len);
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* Others put this name into paths of their own: nothing of the user's but plain characters. */
static struct str safe_name(struct arena *a, struct str path)
{
    size_t slash = path.len;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    struct str last = str_skip(path, slash);
    if (str_ends_with(last, STR(".jar")))
        last.len -= 4;
    while (last.len && last.ptr[0] == '.')
        last = str_skip(last, 1);
    last = str_take(last, NAME_MOST);
    if (str_is_empty(last))
        last = STR("job");
    char *name = arena_cstr(a, last);
    for (size_t i = 0; i < last.len; i++)
        if (!is_plain(name[i]))
            name[i] = '_';
    return arena_fmt(a, "%s.jar", name);
}

/* What lies before the query and the fragment. */
static struct str without_query(struct str s)
{
    s = str_take(s, str_find_char(s, '?'));
    return str_take(s, str_find_char(s, '#'));
}

static struct source bad(struct str text)
{
    return (struct source){.kind = SOURCE_NONE, .text = text};
}

/* file:/path, file:///path and file://localhost/path */
static struct source file_source(struct arena *a, struct str rest)
{
    struct source s = {.kind = SOURCE_FILE};
    rest = without_query(rest);
    if (str_starts_with(rest, STR("//"))) {
        struct str authority = str_skip(rest, 2);
        size_t slash = str_find_char(authority, '/');
        struct str host = str_take(authority, slash);
        if (!str_is_empty(host) && !str_eq_nocase(host, STR("localhost")))
            return bad(arena_fmt(a, "a file: URI of another host (%.*s); write file:///path",
                                 STR_ARG(host)));
        rest = str_skip(authority, slash);
    }
    if (!str_starts_with(rest, STR("/")))
        return bad(STR("a file: URI without an absolute path; write file:///path"));
    if (!decode(a, rest, &s.path))
        return bad(STR("a file: URI with a broken % escape"));
    s.name = safe_name(a, s.path);
    return s;
}

static struct source http_source(struct arena *a, struct str rest)
{
    struct source s = {.kind = SOURCE_HTTP};
    struct str authority = str_skip(rest, 2);
    if (!str_starts_with(rest, STR("//")) || str_is_empty(authority) || authority.ptr[0] == '/')
        return bad(STR("an http: URI without a host"));
    struct str path = without_query(str_skip(authority, str_find_char(authority, '/')));
    if (!decode(a, path, &path))
        return bad(STR("an http: URI with a broken % escape"));
    s.name = safe_name(a, path);
    return s;
}

struct source source_of(struct arena *a, struct str uri)
{
    struct str rest;
    struct str scheme = str_split(uri, ':', &rest);
    if (scheme.len == uri.len)
        return bad(STR("not a URI: no scheme; write file:///path or https://host/path"));
    if (str_eq_nocase(scheme, STR("file")))
        return file_source(a, rest);
    if (str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https")))
        return http_source(a, rest);
    return bad(arena_fmt(a, "the scheme %.*s: is not known here; use file:, http: or https:",
                         STR_ARG(str_take(scheme, 32))));
}
