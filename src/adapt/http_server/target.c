/* Request targets and host names: what is accepted is what can be understood in one way only. */
#include <arpa/inet.h>

#include "adapt/http_server/server_internal.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

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

/* Undoes percent-encoding, once. Control characters are of no use in a path and of much in a
 * forged log line or header. */
static bool decode(struct str raw, char *out, size_t *ret_len)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '%') {
            int high = raw.len - i > 2 ? hex_digit(raw.ptr[i + 1]) : -1;
            int low = raw.len - i > 2 ? hex_digit(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == ' ') {
            return false;
        }
        if (is_control(c))
            return false;
        out[n++] = c;
    }
    *ret_len = n;
    return true;
}

bool target_decode(struct str target, struct arena *arena, struct str *ret_path,
                   struct str *ret_query)
{
    struct str query;
    struct str raw = str_split(target, '?', &query);
    if (raw.len == 0 || raw.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < query.len; i++) {
        if (is_control(query.ptr[i]) || query.ptr[i] == ' ')
            return false;
    }
    char *out = arena_alloc(arena, raw.len + 1);
    struct str path = {out, 0};
    if (!decode(raw, out, &path.len) || !str_is_utf8(path) || has_dot_segment(path))
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
