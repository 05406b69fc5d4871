#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

static FILE *file;

static bool is_wanted(void)
{
    const char *folder = getenv("SLUICE_API_RECORD");
    if (!file && folder) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%d.jsonl", folder, (int)getpid());
        file = fopen(path, "a");
        assert_non_null(file);
    }
    return file != NULL;
}

static void put_text(struct json_out *o, const char *key, struct str text)
{
    json_key(o, str_of(key));
    json_put_str(o, str_is_utf8(text) ? text : STR("(no UTF-8)"));
}

static void put_headers(struct json_out *o, const char *key, const struct http_header *headers,
                        size_t n)
{
    json_key(o, str_of(key));
    json_begin_array(o);
    for (size_t i = 0; i < n; i++) {
        json_begin_array(o);
        json_put_str(o, headers[i].name);
        json_put_str(o, headers[i].value);
        json_end_array(o);
    }
    json_end_array(o);
}

static struct str asked_type(const struct http_exchange *x)
{
    for (size_t i = 0; i < x->request.n_headers; i++)
        if (str_eq(x->request.headers[i].name, STR("content-type")))
            return x->request.headers[i].value;
    return STR("");
}

void record_exchange(const struct http_exchange *x)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    if (!is_wanted())
        return;
    json_begin_object(&o);
    put_text(&o, "method", x->request.method);
    put_text(&o, "path", x->request.path);
    put_text(&o, "query", x->request.query);
    put_text(&o, "askedType", asked_type(x));
    put_text(&o, "asked", str_take(x->request.body, 2000));
    json_key(&o, STR("status"));
    json_put_i64(&o, x->status);
    put_text(&o, "type", x->type);
    put_headers(&o, "headers", x->answer_headers, x->n_answer_headers);
    put_text(&o, "body", x->streams ? buf_str(&x->stream) : x->body);
    json_end_object(&o);
    buf_add_char(&b, '\n');
    assert_int_equal(fwrite(b.ptr, 1, b.len, file), b.len);
    buf_fini(&b);
}
