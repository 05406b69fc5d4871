/* What the parts of the registry and the shell share. */
#pragma once

#include <stdlib.h>

#include "shell/app.h"

/* NULL with *e set when it cannot be read. */
struct object *object_decode(const struct fields *f, struct str body, int64_t version,
                             struct err *e);
void object_free(struct object *o);
void objects_put(struct object ***list, size_t *n, struct object *o, size_t at);
void objects_drop(struct object **list, size_t *n, size_t at);

/* Takes over the object. The entry is known by name and id from now on. */
struct entry *entry_new(struct app *app, struct object *deployment);
/* Forgets names and id; the entry itself lives until no call is under way. */
void entry_unlink(struct entry *e);
void entry_free(struct entry *e);
/* They take over the object. */
void entry_set_deployment(struct entry *e, struct object *o);
void entry_set_record(struct entry *e, struct object *o);
void entry_set_savepoint(struct entry *e, struct object *o);
void entry_drop_savepoint(struct entry *e, struct str id);
void entry_set_job(struct entry *e, struct object *o);
/* NULL: there is none, or none any more. */
const struct job *entry_job(const struct entry *e, struct str id);
/* Copies the derived status; true when it differs from what was shown. */
bool entry_set_status(struct entry *e, const struct deployment_status *st);

/* revisions.c. False when it is no id of a row of a revision. */
bool entry_set_revision(struct entry *e, struct str row_id);
void entry_drop_revision(struct entry *e, struct str row_id);

/* One turn of the shell for this entry (the timer's function). */
void entry_turn(void *arg);
/* After a call's answer; frees a removed entry with the last one. */
void entry_answered(struct entry *e);

/* effects.c: hands one effect to its port. */
void effect_run(struct entry *e, const struct effect *f);
/* seen.c: everything seen is forgotten but the timer; the record just became durable. */
void seen_committed(struct entry *e);

/* commit.c */
struct batch {
    struct store_write *writes;
    size_t n;
    size_t capacity;
    struct arena *arena;
};
void batch_put(struct batch *b, enum store_table table, struct str id, struct str owner,
               int64_t expect, struct str body);
void batch_event(struct app *app, struct batch *b, struct event *event);
void batch_drop(struct batch *b, enum store_table table, struct str id, int64_t expect);
void batch_remove_all(struct batch *b, const struct entry *e);
/* The revisions of a user's write, and what goes for them; e is NULL when it creates. */
void batch_revisions(struct batch *b, const struct entry *e, const struct change *change);
/* After the commit: the rows become memory. */
void batch_adopt(struct entry *e, const struct batch *b);
struct str body_of(struct arena *a, const struct fields *f, const void *object);
/* The record's row: the record and the status that was shown with it. */
struct str record_body(struct arena *a, const struct record *r, const struct deployment_status *st);
