/* What Flink answers, on its way: written as the bytes that Flink 1.20 and 2.3 send, and read by the
 * daemon's own adapter (adapt/flink_rest), which asks for them over HTTP as it does in sluiced. On the
 * way they may be damaged. */
#pragma once

#include "dice.h"
#include "port/http_client.h"
#include "sim.h"

struct owed;

/* What the adapter asks over HTTP. */
enum wire_question {
    WIRE_OVERVIEW,
    WIRE_TASKMANAGERS,
    WIRE_CHECKPOINTS,
    WIRE_CONFIG,
    WIRE_RESTARTS,
    WIRE_TRIGGER,
    WIRE_CAUSE,
    WIRE_PLAN,
    WIRE_SUBMIT,
    WIRE_SAVEPOINT,
    WIRE_CANCEL,
    WIRE_QUESTIONS
};

enum wire_damage {
    DAMAGE_CUT,     /* the end is missing */
    DAMAGE_EMPTIED, /* all of it is */
    DAMAGE_FLIPPED, /* one bit of one byte is another one */
    DAMAGE_PROXY,   /* a page for people */
    DAMAGE_ANOTHER, /* the answer to a question of another kind */
    DAMAGES
};

/* wire.c */
void wire_begin(struct sim *s);
void wire_end(struct sim *s);
/* From now on one answer in so many is damaged, while points are counted; 0 = none. */
void wire_damages(struct sim *s, int64_t one_in, struct dice dice);
int64_t wire_damaged(const struct sim *s); /* so far */
/* Tells who asked what the answer in o->call comes to. */
void wire_give(struct owed *o);

/* wire_body.c: the answer as it stands in the call, of the newer or the older Flink. */
struct http_answer wire_answer(struct arena *a, const struct w_call *c, enum wire_question what,
                               bool newer);

/* wire_damage.c */
/* A byte whose change shows: of the structure, of a name, of a word such as RUNNING. Numbers, ids,
 * places and texts are not: another one of these is a lie, which no reader could tell from the truth. */
bool wire_shows(struct str body, size_t at);
/* The body after one of the first three. x chooses where. */
struct str wire_hurt(struct arena *a, struct str body, enum wire_damage damage, uint64_t x);
struct http_answer wire_proxy(uint64_t x);

/* wire_metadata.c: reads each snapshot from the `_metadata` that it has; one that is broken was cut. */
void wire_read_metadata(struct arena *a, struct snapshot_sight *items, size_t n);
