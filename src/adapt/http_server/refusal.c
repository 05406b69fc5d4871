/* The answers of the server itself: fixed problem documents (RFC 9457) that also carry `message`,
 * which is where clients of Ververica Platform look. */
#include <stdio.h>
#include <sys/socket.h>

#include "adapt/http_server/server_internal.h"
#include "base/limits.h"

static const struct {
    enum err_code code;
    unsigned limit; /* 0, or it ends the text */
    const char *text;
} TEXTS[REFUSALS] = {
    [REFUSE_TARGET] = {ERR_BAD_REQUEST, 0,
                       "The path is not clean: it must start with /, be UTF-8, percent-encoded "
                       "correctly, and free of control characters and of . and .. segments."},
    [REFUSE_FRAMING] = {ERR_BAD_REQUEST, 0,
                        "Content-Length and Transfer-Encoding leave the length of the body open."},
    [REFUSE_HEADERS] = {ERR_BAD_REQUEST, 0, "The request line or a header is malformed."},
    [REFUSE_BODY_SIZE] = {ERR_TOO_LARGE, LIMIT_REQUEST_BODY, "The server takes a body"},
    [REFUSE_URL_SIZE] = {ERR_URI_TOO_LONG, LIMIT_URL, "The server takes a URL"},
    [REFUSE_HOST] = {ERR_MISDIRECTED, 0,
                     "The server listens on this machine only and goes by no such Host name: "
                     "use localhost or its address."},
    [REFUSE_HEADERS_SIZE] = {ERR_HEADERS_TOO_LARGE, LIMIT_REQUEST_HEADERS,
                             "The server takes headers"},
    [REFUSE_INTERNAL] = {ERR_INTERNAL, 0, "The answer could not be put together."},
    [REFUSE_STOPPING] = {ERR_UNAVAILABLE, 0, "The server is stopping."},
};

static const char CONTENT_TYPE[] = "application/problem+json";

static unsigned status_of(enum refusal why)
{
    return (unsigned)err_http_status(TEXTS[why].code);
}

static int write_problem(enum refusal why, char *ret, size_t size)
{
    char text[256];
    enum err_code code = TEXTS[why].code;
    if (TEXTS[why].limit)
        snprintf(text, sizeof(text), "%s of at most %u bytes.", TEXTS[why].text, TEXTS[why].limit);
    else
        snprintf(text, sizeof(text), "%s", TEXTS[why].text);
    return snprintf(ret, size,
                    "{\"type\":\"urn:sluice:problem:%s\",\"title\":\"%s\",\"status\":%d,"
                    "\"detail\":\"%s\",\"code\":\"%s\",\"message\":\"%s\"}\n",
                    err_code_name(code), err_title(code), err_http_status(code), text,
                    err_code_name(code), text);
}

void refusals_init(struct server *s)
{
    for (int why = 1; why < REFUSALS; why++) {
        char body[1024];
        int n = write_problem((enum refusal)why, body, sizeof(body));
        struct MHD_Response *r =
            MHD_create_response_from_buffer((size_t)n, body, MHD_RESPMEM_MUST_COPY);
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, CONTENT_TYPE);
        s->refusals[why] = r;
    }
}

void refusals_fini(struct server *s)
{
    for (int why = 1; why < REFUSALS; why++)
        MHD_destroy_response(s->refusals[why]);
}

enum MHD_Result refuse(struct http_exchange *x, enum refusal why)
{
    return MHD_queue_response(x->conn, status_of(why), x->server->refusals[why]);
}

void refuse_raw(struct http_exchange *x, enum refusal why)
{
    char body[1024];
    char all[1536];
    int n = write_problem(why, body, sizeof(body));
    n = snprintf(all, sizeof(all),
                 "HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
                 "Connection: close\r\n\r\n%s",
                 status_of(why), MHD_get_reason_phrase_for(status_of(why)), CONTENT_TYPE, n, body);
    int fd = MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    /* Nothing was sent on this request yet, so there is room; and if not, the client hears the
     * connection close. */
    ssize_t sent = send(fd, all, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent;
}
