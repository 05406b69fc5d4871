/* The head of a request: collected, checked, and judged. */
#include <arpa/inet.h>

#include "adapt/http_server/server_internal.h"
#include "base/limits.h"

/* The library forgives what another reader of the same bytes may understand differently: folded
 * lines (which it mixes into the name), bare line feeds, NULs, blanks before a colon, empty names.
 * Its strings lie where the bytes came in. So whether the head was what it seems can be seen from
 * where they lie: each must begin where the one before it ended, plus the two bytes of the CRLF. */
struct intake {
    struct http_exchange *x;
    const char *next; /* where the next line must begin */
    size_t n_host;
    size_t n_length;
    size_t n_encoding;
    int64_t length;
    struct str host;
    bool expects; /* the client waits for a word before it sends the body */
    bool is_chunked;
    bool is_malformed;
};

static void look_at(struct intake *in, const struct http_header *h)
{
    if (str_eq(h->name, STR("host"))) {
        in->n_host++;
        in->host = h->value;
    } else if (str_eq(h->name, STR("content-length"))) {
        in->n_length++;
        if (!str_to_i64(h->value, &in->length))
            in->length = INT64_MAX; /* a number for the library, but more than ours */
    } else if (str_eq(h->name, STR("transfer-encoding"))) {
        in->n_encoding++;
        in->is_chunked = str_eq_nocase(h->value, STR("chunked"));
    } else if (str_eq(h->name, STR("expect"))) {
        in->expects = true;
    }
}

static bool has_control(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* Only the colon, which the library made a NUL, and blanks are between name and value. */
static bool stands_behind(const char *colon, const char *value)
{
    const char *p = colon + 1;
    while (p < value && (*p == ' ' || *p == '\t'))
        p++;
    return p == value;
}

static enum MHD_Result add_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t n,
                                  const char *value, size_t n_value)
{
    (void)kind;
    struct intake *in = arg;
    struct http_exchange *x = in->x;
    if (name != in->next || !stands_behind(name + n, value) || !is_token((struct str){name, n}) ||
        has_control((struct str){value, n_value})) {
        in->is_malformed = true;
        return MHD_NO;
    }
    in->next = value + n_value + 2;
    char *lower = arena_cstr(x->arena, (struct str){name, n});
    for (size_t i = 0; i < n; i++) {
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] = (char)(lower[i] + ('a' - 'A'));
    }
    struct http_header *h = &x->headers[x->request.n_headers++];
    h->name = (struct str){lower, n};
    h->value = str_trim(arena_str(x->arena, (struct str){value, n_value}));
    look_at(in, h);
    return MHD_YES;
}

/* The name or address of "name:port", "1.2.3.4", "[::1]:80". */
static struct str without_port(struct str host)
{
    size_t end = str_find_char(host, ']');
    if (host.len && host.ptr[0] == '[' && end < host.len)
        return str_take(host, end + 1);
    return str_take(host, str_find_char(host, ':'));
}

static struct str address_of(const struct http_exchange *x)
{
    char text[INET6_ADDRSTRLEN] = {0};
    const struct sockaddr *a =
        MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    const void *address = NULL;
    if (a && a->sa_family == AF_INET)
        address = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
    else if (a && a->sa_family == AF_INET6)
        address = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (!address || !inet_ntop(a->sa_family, address, text, sizeof(text)))
        return (struct str){0};
    return arena_str(x->arena, str_of(text));
}

/* Collects the headers; false when the head is not what it seems, or is none. */
static bool read_head(struct intake *in, const char *method, const char *version, size_t size)
{
    struct http_exchange *x = in->x;
    struct http_request *r = &x->request;
    r->arena = x->arena;
    r->exchange = x;
    r->peer = address_of(x);
    r->method = arena_str(x->arena, str_of(method));
    if (!is_token(r->method) || version != x->target_end + 1)
        return false;
    int n = MHD_get_connection_values(x->conn, MHD_HEADER_KIND, NULL, NULL);
    x->headers = ARENA_ARRAY(x->arena, struct http_header, (size_t)n);
    r->headers = x->headers;
    in->next = version + strlen(version) + 2;
    MHD_get_connection_values_n(x->conn, MHD_HEADER_KIND, add_header, in);
    return !in->is_malformed && in->next + 2 == method + size;
}

/* After such a refusal nobody knows where the next request begins. */
static enum refusal check_framing(struct intake *in, const char *method, const char *version)
{
    size_t size =
        MHD_get_connection_info(in->x->conn, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    if (size > LIMIT_REQUEST_HEADERS + in->x->target.len)
        return REFUSE_HEADERS_SIZE;
    bool is_http_1_0 = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    if (!read_head(in, method, version, size) || in->n_host > 1 ||
        (in->n_host == 0 && !is_http_1_0))
        return REFUSE_HEADERS;
    if (in->n_length > 1 || in->n_encoding > 1 || (in->n_encoding && in->n_length))
        return REFUSE_FRAMING;
    if (in->n_encoding && (!in->is_chunked || is_http_1_0))
        return REFUSE_FRAMING;
    return REFUSE_NOTHING;
}

static enum refusal check_content(const struct intake *in)
{
    struct http_exchange *x = in->x;
    if (x->server->stopping)
        return REFUSE_STOPPING;
    if (x->target.len > LIMIT_URL)
        return REFUSE_URL_SIZE;
    if (!target_decode(x->target, x->arena, &x->request.path, &x->request.query))
        return REFUSE_TARGET;
    /* Browsers always send a Host; only they can be led here by a foreign page. */
    if (in->n_host && x->server->on_loopback && !http_host_is_loopback(without_port(in->host)))
        return REFUSE_HOST;
    if (in->length > (int64_t)LIMIT_REQUEST_BODY)
        return REFUSE_BODY_SIZE;
    return REFUSE_NOTHING;
}

bool head_take(struct http_exchange *x, const char *method, const char *version)
{
    struct intake in = {.x = x};
    x->refusal = check_framing(&in, method, version);
    if (x->refusal != REFUSE_NOTHING)
        return false;
    x->refusal = check_content(&in);
    return x->refusal == REFUSE_NOTHING || (!in.expects && in.length <= (int64_t)DISCARD_MOST);
}
