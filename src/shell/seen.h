/* Answers of the ports become what core calls seen. Loop thread only. */
#pragma once

#include "shell/app.h"
#include "shell/jars.h"

/* A fresh arena for that part; what was there is gone. */
struct arena *seen_arena(struct entry *e, enum seen_kind kind);
/* An observation begins (returns when), and is complete: it counts from when it began. */
int64_t seen_ask(struct entry *e, struct seen_part *part);
void seen_answered(struct seen_part *part, int64_t began);

void seen_world(struct entry *e, const struct platform_inventory *i);
void seen_jobmanager(struct entry *e, const struct flink_sight *sight, struct str incarnation);
void seen_stats(struct entry *e, const struct flink_checkpoints *c);
void seen_trigger(struct entry *e, const struct flink_trigger *t, struct str trigger_id);
void seen_snapshot(struct entry *e, enum outcome outcome, const struct snapshot_sight *sight,
                   struct str text, struct str location);
struct seen_listing *seen_listing_of(struct entry *e, struct str directory);
void seen_listing(struct seen_listing *to, const struct snapshot_listing *l);
/* Drops all listings. */
void seen_free_listings(struct entry *e);
/* of: what it was asked for, spec_version and the entry class when that is recorded. */
void seen_artifact(struct entry *e, const struct jars_sight *sight, const struct seen_artifact *of);
void seen_cause(struct entry *e, struct str text);
void seen_standby(struct entry *e, const struct flink_sight *sight, struct str incarnation);
void seen_plan(struct entry *e, enum outcome outcome, struct str text);
