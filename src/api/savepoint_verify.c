/* POST savepoints/{id}/verification: its data is read again, now. */
#include "api/savepoint.h"

static const char *const verification_kind[] = {"SavepointVerification", NULL};
static const char *const outcome_names[] = {"", "WHOLE", "BROKEN", "UNKNOWN", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, verification, savepoint_id, "savepointId"),
    FIELD_AT(FIELD_UUID, verification, deployment_id, "deploymentId"),
    FIELD_AT(FIELD_STR, verification, namespace_name, "namespace"),
};
static const struct fields metadata_table = {.name = "SavepointVerificationMetadata",
                                             FIELDS_ROWS(metadata_rows)};
static const struct field verification_rows[] = {
    {.name = "kind", .type = FIELD_CONST, .names = verification_kind},
    {.name = "apiVersion", .type = FIELD_CONST, .names = api_version_names},
    FIELD_FLAT("metadata", &metadata_table),
    FIELD_AT(FIELD_STR, verification, location, "location"),
    FIELD_AT(FIELD_ENUM, verification, outcome, "outcome", .names = outcome_names,
             .doc = "BROKEN is proven. UNKNOWN: its storage cannot be read just now, and nothing "
                    "is recorded."),
    FIELD_AT(FIELD_ENUM, verification, verified, "verified", .names = verified_names,
             .doc = "What the Savepoint says by now."),
    FIELD_AT(FIELD_BOOL, verification, recorded, "recorded", .flags = FIELD_KEEP_EMPTY,
             .doc = "Whether the Savepoint says so from now on."),
    FIELD_AT(FIELD_STR, verification, text, "text", .doc = "What was looked at, or what is wrong."),
    FIELD_AT(FIELD_TIME, verification, looked_at, "lookedAt"),
};
const struct fields verification_fields = {
    .name = "SavepointVerification",
    .size = sizeof(struct verification),
    FIELDS_ROWS(verification_rows),
    .doc = "Whether the data of a Savepoint is whole, by a look at it."};

/* What a look at its data makes of a Savepoint's row; false: it stays as it is. */
static bool note_look(struct arena *a, struct savepoint *row, enum outcome outcome,
                      const struct snapshot_sight *sight, struct str text, int64_t wall_us)
{
    struct savepoint_status *st = &row->status;
    /* That its bytes are whole does not tell which job went on from it. */
    if (outcome == OUTCOME_UNKNOWN || st->verified == VERIFIED_UNCONFIRMED)
        return false;
    bool read = outcome == OUTCOME_DONE;
    st->verified = read ? sight->verified : VERIFIED_BROKEN;
    st->verified_text = arena_str(a, read ? sight->text : text);
    st->verified_at = wall_us;
    row->metadata.modified_at = wall_us;
    if (!read || sight->verified == VERIFIED_BROKEN)
        return true;
    st->size_bytes = sight->size_bytes;
    st->metadata_version = sight->metadata_version;
    st->state_taken_at = st->state_taken_at ? st->state_taken_at : sight->modified_at;
    row->metadata.type = sight->incremental ? SAVEPOINT_TYPE_INCREMENTAL : SAVEPOINT_TYPE_FULL;
    return true;
}

/* One verification on its way. */
struct look {
    struct call *call;
    struct verification answer;
    bool dry_run;
    enum outcome outcome;
    struct snapshot_sight sight; /* its texts lie in the call's arena */
    struct savepoint row;
};

static void answer(struct look *w)
{
    reply_object(w->call, 200, &verification_fields, &w->answer);
    call_done(w->call);
}

static void on_recorded(void *arg, struct entry *entry, const struct store_result *r)
{
    struct look *w = arg;
    struct err e = {0};
    (void)entry;
    if (commit_done(r, &e)) {
        w->answer.recorded = true;
        answer(w);
    } else {
        call_failed(w->call, &e);
    }
}

static int check_verifiable(const struct savepoint *s, struct err *e)
{
    if (s->status.state == SAVEPOINT_COMPLETED)
        return 0;
    return err_set(e, ERR_CONFLICT, "it is %s; only a COMPLETED one can be verified",
                   savepoint_state_names[s->status.state]);
}

static struct event look_event(const struct look *w, const struct entry *entry)
{
    bool whole = w->answer.outcome == VERIFICATION_WHOLE;
    return savepoint_event(
        w->call, entry, whole ? STR("SAVEPOINT_VERIFIED") : STR("SAVEPOINT_IS_BROKEN"),
        arena_fmt(w->call->a, "The user had Savepoint %.*s verified: %.*s",
                  STR_ARG(w->answer.savepoint_id), STR_ARG(str_take(w->answer.text, 500))));
}

static void look_idle(void *arg)
{
    struct look *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    struct entry *entry = map_find(&c->app->by_id, w->answer.deployment_id);
    const struct savepoint *s = entry ? entry_savepoint(entry, w->answer.savepoint_id) : NULL;
    if (!s)
        fail_not_found(&e, "Savepoint", w->answer.savepoint_id);
    if (!s || check_verifiable(s, &e) < 0) {
        call_failed(c, &e);
        return;
    }
    w->row = *s;
    bool news =
        note_look(c->a, &w->row, w->outcome, &w->sight, w->answer.text, w->answer.looked_at);
    w->answer.verified = w->row.status.verified;
    if (!news || w->dry_run) {
        answer(w);
        return;
    }
    const struct change change = {
        .entry = entry, .savepoint = &w->row, .events = {look_event(w, entry)}, .n_events = 1};
    change_commit(c->app, &change, on_recorded, w);
}

static enum verification_outcome judge(enum outcome outcome, const struct snapshot_sight *s)
{
    if (outcome == OUTCOME_UNKNOWN)
        return VERIFICATION_UNKNOWN;
    bool whole = outcome == OUTCOME_DONE && s->verified != VERIFIED_BROKEN;
    return whole ? VERIFICATION_WHOLE : VERIFICATION_BROKEN;
}

static void on_looked(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                      struct str text)
{
    struct look *w = arg;
    struct call *c = w->call;
    struct err e = {0};
    w->outcome = outcome;
    if (outcome == OUTCOME_DONE) {
        w->sight = *s;
        w->sight.text = arena_str(c->a, s->text);
    }
    w->answer.text = outcome == OUTCOME_DONE ? w->sight.text : arena_str(c->a, text);
    w->answer.outcome = (int)judge(outcome, s);
    w->answer.looked_at = app_wall_us(c->app);
    struct entry *entry = map_find(&c->app->by_id, w->answer.deployment_id);
    if (entry) {
        entry_when_idle(entry, look_idle, w);
        return;
    }
    fail_not_found(&e, "Savepoint", w->answer.savepoint_id);
    call_failed(c, &e);
}

enum handled post_verification(struct call *c, struct err *e)
{
    struct look *w = ARENA_NEW(c->a, struct look);
    struct entry *entry;
    const struct savepoint *s = call_savepoint(c, &entry, e);
    if (!s || query_dry_run(c, &w->dry_run, e) < 0 || check_store(c->app, e) < 0 ||
        check_verifiable(s, e) < 0)
        return HANDLED_FAILED;
    w->call = c;
    w->answer = (struct verification){
        .savepoint_id = arena_str(c->a, s->metadata.id),
        .deployment_id = arena_str(c->a, entry->id),
        .namespace_name = c->namespace_name,
        .location = arena_str(c->a, s->spec.savepoint_location),
    };
    c->app->snapshots.ops->verify(c->app->snapshots.ctx, w->answer.location, on_looked, w);
    return HANDLED_LATER;
}
