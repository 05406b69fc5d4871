/* The decoders of Flink's REST answers. The first byte chooses the decoder, the second the status;
 * the rest is the body. Of the corpus both are digits: '1' is 200 (49 % 7 = 0), '2' 202, '3' 400, '4'
 * 404. */
#include "adapt/flink_rest/codec.h"
#include "fuzz.h"

#define JOB STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01")

static const int statuses[] = {200, 202, 400, 404, 409, 500, 503};

static void check_line(struct str text)
{
    FUZZ_RULE(text.len < 700);
    for (size_t i = 0; i < text.len; i++)
        FUZZ_RULE((unsigned char)text.ptr[i] >= 0x20);
}

static void try_look(struct arena *a, const struct http_answer *answer)
{
    struct flink_sight s = {0};
    struct str why;
    if (decode_overview(a, answer, JOB, &s, &why)) {
        FUZZ_RULE(answer->status == 200 && s.job != FLINK_JOB_UNKNOWN);
        FUZZ_RULE(s.tasks_up >= 0 && s.tasks_up <= s.tasks_total);
    } else {
        check_line(why);
    }
    if (decode_taskmanagers(a, answer, &s, &why))
        FUZZ_RULE(s.taskmanager_ids.n == 0 || s.taskmanager_ids.items[0].len > 0);
    FUZZ_RULE(decode_restarts(a, answer) >= -1);
}

static void try_checkpoints(struct arena *a, const struct http_answer *answer)
{
    struct flink_checkpoints c = {0};
    decode_checkpoints(a, answer, &c);
    FUZZ_RULE(c.outcome == OUTCOME_DONE || c.latest_completed.id == 0);
    FUZZ_RULE(c.outcome != OUTCOME_REFUSED || answer->status == 404);
    decode_checkpoint_config(a, answer, &c);
    check_line(c.text);
}

static void try_trigger(struct arena *a, const struct http_answer *answer)
{
    struct flink_trigger t = decode_trigger(a, answer);
    bool located = t.state == FLINK_TRIGGER_COMPLETED || t.state == FLINK_TRIGGER_STOP_FAILED;
    FUZZ_RULE(located == (t.location.len > 0));
    FUZZ_RULE(t.state != FLINK_TRIGGER_NOT_KNOWN || answer->status == 404);
    check_line(t.text);
}

static void try_writes(struct arena *a, const struct http_answer *answer)
{
    struct flink_answer submitted = decode_submit(a, answer, JOB);
    struct flink_answer posted = decode_posted(a, answer, JOB);
    struct flink_answer cancelled = decode_cancel(a, answer);
    FUZZ_RULE(submitted.outcome != OUTCOME_UNKNOWN); /* there was an answer */
    FUZZ_RULE(posted.outcome != OUTCOME_DONE || answer->status == 202);
    FUZZ_RULE(cancelled.outcome != OUTCOME_DONE || answer->status == 202);
    check_line(submitted.text);
    check_line(posted.text);
    check_line(cancelled.text);
    check_line(decode_cause(a, answer).text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static void (*const tries[])(struct arena *a, const struct http_answer *answer) = {
        try_look, try_checkpoints, try_trigger, try_writes};
    if (n < 2)
        return 0;
    struct http_answer answer = {
        .outcome = OUTCOME_DONE,
        .status = statuses[bytes[1] % (sizeof(statuses) / sizeof(statuses[0]))],
        .body = {(const char *)bytes + 2, n - 2},
    };
    struct arena *a = arena_new();
    tries[bytes[0] % 4](a, &answer);
    arena_free(a);
    return 0;
}
