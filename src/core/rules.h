/* The rules: one table, read from the top, the first row that matches decides.
 *
 * Numbers are stored with events and never change their meaning; a new row gets a free number. */
#pragma once

#include "core/facts.h"

enum action {
    ACTION_HALT,
    ACTION_LOOK,       /* nothing but observing; what is missing is asked for */
    ACTION_CALL_AGAIN, /* the intent's call, which bears repetition */
    ACTION_NOTE_PROVISIONED,
    ACTION_SETBACK, /* the cluster cannot be had for a reason of ours: abandon, pace, do not count */
    ACTION_DROP_INTENT,
    ACTION_NOTE_UPLOADED,
    ACTION_NOTE_SUBMITTED,
    ACTION_FAIL_START,      /* the job is not there and will not be sent again: the attempt ends */
    ACTION_NOTE_LATE_START, /* the job of an attempt that was given up is there: it goes on */
    ACTION_NOTE_SAVEPOINT,
    ACTION_CANCEL_AFTER_SAVEPOINT,
    ACTION_NOTE_TRY_FAILED,
    ACTION_NOTE_SAVEPOINT_FAILED,
    ACTION_SUPERSEDE_BY_CANCEL,
    ACTION_END_BY_TEARDOWN,
    ACTION_NOTE_DISCARDED,
    ACTION_NOTE_DISCARD_FAILED,
    ACTION_NOTE_END,
    ACTION_NOTE_LOST,
    ACTION_ABANDON,
    ACTION_NOTE_READ,
    ACTION_TEARDOWN,
    ACTION_SWEEP,
    ACTION_NOTE_GONE,
    ACTION_COLLECT,
    ACTION_BLOCK_EVIDENCE,
    ACTION_NOTE_UP,
    ACTION_NOTE_EVIDENCE,
    ACTION_CANCEL,
    ACTION_STOP,
    ACTION_SPEND_TRY,
    ACTION_SAVEPOINT,
    ACTION_DISCARD,
    ACTION_REPLACE,
    ACTION_GIVE_UP,
    ACTION_BLOCK_PREFLIGHT,
    ACTION_BLOCK_CHOICE,
    ACTION_REOPEN, /* reads an older attempt's end once more */
    ACTION_RESERVE,
    ACTION_ADOPT, /* the standby becomes the attempt */
    ACTION_UPLOAD,
    ACTION_SUBMIT,
    ACTION_REST,
    ACTION_REMOVE,
    /* section 700 */
    ACTION_STANDBY_BEGIN,
    ACTION_STANDBY_CALL_AGAIN,
    ACTION_STANDBY_UPLOAD,
    ACTION_STANDBY_WARM,
    ACTION_STANDBY_NOTE_READY,
    ACTION_STANDBY_GIVE_UP, /* the upgrade goes on without */
    ACTION_STANDBY_REFUSE,  /* the upgrade cannot go on */
    ACTION_STANDBY_END,
    ACTION_STANDBY_NOTE_GONE,
    ACTION_VALUES
};

/* A set of values of one column; 0 = any. */
typedef uint16_t fact_set;

struct rule {
    int number;
    fact_set want, phase, world, job, intent, result, drift, evidence, choice, preflight, pace,
        request, standby;
    fact_set step, use, cluster, answer;
    enum action then;
    const char *why; /* completes "because ..." */
};

enum { SECTION_STANDBY = 700 }; /* rows from here on are asked about the standby alone */
extern const struct rule rules[];
extern const size_t n_rules;
/* Section headings of the table: every rule with a number >= from (and below the next one's). */
struct rule_section {
    int from;
    const char *title;
};
extern const struct rule_section rule_sections[];
extern const size_t n_rule_sections;

/* The row of sections 100 to 600 that decides. Never NULL: the last of them matches everything. */
const struct rule *rules_match(const struct facts *f);
/* The row of section 700; the same. It is asked when the sections before it change nothing. */
const struct rule *rules_match_standby(const struct standby_facts *f);

/* The row of a number, or NULL. */
const struct rule *rules_find(int number);
/* The set a row allows in column i of fact_columns (0 = any). */
fact_set rules_column(const struct rule *r, size_t i);
const char *action_name(enum action a);
