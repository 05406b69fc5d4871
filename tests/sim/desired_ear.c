/* Judges each start and each savepoint by what is stored when it is sent. */
#include "desired.h"
#include "model/job.h"
#include "shell/words.h"

static struct grid_run *run_of(const struct sim *s)
{
    return s->ear_arg;
}

static struct str text_at(struct json spec, const char *path)
{
    return json_str_or(json_path(spec, path), STR(""));
}

static bool flag_at(struct json spec, const char *path)
{
    bool yes = false;
    return json_bool(json_path(spec, path), &yes) && yes;
}

static int name_at(struct json spec, const char *path, const char *const *names)
{
    struct str text = text_at(spec, path);
    for (int i = 0; names[i]; i++)
        if (names[i][0] && str_eq(text, str_of(names[i])))
            return i;
    return 0;
}

static void is_wrong(struct sim *s, int64_t attempt, const char *what, struct str is,
                     struct str due)
{
    if (!str_eq(is, due))
        world_trouble(&s->world, "attempt %lld is given %s %.*s, asked for is %.*s",
                      (long long)attempt, what, STR_ARG(str_take(is, 300)),
                      STR_ARG(str_take(due, 300)));
}

/* ---- what is stored is what the oracle knows of the wish ---- */

/* Of a Savepoint of its own, or as it stands there. */
static struct str named_location(const struct grid_run *r)
{
    struct sim *s = r->s;
    const struct store_row *row =
        store_find(s, STORE_SAVEPOINT, text_at(r->spec, "restoreFrom.savepointId"));
    struct json v = row ? grid_json(s->a, row->body) : (struct json){0};
    return row ? text_at(v, "spec.savepointLocation") : text_at(r->spec, "restoreFrom.location");
}

/* An attempt that is not submitted yet is one that it holds for. */
static void restore_is_wished(struct grid_run *r)
{
    struct sim *s = r->s;
    const struct attempt *at = &s->record.current;
    struct str nonce = text_at(r->spec, "restoreFrom.nonce");
    if (str_eq(nonce, r->nonce))
        return;
    bool used = r->nonce.len > 0 && str_eq(r->nonce, s->record.used_nonce);
    r->nonce = nonce;
    if (!nonce.len && used)
        return; /* where it went back to stays */
    bool to_come = at->phase == PHASE_RESERVED || at->phase == PHASE_PROVISIONED;
    s->wish.restore_from = nonce.len ? named_location(r) : (struct str){0};
    s->wish.floor = s->record.top - to_come;
}

static bool is_edited(struct sim *s, int64_t attempt)
{
    struct grid_run *r = run_of(s);
    return !due_same_what(r->asked[attempt], r->spec);
}

/* A running job is replaced for what it runs, and for nothing else. */
static void judge_stop(struct grid_run *r)
{
    struct sim *s = r->s;
    const struct intent *i = &s->record.intent;
    bool stops = i->kind == INTENT_STOP || i->kind == INTENT_CANCEL;
    bool known = i->kind == r->stop.kind && i->attempt == r->stop.attempt;
    r->stop = *i;
    if (stops && !known && s->wish.state == DESIRED_RUNNING && !is_edited(s, i->attempt))
        world_trouble(&s->world, "attempt %lld is stopped, and nothing that it runs was edited",
                      (long long)i->attempt);
}

static void spec_is_stored(struct grid_run *r, const struct store_row *row)
{
    struct sim *s = r->s;
    r->version = row->version;
    r->spec = json_get(grid_json(s->a, row->body), STR("spec"));
    s->wish.state = (enum desired_state)name_at(r->spec, "state", desired_state_names);
    s->wish.upgrade =
        (enum upgrade_kind)name_at(r->spec, "upgradeStrategy.kind", upgrade_kind_names);
    s->wish.restore =
        (enum restore_kind)name_at(r->spec, "restoreStrategy.kind", restore_kind_names);
    s->wish.jar_uri = text_at(r->spec, "template.spec.artifact.jarUri");
    restore_is_wished(r);
    s->wish_before = s->wish;
}

static void hears_durable(struct sim *s)
{
    struct grid_run *r = run_of(s);
    const struct store_row *row = store_find(s, STORE_DEPLOYMENT, s->deployment_id);
    r->writes++;
    if (row && row->version != r->version)
        spec_is_stored(r, row);
    /* The write that reserves an attempt decides what it runs. */
    const int64_t reserved[] = {s->record.current.number, s->record.standby.attempt.number};
    for (size_t i = 0; i < 2; i++)
        if (reserved[i] && json_is_none(r->asked[reserved[i]]))
            r->asked[reserved[i]] = r->spec;
    judge_stop(r);
}

/* ---- what is started ---- */

#define DIRECTORY "file:/storage/namespaces/default/deployments/"

/* The user's, and what Sluice adds where the user says nothing ("Directories"). */
static struct json effective(struct grid_run *r, struct json user)
{
    static const char *const added[][3] = {
        {"execution.checkpointing.dir", "state.checkpoints.dir", "/checkpoints"},
        {"execution.checkpointing.savepoint-dir", "state.savepoints.dir", "/savepoints"},
        {"execution.checkpointing.externalized-checkpoint-retention", "", "RETAIN_ON_CANCELLATION"},
        {"execution.checkpointing.num-retained", "state.checkpoints.num-retained", "3"},
    };
    struct sim *s = r->s;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
        if (!json_is_none(json_get(user, str_of(added[i][0]))) ||
            !json_is_none(json_get(user, str_of(added[i][1]))))
            continue;
        struct str value = str_of(added[i][2]);
        if (str_starts_with(value, STR("/")))
            value = arena_fmt(s->a, DIRECTORY "%.*s%s", STR_ARG(s->deployment_id), added[i][2]);
        json_key(&o, str_of(added[i][0]));
        json_put_str(&o, value);
    }
    json_end_object(&o);
    struct json base = grid_json(s->a, buf_str(&b));
    buf_fini(&b);
    return grid_merge(s->a, base, user);
}

static struct json without_configuration(struct grid_run *r, struct json template_)
{
    return grid_merge(r->s->a, template_, grid_json(r->s->a, STR("{\"flinkConfiguration\":null}")));
}

static struct json encoded(struct arena *a, const struct fields *f, const void *object)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    fields_encode(&o, f, object, false);
    struct json v = grid_json(a, arena_str(a, buf_str(&b)));
    buf_fini(&b);
    return v;
}

static struct json map_json(struct arena *a, const struct str_map *m)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    for (size_t i = 0; i < m->n; i++) {
        json_key(&o, m->items[i].key);
        json_put_str(&o, m->items[i].value);
    }
    json_end_object(&o);
    struct json v = grid_json(a, arena_str(a, buf_str(&b)));
    buf_fini(&b);
    return v;
}

static void judge_dependencies(struct sim *s, const struct platform_cluster_spec *spec,
                               struct json wanted)
{
    bool same = json_len(wanted) == spec->n_dependencies;
    for (size_t i = 0; same && i < spec->n_dependencies; i++)
        same = str_eq(spec->dependencies[i].sha256,
                      jar_hash(s->a, json_str_or(json_at(wanted, i), STR(""))));
    if (!same)
        world_trouble(&s->world, "attempt %lld is given %zu other further jars",
                      (long long)spec->attempt, spec->n_dependencies);
}

static void hears_provision(struct sim *s, const struct platform_cluster_spec *spec)
{
    struct grid_run *r = run_of(s);
    struct json wanted = json_path(r->asked[spec->attempt], "template.spec");
    struct json given = encoded(s->a, &job_template_fields, spec->template_);
    struct json conf = map_json(s->a, &spec->flink_configuration);
    struct json due = effective(r, json_get(wanted, STR("flinkConfiguration")));
    if (!grid_same(s->a, without_configuration(r, given), without_configuration(r, wanted)))
        is_wrong(s, spec->attempt, "template", json_text(s->a, without_configuration(r, given)),
                 json_text(s->a, without_configuration(r, wanted)));
    if (!grid_same(s->a, conf, due))
        is_wrong(s, spec->attempt, "configuration", json_text(s->a, conf), json_text(s->a, due));
    judge_dependencies(s, spec, json_path(wanted, "artifact.additionalDependencies"));
}

static void hears_deliver(struct sim *s, int64_t attempt, struct str sha256)
{
    struct json asked = run_of(s)->asked[attempt];
    struct str uri = text_at(asked, "template.spec.artifact.jarUri");
    is_wrong(s, attempt, "the jar", sha256, jar_hash(s->a, uri));
}

static struct str joined(struct arena *a, struct str_list words)
{
    struct str text = arena_fmt(a, "%zu words", words.n);
    for (size_t i = 0; i < words.n; i++)
        text = arena_fmt(a, "%.*s [%.*s]", STR_ARG(text), STR_ARG(words.items[i]));
    return text;
}

static void hears_submit(struct sim *s, int64_t attempt, const struct flink_submit *f)
{
    struct grid_run *r = run_of(s);
    struct json asked = r->asked[attempt];
    struct str entry_class = text_at(asked, "template.spec.artifact.entryClass");
    struct str line = text_at(asked, "template.spec.artifact.mainArgs");
    int64_t parallelism = json_i64_or(json_path(asked, "template.spec.parallelism"), 0);
    is_wrong(s, attempt, "entry class", f->entry_class, entry_class.len ? entry_class : STR("Job"));
    is_wrong(s, attempt, "arguments", joined(s->a, f->args), joined(s->a, words_split(s->a, line)));
    is_wrong(s, attempt, "parallelism", arena_fmt(s->a, "%lld", (long long)f->parallelism),
             arena_fmt(s->a, "%lld", (long long)parallelism));
    if (f->allow_non_restored_state != flag_at(r->spec, "restoreStrategy.allowNonRestoredState"))
        world_trouble(&s->world, "attempt %lld is given another allowNonRestoredState",
                      (long long)attempt);
}

static void hears_savepoint(struct sim *s, const struct flink_stop *f)
{
    struct json spec = run_of(s)->spec;
    if (f->native != str_eq(text_at(spec, "savepointFormat"), STR("NATIVE")))
        world_trouble(&s->world, "a savepoint of another format than asked for");
    if (f->drain != flag_at(spec, "stopWithDrain"))
        world_trouble(&s->world, "a savepoint with another drain than asked for");
}

const struct sim_ear grid_ear = {
    .durable = hears_durable,
    .provision = hears_provision,
    .deliver = hears_deliver,
    .submit = hears_submit,
    .savepoint = hears_savepoint,
    .edited = is_edited,
};
