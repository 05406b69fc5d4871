#include "flink_script.h"

#include "base/limits.h"

struct script_http http;

static void http_send(void *ctx, const struct http_call *call,
                      void (*fn)(void *arg, const struct http_answer *answer), void *arg)
{
    (void)ctx;
    assert_true(http.n_calls < SCRIPT_MOST);
    http.asked[http.n_calls] = (struct script_asked){fn, arg};
    struct http_call *kept = &http.calls[http.n_calls++];
    *kept = *call;
    kept->url = arena_str(story_arena, call->url);
    kept->body = arena_str(story_arena, call->body);
}

static void loop_post(void *ctx, void (*fn)(void *arg), void *arg)
{
    (void)ctx;
    assert_true(http.n_posted < SCRIPT_MOST);
    http.posted[http.n_posted++] = (struct script_posted){fn, arg};
}

/* Answers all calls; each from memory that is gone afterwards. */
void script_run(void)
{
    for (size_t i = 0; i < http.n_posted; i++)
        http.posted[i].fn(http.posted[i].arg);
    http.n_posted = 0;
    for (size_t i = 0; i < http.n_calls; i++) {
        if (i >= http.n_answers)
            fail_msg("an unexpected request: %s", http.calls[i].url.ptr);
        struct http_answer answer = http.answers[i];
        char *body = mem_alloc(answer.body.len ? answer.body.len : 1);
        if (answer.body.len)
            memcpy(body, answer.body.ptr, answer.body.len);
        answer.body.ptr = body;
        http.asked[i].fn(http.asked[i].arg, &answer);
        mem_free(body);
    }
}

void script_answer(struct http_answer answer)
{
    assert_true(http.n_answers < SCRIPT_MOST);
    http.answers[http.n_answers++] = answer;
}

void script_body(int status, const char *body)
{
    script_answer((struct http_answer){
        .outcome = OUTCOME_DONE, .status = status, .body = str_of(body), .took_us = 1000});
}

void script_silence(const char *why)
{
    script_answer((struct http_answer){.outcome = OUTCOME_UNKNOWN, .text = str_of(why)});
}

static struct flink_rest *adapter;
struct flink flink;

void script_fresh(void)
{
    memset(&http, 0, sizeof(http));
}

int script_begin(void **state)
{
    static const struct http_client_ops client = {.send = http_send};
    static const struct loop_ops loop = {.post = loop_post};
    script_fresh();
    adapter = flink_rest_new((struct http_client){&client, NULL}, (struct loop){&loop, NULL});
    flink = flink_rest_port(adapter);
    return story_begin(state);
}

int script_end(void **state)
{
    flink_rest_free(adapter);
    return story_end(state);
}

void assert_call(size_t i, const char *method, const char *path)
{
    assert_true(i < http.n_calls);
    assert_string_equal(http.calls[i].method, method);
    assert_text(http.calls[i].url, arena_fmt(story_arena, "%s%s", URL, path).ptr);
    assert_int_equal(http.calls[i].most_bytes, LIMIT_FLINK_ANSWER);
    assert_false(http.calls[i].follow_redirects);
    assert_int_equal(http.calls[i].to_fd, -1);
}
