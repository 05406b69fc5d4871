/* One call: from struct http_call to a curl handle, and from curl's result to one of three
 * outcomes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapt/http_client/client_internal.h"
#include "base/arena.h"

#define MOST_REDIRECTS 5L

static bool write_to_fd(struct call *call, struct str bytes)
{
    while (bytes.len) {
        ssize_t n = write(call->to_fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            call->write_errno = n < 0 ? errno : EIO;
            return false;
        }
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

static size_t on_body(char *bytes, size_t one, size_t n, void *arg)
{
    (void)one; /* always 1 */
    struct call *call = arg;
    if (n > call->most_bytes - call->received) {
        call->too_large = true;
        return 0; /* less than n: curl gives up */
    }
    call->received += n;
    struct str body = {bytes, n};
    if (call->to_fd >= 0)
        return write_to_fd(call, body) ? n : 0;
    buf_add(&call->answer, body);
    return n;
}

/* For curl a head that breaks off is an answer like any other. */
static size_t on_header(char *line, size_t one, size_t n, void *arg)
{
    (void)one; /* always 1 */
    struct call *call = arg;
    struct str text = {line, n};
    if (str_starts_with(text, STR("HTTP/")))
        call->has_head = false;
    else if (str_trim(text).len == 0)
        call->has_head = true;
    return n;
}

/* Options that are the same for every call. */
static void set_constants(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, MOST_REDIRECTS);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "sluice");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
}

struct call *call_new(struct client *client)
{
    struct call *call = mem_alloc(sizeof(*call));
    call->client = client;
    call->easy = curl_easy_init();
    if (!call->easy)
        abort(); /* as base/arena.h does without memory */
    return call;
}

void call_free(struct call *call)
{
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    buf_fini(&call->request);
    buf_fini(&call->answer);
    mem_free(call);
}

void call_recycle(struct call *call)
{
    curl_easy_reset(call->easy);
    curl_slist_free_all(call->headers);
    call->headers = NULL;
    buf_fini(&call->request);
    buf_fini(&call->answer);
    call->received = 0;
    call->write_errno = 0;
    call->too_large = false;
    call->has_head = false;
    call->error[0] = '\0';
}

static void set_method(struct call *call, const struct http_call *what)
{
    CURL *easy = call->easy;
    const char *method = what->method;
    bool is_read = strcmp(method, "GET") == 0;
    if (strcmp(method, "HEAD") == 0) {
        is_read = true;
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_read ? 0L : 1L);
    /* A POST without a body still says Content-Length: 0; servers insist. */
    if (what->body.len || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
        strcmp(method, "PATCH") == 0) {
        buf_add(&call->request, what->body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->request.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, buf_str(&call->request).ptr);
    }
    if (!is_read || what->body.len)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

/* Left out when it could end the line and begin another. */
static void add_header(struct call *call, const char *name, struct str value)
{
    struct buf line = {0};
    if (value.len == 0 || str_find_char(value, '\r') < value.len ||
        str_find_char(value, '\n') < value.len)
        return;
    buf_fmt(&line, "%s: %.*s", name, STR_ARG(value));
    curl_slist_append(call->headers, line.ptr);
    buf_fini(&line);
}

static void set_headers(struct call *call, const struct http_call *what)
{
    const char *content_type = what->content_type;
    struct buf line = {0};
    /* An empty value makes curl leave the header out, which it would else invent. */
    buf_add(&line, STR("Content-Type:"));
    if (content_type) {
        buf_add_char(&line, ' ');
        buf_add(&line, str_of(content_type));
    }
    call->headers = curl_slist_append(NULL, line.ptr);
    /* Waiting for "100 Continue" costs a second with servers that do not know it. */
    curl_slist_append(call->headers, "Expect:");
    buf_fini(&line);
    add_header(call, "If-None-Match", what->if_none_match);
    add_header(call, "If-Modified-Since", what->if_modified_since);
    add_header(call, "X-Sluice-Author", what->author);
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

void call_prepare(struct call *call, const struct http_call *what)
{
    CURL *easy = call->easy;
    call->most_bytes = what->most_bytes;
    call->timeout_us = what->timeout_us;
    call->to_fd = what->to_fd;
    set_constants(easy);
    struct buf url = {0};
    buf_add(&url, what->url);
    curl_easy_setopt(easy, CURLOPT_URL, buf_str(&url).ptr);
    buf_fini(&url);
    set_method(call, what);
    set_headers(call, what);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)((what->timeout_us + 999) / 1000));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, what->follow_redirects ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
}

/* The peer's kernel said no to the first packet, so nothing was asked of anybody. */
static bool was_refused(CURL *easy, CURLcode code)
{
    long os_errno = 0;
    long redirects = 0;
    long sent = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_COUNT, &redirects);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    return code == CURLE_COULDNT_CONNECT && os_errno == ECONNREFUSED && redirects == 0 && sent == 0;
}

static void explain(const struct call *call, CURLcode code, char *ret, size_t size)
{
    if (call->too_large)
        snprintf(ret, size, "answer too large: more than %zu bytes", call->most_bytes);
    else if (call->write_errno)
        snprintf(ret, size, "the answer cannot be written: %s", strerrordesc_np(call->write_errno));
    else if (code == CURLE_OPERATION_TIMEDOUT)
        snprintf(ret, size, "no answer within %lld ms", (long long)(call->timeout_us / 1000));
    else if (code == CURLE_OK)
        snprintf(ret, size, "the answer broke off in its head");
    else
        snprintf(ret, size, "%s", call->error[0] ? call->error : curl_easy_strerror(code));
}

/* Of the last answer, when redirects led to it. */
static struct str header_of(CURL *easy, const char *name)
{
    struct curl_header *h;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? str_of(h->value)
                                                                              : (struct str){0};
}

void call_answer(struct call *call, CURLcode code)
{
    struct http_answer answer = {.outcome = OUTCOME_DONE, .body = buf_str(&call->answer)};
    long status = 0;
    const char *type = NULL;
    curl_off_t took_us = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(call->easy, CURLINFO_TOTAL_TIME_T, &took_us);
    answer.status = (int)status;
    answer.content_type = str_of(type);
    answer.etag = header_of(call->easy, "ETag");
    answer.last_modified = header_of(call->easy, "Last-Modified");
    answer.took_us = took_us;
    char text[CURL_ERROR_SIZE + 64] = "";
    if (code != CURLE_OK || !call->has_head) {
        answer.outcome = was_refused(call->easy, code) ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
        explain(call, code, text, sizeof(text));
        answer.text = str_of(text);
    }
    call->fn(call->arg, &answer);
}
