/* Whatever is sent: a 4xx that says what was wrong, and nothing has changed. */
#include "base/limits.h"
#include "malformed.h"

/* False when it was not refused as it must be. */
static bool is_refused(const struct malformed *m)
{
    struct str before = whole_registry();
    struct answer a = ask((struct ask){
        .method = m->method, .path = m->path, .body = m->body, .raw = m->raw, .type = m->type});
    struct json place = json_at(json_get(a.json, STR("errors")), 0);
    struct str pointer = text_at(place, "pointer");
    bool fits = a.status == m->status && str_eq(a.type, STR("application/problem+json")) &&
                text_at(a.json, "detail").len > 0 &&
                str_eq(text_at(a.json, "detail"), text_at(a.json, "message")) &&
                (!m->pointer || str_eq(pointer, str_of(m->pointer)));
    fits = fits && str_eq(whole_registry(), before);
    if (!fits)
        print_error("%s %s %.120s: expected %d at %s, answered %d: %.*s\n", m->method, m->path,
                    m->body      ? m->body
                    : m->raw.ptr ? m->raw.ptr
                                 : "",
                    m->status, m->pointer ? m->pointer : "(nowhere)", a.status, (int)a.body.len,
                    a.body.ptr);
    return fits;
}

static void refuse_all(const struct malformed_list *list)
{
    size_t wrong = 0;
    have_deployment("one", "CANCELLED");
    for (size_t i = 0; i < list->n; i++)
        wrong += !is_refused(&list->items[i]);
    assert_int_equal(wrong, 0);
}

static void wrong_values_are_pointed_at(void **state)
{
    (void)state;
    refuse_all(&malformed_fields);
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    refuse_all(&malformed_texts);
}

static void paths_methods_and_queries_are_exact(void **state)
{
    (void)state;
    refuse_all(&malformed_requests);
}

static void there_are_at_least_two_hundred(void **state)
{
    (void)state;
    size_t n = malformed_fields.n + malformed_texts.n + malformed_requests.n;
    print_message("%zu malformed requests\n", n);
    assert_true(n >= 200);
}

/* ---- sizes: made here, they would not be read in a table ---- */

#define ONE "/api/v1/namespaces/default/deployments/one"

static void refuse_text(struct buf *b, const char *type, int status, const char *pointer)
{
    struct malformed m = {.method = "PATCH",
                          .path = ONE,
                          .raw = buf_str(b),
                          .type = type,
                          .status = status,
                          .pointer = pointer};
    assert_true(is_refused(&m));
    buf_clear(b);
}

static void add_times(struct buf *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add(b, str_of(text));
}

static void depth_and_length_have_limits(void **state)
{
    struct buf b = {0};
    (void)state;
    have_deployment("one", "CANCELLED");
    add_times(&b, "[", 100000);
    add_times(&b, "]", 100000);
    refuse_text(&b, "application/json", 413, "");
    add_times(&b, "{\"spec\":", 40);
    buf_add(&b, STR("1"));
    add_times(&b, "}", 40);
    refuse_text(&b, "application/json", 413, "");
    add_times(&b, "[", 2000);
    refuse_text(&b, "application/yaml", 413, "");
    buf_add(&b, STR("{\"spec\":{\"template\":{\"spec\":{\"artifact\":{\"mainArgs\":\""));
    add_times(&b, "a", LIMIT_STRING + 1);
    buf_add(&b, STR("\"}}}}}"));
    refuse_text(&b, "application/json", 413, "/spec/template/spec/artifact/mainArgs");
    buf_fini(&b);
}

static void add_numbered(struct buf *b, const char *format_begin, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_fmt(b, "%s\"%s%zu\":\"x\"", i ? "," : "", format_begin, i);
}

static void counts_have_limits(void **state)
{
    struct buf b = {0};
    (void)state;
    have_deployment("one", "CANCELLED");
    buf_add(&b, STR("{\"metadata\":{\"labels\":{"));
    add_numbered(&b, "l", LIMIT_LABELS + 1);
    buf_add(&b, STR("}}}"));
    refuse_text(&b, "application/json", 413, "/metadata/labels");
    buf_add(&b, STR("{\"spec\":{\"template\":{\"spec\":{\"flinkConfiguration\":{"));
    add_numbered(&b, "k", LIMIT_MAP_ENTRIES + 1);
    buf_add(&b, STR("}}}}}"));
    refuse_text(&b, "application/json", 413, "/spec/template/spec/flinkConfiguration");
    buf_add(&b,
            STR("{\"spec\":{\"template\":{\"spec\":{\"artifact\":{\"additionalDependencies\":["));
    for (size_t i = 0; i <= LIMIT_LIST_ENTRIES; i++)
        buf_fmt(&b, "%s\"file:///%zu\"", i ? "," : "", i);
    buf_add(&b, STR("]}}}}}"));
    refuse_text(&b, "application/json", 413, "/spec/template/spec/artifact/additionalDependencies");
    buf_add(&b, STR("{\"metadata\":{\"name\":\""));
    add_times(&b, "n", LIMIT_NAME + 1);
    buf_add(&b, STR("\"}}"));
    struct malformed m = {.method = "PATCH",
                          .path = ONE,
                          .raw = buf_str(&b),
                          .status = 413,
                          .pointer = "/metadata/name"};
    assert_true(is_refused(&m));
    buf_fini(&b);
}

static void yaml_that_grows_is_refused(void **state)
{
    struct buf b = {0};
    (void)state;
    have_deployment("one", "CANCELLED");
    buf_add(&b, STR("a0: &a0 [x,x,x,x,x,x,x,x,x]\n"));
    for (int i = 1; i < 10; i++)
        buf_fmt(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1,
                i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    refuse_text(&b, "application/yaml", 413, "");
    add_times(&b, "- x\n", LIMIT_YAML_NODES + 1);
    refuse_text(&b, "application/yaml", 413, "");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        API_STORY(wrong_values_are_pointed_at),         API_STORY(what_is_no_document_is_refused),
        API_STORY(paths_methods_and_queries_are_exact), API_STORY(there_are_at_least_two_hundred),
        API_STORY(depth_and_length_have_limits),        API_STORY(counts_have_limits),
        API_STORY(yaml_that_grows_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
