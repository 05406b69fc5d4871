/* What behaviour.md says that an edit comes to. It reads the documents of users, and no table, record
 * or rule of the daemon. */
#include "base/timefmt.h"
#include "desired.h"

static struct str text_at(struct json spec, const char *path)
{
    return json_str_or(json_path(spec, path), STR(""));
}

static bool says(struct json spec, const char *path, const char *word)
{
    return str_eq(text_at(spec, path), str_of(word));
}

static bool same_at(struct json x, struct json y, const char *path)
{
    struct arena *a = arena_new();
    bool same = grid_same(a, json_path(x, path), json_path(y, path));
    arena_free(a);
    return same;
}

/* "anything under spec.template, the target or the session cluster: upgrade" */
bool due_same_what(struct json x, struct json y)
{
    return same_at(x, y, "template") && same_at(x, y, "deploymentTargetId") &&
           same_at(x, y, "deploymentTargetName") && same_at(x, y, "sessionClusterName");
}

/* "used once per nonce" */
static bool names_snapshot(const struct due *d)
{
    struct str nonce = text_at(d->spec, "restoreFrom.nonce");
    return nonce.len > 0 && !str_eq(nonce, d->nonce);
}

/* "refuse state older than that": the grid's snapshots are older than any but the longest limits. */
static bool is_too_old(const struct due *d)
{
    int64_t us = 0;
    return duration_parse(text_at(d->spec, "restoreStrategy.maxStateAge"), &us) && us > 0 &&
           us < 100 * MS;
}

/* "If the newest eligible snapshot cannot be established, or its verification contradicts, nothing
 * is started." There always is one. */
static bool may_not_start(const struct due *d)
{
    if (names_snapshot(d))
        return is_too_old(d);
    if (says(d->spec, "restoreStrategy.kind", "NONE"))
        return false;
    return d->broken || is_too_old(d);
}

/* "An upgrade that cannot start must not cost a running job", where that is known before it stops:
 * then no newer snapshot is to come. */
static bool is_known_before(const struct due *d)
{
    bool no_new_one = says(d->spec, "upgradeStrategy.kind", "STATELESS") &&
                      says(d->spec, "restoreStrategy.kind", "LATEST_SAVEPOINT");
    return names_snapshot(d) || no_new_one;
}

/* "2.x -> 1.20 is refused" */
static bool cannot_read(const struct due *d)
{
    return str_starts_with(text_at(d->what, "template.spec.artifact.flinkVersion"), STR("2.")) &&
           str_starts_with(text_at(d->spec, "template.spec.artifact.flinkVersion"), STR("1.")) &&
           !says(d->spec, "restoreStrategy.kind", "NONE");
}

static void start(struct due *d)
{
    d->what = (struct json){0};
    d->blocked = may_not_start(d);
    if (d->blocked)
        return;
    if (names_snapshot(d))
        d->nonce = text_at(d->spec, "restoreFrom.nonce");
    d->what = d->spec;
    d->broken = false; /* what runs now leaves newer ones */
}

static void run(struct due *d)
{
    bool runs = !json_is_none(d->what);
    d->blocked = false;
    if (d->gave_up || d->finished || (runs && due_same_what(d->what, d->spec)))
        return;
    if (runs && says(d->spec, "upgradeStrategy.kind", "NONE"))
        return;
    if (runs && (cannot_read(d) || (is_known_before(d) && may_not_start(d))))
        d->blocked = true;
    else
        start(d);
}

struct due due_after(struct due before, struct json spec)
{
    struct due d = before;
    bool newer = !same_at(before.spec, spec, "state") || !due_same_what(before.spec, spec);
    d.spec = spec;
    d.gave_up = before.gave_up && !newer;
    d.finished = before.finished && !newer;
    if (says(spec, "state", "RUNNING"))
        run(&d);
    else if (!d.gave_up)
        d.what = (struct json){0};
    if (!says(spec, "state", "RUNNING"))
        d.blocked = false;
    return d;
}

enum observed_state due_state(const struct due *d)
{
    if (d->gave_up)
        return OBSERVED_FAILED;
    if (says(d->spec, "state", "SUSPENDED"))
        return OBSERVED_SUSPENDED;
    if (says(d->spec, "state", "CANCELLED"))
        return OBSERVED_CANCELLED;
    if (d->finished)
        return OBSERVED_FINISHED;
    return d->blocked ? OBSERVED_TRANSITIONING : OBSERVED_RUNNING;
}

bool due_is_pending(const struct due *d)
{
    return due_state(d) == OBSERVED_RUNNING && !due_same_what(d->what, d->spec);
}
