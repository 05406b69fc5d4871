/* Request targets and host names: what is accepted is what can be understood in one way only. */
#include <arpa/inet.h>

#include "adapt/http_server/server_internal.h"

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool has_dot_segment(struct str path)
{
    while (path.len) {
        struct str segment = str_split(path, '/', &path);
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return true;
    }
    return false;
}

/* Control characters are of no use in a path and of much in a forged log line or header. */
static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_control(s.ptr[i]))
            return true;
    return false;
}

bool target_decode(struct str target, struct arena *arena, struct str *ret_path,
                   struct str *ret_query)
{
    struct str query;
    struct str raw = str_split(target, '?', &query);
    if (raw.len == 0 || raw.ptr[0] != '/' || str_contains(target, STR(" ")) || has_control(query))
        return false;
    char *out = arena_alloc(arena, raw.len + 1);
    struct str path = {out, 0};
    if (!str_percent_decode(raw, out, &path.len) || has_control(path) || !str_is_utf8(path) ||
        has_dot_segment(path))
        return false;
    *ret_path = path;
    *ret_query = query;
    return true;
}

bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_alnum && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return s.len > 0;
}

bool http_host_is_loopback(struct str host)
{
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_take(str_skip(host, 1), host.len - 2);
    if (str_eq_nocase(host, STR("localhost")))
        return true;
    char text[INET6_ADDRSTRLEN];
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, text, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
