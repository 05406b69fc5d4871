/* A request on its way in: limits, framing and the Host are checked before the handler is called. */
#include "adapt/http_server/server_internal.h"
#include "base/limits.h"

/* Called with the raw target, before the library cuts it up. */
void *request_begin(void *server, const char *target, struct MHD_Connection *conn)
{
    struct http_exchange *x = exchange_new(server, conn);
    if (target) {
        x->target = arena_str(x->arena, str_of(target));
        x->target_end = target + x->target.len;
    }
    return x;
}

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
    struct str host;
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
    } else if (str_eq(h->name, STR("transfer-encoding"))) {
        in->n_encoding++;
        in->is_chunked = str_eq_nocase(h->value, STR("chunked"));
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

static enum refusal check_headers(const struct intake *in, bool is_http_1_0)
{
    if (in->is_malformed || in->n_host > 1 || (in->n_host == 0 && !is_http_1_0))
        return REFUSE_HEADERS;
    if (in->n_length > 1 || in->n_encoding > 1 || (in->n_encoding && in->n_length))
        return REFUSE_FRAMING;
    if (in->n_encoding && (!in->is_chunked || is_http_1_0))
        return REFUSE_FRAMING;
    /* Browsers always send a Host; only they can be led here by a foreign page. */
    if (in->n_host && in->x->server->on_loopback && !http_host_is_loopback(without_port(in->host)))
        return REFUSE_HOST;
    return REFUSE_NOTHING;
}

static bool is_body_too_large(const struct http_request *r)
{
    for (size_t i = 0; i < r->n_headers; i++) {
        int64_t n = 0;
        if (str_eq(r->headers[i].name, STR("content-length")))
            return !str_to_i64(r->headers[i].value, &n) || n > (int64_t)LIMIT_REQUEST_BODY;
    }
    return false;
}

static enum refusal take_in(struct http_exchange *x, const char *method, const char *version)
{
    if (x->server->stopping)
        return REFUSE_STOPPING;
    if (x->target.len > LIMIT_URL)
        return REFUSE_URL_SIZE;
    size_t size =
        MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    if (size > LIMIT_REQUEST_HEADERS + LIMIT_URL)
        return REFUSE_HEADERS_SIZE;
    struct http_request *r = &x->request;
    r->arena = x->arena;
    r->exchange = x;
    r->method = arena_str(x->arena, str_of(method));
    if (!is_token(r->method))
        return REFUSE_HEADERS;
    /* The version stands right behind the target, unless that had a NUL inside. */
    if (version != x->target_end + 1 || !target_decode(x->target, x->arena, &r->path, &r->query))
        return REFUSE_TARGET;
    int n = MHD_get_connection_values(x->conn, MHD_HEADER_KIND, NULL, NULL);
    x->headers = ARENA_ARRAY(x->arena, struct http_header, (size_t)n);
    r->headers = x->headers;
    struct intake in = {.x = x, .next = version + strlen(version) + 2};
    MHD_get_connection_values_n(x->conn, MHD_HEADER_KIND, add_header, &in);
    if (in.next + 2 != method + size)
        in.is_malformed = true;
    enum refusal why = check_headers(&in, strcmp(version, MHD_HTTP_VERSION_1_0) == 0);
    if (why == REFUSE_NOTHING && is_body_too_large(r))
        why = REFUSE_BODY_SIZE;
    return why;
}

static enum MHD_Result take_body(struct http_exchange *x, struct str part)
{
    if (x->body.len + part.len > LIMIT_REQUEST_BODY) {
        refuse_raw(x, REFUSE_BODY_SIZE);
        return MHD_NO;
    }
    buf_add(&x->body, part);
    return MHD_YES;
}

static void hand_over(struct http_exchange *x)
{
    struct server *s = x->server;
    peer_is_served(s, x->conn);
    x->request.body = buf_str(&x->body);
    x->is_owed = true;
    s->handler(s->arg, &x->request);
    if (x->is_owed) {
        MHD_suspend_connection(x->conn);
        x->is_suspended = true;
    }
}

enum MHD_Result request_more(void *server, struct MHD_Connection *conn, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *n_body, void **exchange)
{
    (void)server;
    (void)conn;
    (void)url;
    struct http_exchange *x = *exchange;
    if (!x->is_read) {
        x->is_read = true;
        enum refusal why = take_in(x, method, version);
        return why == REFUSE_NOTHING ? MHD_YES : refuse(x, why);
    }
    if (*n_body) {
        size_t n = *n_body;
        *n_body = 0;
        return take_body(x, (struct str){body, n});
    }
    hand_over(x);
    return MHD_YES;
}
