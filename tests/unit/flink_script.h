/* What the tests of Flink's REST answers share: a scripted HTTP client. It answers in the order in
 * which the test wrote the answers, later, and keeps what was asked. */
#pragma once

#include "adapt/flink_rest/flink_rest.h"
#include "story.h"

#define URL     "http://127.0.0.1:8081"
#define JOB     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"
#define OTHER   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb02"
#define TRIGGER "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a02"
#define LEADER                                                                                  \
    "{\"errors\":[\"Service temporarily unavailable due to an ongoing leader election. Please " \
    "refresh.\"]}"

#define SCRIPT_MOST 8

struct script_http {
    struct http_answer answers[SCRIPT_MOST];
    size_t n_answers;
    struct http_call calls[SCRIPT_MOST];
    size_t n_calls;
    struct script_asked {
        void (*fn)(void *arg, const struct http_answer *answer);
        void *arg;
    } asked[SCRIPT_MOST]; /* of the calls, in their order */
    struct script_posted {
        void (*fn)(void *arg);
        void *arg;
    } posted[SCRIPT_MOST];
    size_t n_posted;
};

extern struct script_http http;
extern struct flink flink;

/* Forgets what was scripted and asked. */
void script_fresh(void);
void script_answer(struct http_answer answer);
void script_body(int status, const char *body);
void script_silence(const char *why);
/* Answers all calls, each from memory that is gone afterwards. */
void script_run(void);
/* The call was of this method and path, bounded, and follows no redirect. */
void assert_call(size_t i, const char *method, const char *path);

int script_begin(void **state);
int script_end(void **state);
#undef STORY
#define STORY(test) cmocka_unit_test_setup_teardown(test, script_begin, script_end)
