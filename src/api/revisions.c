/* The history of a Deployment's spec: what a write adds to it, and reading it. */
#include "api/plan.h"
#include "api/write.h"

/* ---- who writes ---- */

static bool is_line(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
            return false;
    return str_is_utf8(s);
}

static int read_text(struct str given, const char *what, size_t most, struct str *ret,
                     struct err *e)
{
    *ret = str_trim(given);
    if (ret->len <= most && is_line(*ret))
        return 0;
    return err_set(e, ERR_BAD_REQUEST, "%s must be one line of at most %zu bytes of UTF-8", what,
                   most);
}

/* Browsers call themselves Mozilla, all of them. */
static struct str source_of_agent(struct str agent)
{
    if (str_eq(agent, STR("sluice")) || str_starts_with(agent, STR("sluice/")))
        return STR("cli");
    return str_starts_with(agent, STR("Mozilla/")) ? STR("ui") : STR("api");
}

int author_read(const struct call *c, struct author *ret, struct err *e)
{
    enum { NAME_MOST = 100, MESSAGE_MOST = 1000 };
    struct str message = query_given(c, QUERY_MESSAGE)
                             ? c->query[QUERY_MESSAGE]
                             : request_header(c->r, STR("x-sluice-message"));
    if (read_text(request_header(c->r, STR("x-sluice-author")), "X-Sluice-Author", NAME_MOST,
                  &ret->name, e) < 0 ||
        read_text(message, "the message", MESSAGE_MOST, &ret->message, e) < 0)
        return -1;
    if (!ret->name.len)
        ret->name = STR("anonymous");
    ret->source = request_header(c->r, STR("x-sluice-source"));
    if (!ret->source.len)
        ret->source = source_of_agent(request_header(c->r, STR("user-agent")));
    if (revision_source_is_valid(ret->source))
        return 0;
    return err_set(e, ERR_BAD_REQUEST, "X-Sluice-Source must be ui, cli, api or gitops:SHA");
}

/* ---- what a write adds ---- */

static struct revision revision_of(const struct deployment *d)
{
    return (struct revision){
        .metadata = {.deployment_id = d->metadata.id,
                     .deployment_name = d->metadata.name,
                     .namespace_name = d->metadata.namespace_name,
                     .number = d->metadata.generation,
                     .spec_version = draft_spec_version(d),
                     .created_at = d->metadata.modified_at},
        .spec = d->spec,
    };
}

void write_revisions(struct write *w, const struct entry *entry, const struct savepoint *registered,
                     struct change *change)
{
    const struct deployment *d = &w->draft.deployment;
    struct str operation;
    if (entry && !w->draft.spec_changed)
        return;
    struct str effect = plan_effect_of_write(w->call, entry, &w->draft, registered, &operation);
    /* From before there were revisions: what is there now is the first that can be gone back to. */
    if (entry && entry->n_revisions == 0)
        change->revisions[change->n_revisions++] = revision_of(entry_deployment(entry));
    struct revision *r = &change->revisions[change->n_revisions++];
    *r = revision_of(d);
    r->metadata.author = w->author.name;
    r->metadata.source = w->author.source;
    r->metadata.message = w->author.message;
    r->metadata.effect = effect;
    r->metadata.operation = operation;
    r->metadata.rollback_to = w->rollback_to;
}

/* ---- reading ---- */

static int64_t spec_version_of(const struct job *j)
{
    int64_t version = 0;
    struct str text;
    if (str_map_get(&j->metadata.annotations, STR(ANNOTATION_SPEC_VERSION), &text))
        str_to_i64(text, &version);
    return version;
}

static struct revision_status status_of(struct arena *a, const struct entry *entry,
                                        const struct revision_metadata *m)
{
    struct revision_job *jobs = ARENA_ARRAY(a, struct revision_job, entry->n_jobs);
    size_t n = 0;
    for (size_t i = 0; i < entry->n_jobs; i++) {
        const struct job *j = entry->jobs[i]->value;
        if (spec_version_of(j) == m->spec_version)
            jobs[n++] = (struct revision_job){j->metadata.id, j->metadata.attempt,
                                              str_of(job_state_names[j->status.state])};
    }
    return (struct revision_status){
        .current = m->number == entry_deployment(entry)->metadata.generation, .jobs = {jobs, n}};
}

struct entry *revision_reading_entry(const struct revision_reading *r, const struct err *failure)
{
    struct err e = {0};
    struct entry *entry = map_find(&r->call->app->by_id, r->id);
    if (failure->code != ERR_OK)
        err_set(&e, ERR_UNAVAILABLE, "the revisions cannot be read: %s", failure->text);
    else if (!entry)
        err_set(&e, ERR_NOT_FOUND, "the Deployment is gone");
    if (e.code == ERR_OK)
        return entry;
    call_failed(r->call, &e);
    return NULL;
}

/* They are few by their limit: the whole list is one page. */
static void on_list(void *arg, const struct revision *revisions, size_t n,
                    const struct err *failure)
{
    struct revision_reading *r = arg;
    struct call *c = r->call;
    struct doc d;
    const struct entry *entry = revision_reading_entry(r, failure);
    if (!entry)
        return;
    doc_begin(&d);
    json_begin_object(&d.out);
    doc_str(&d.out, "kind", STR("RevisionList"));
    doc_str(&d.out, "apiVersion", STR("v1"));
    json_key(&d.out, STR("metadata"));
    json_begin_object(&d.out);
    json_end_object(&d.out);
    json_key(&d.out, STR("items"));
    json_begin_array(&d.out);
    for (size_t i = 0; i < n; i++) {
        struct revision shown = revisions[i];
        shown.status = status_of(c->a, entry, &shown.metadata);
        fields_encode(&d.out, &revision_head_fields, &shown, false);
    }
    json_end_array(&d.out);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    call_done(c);
}

static void on_one(void *arg, const struct revision *revisions, size_t n, const struct err *failure)
{
    struct revision_reading *r = arg;
    struct err e = {0};
    const struct entry *entry = revision_reading_entry(r, failure);
    if (!entry)
        return;
    if (n == 0) {
        fail_not_found(&e, "revision", r->call->item);
        call_failed(r->call, &e);
        return;
    }
    struct revision shown = revisions[0];
    shown.status = status_of(r->call->a, entry, &shown.metadata);
    reply_object(r->call, 200, &revision_fields, &shown);
    call_done(r->call);
}

struct revision_reading *revision_reading(struct call *c, const struct entry *entry)
{
    struct revision_reading *r = ARENA_NEW(c->a, struct revision_reading);
    r->call = c;
    r->id = arena_str(c->a, entry->id);
    return r;
}

int revision_number(const struct call *c, const struct entry *entry, int64_t *ret, struct err *e)
{
    if (str_to_i64(c->item, ret) && entry_revision(entry, *ret))
        return 0;
    return fail_not_found(e, "revision", c->item);
}

enum handled get_revisions(struct call *c, struct err *e)
{
    struct entry *entry = call_entry(c, e);
    if (!entry)
        return HANDLED_FAILED;
    entry_read_revisions(entry, 0, on_list, revision_reading(c, entry));
    return HANDLED_LATER;
}

enum handled get_revision(struct call *c, struct err *e)
{
    struct entry *entry = call_entry(c, e);
    if (!entry)
        return HANDLED_FAILED;
    struct revision_reading *r = revision_reading(c, entry);
    if (revision_number(c, entry, &r->number, e) < 0)
        return HANDLED_FAILED;
    entry_read_revisions(entry, r->number, on_one, r);
    return HANDLED_LATER;
}
