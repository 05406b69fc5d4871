#include "shell/jars.h"

#include "shell/app.h"

struct jars {
    struct arena *arena;
    const struct artifacts *from;
    struct jars_request what;
    void (*fn)(void *arg, const struct jars_sight *s);
    void *arg;
    struct artifact_sight *items;
    size_t have;
};

static struct str_list copy_list(struct arena *a, struct str_list from)
{
    struct str_list to = {ARENA_ARRAY(a, struct str, from.n), from.n};
    for (size_t i = 0; i < from.n; i++)
        to.items[i] = arena_str(a, from.items[i]);
    return to;
}

static void tell(struct jars *j, enum outcome outcome, struct str text)
{
    struct jars_sight s = {.outcome = outcome, .text = text, .items = j->items, .n = j->have};
    j->fn(j->arg, &s);
    arena_free(j->arena);
    mem_free(j);
}

static void next(struct jars *j);

static void on_jar(void *arg, const struct artifact_sight *s)
{
    struct jars *j = arg;
    bool program = j->what.program && j->have == 0;
    if (s->outcome != OUTCOME_DONE) {
        int number = (int)j->have - (j->what.program ? 1 : 0);
        tell(j, s->outcome,
             program ? s->text
                     : arena_fmt(j->arena, "additionalDependencies[%d]: %.*s", number,
                                 STR_ARG(s->text)));
        return;
    }
    struct artifact_sight *to = &j->items[j->have++];
    to->outcome = OUTCOME_DONE;
    to->path = arena_str(j->arena, s->path);
    to->sha256 = arena_str(j->arena, s->sha256);
    to->name = arena_str(j->arena, s->name);
    to->entry_class = arena_str(j->arena, s->entry_class);
    to->size_bytes = s->size_bytes;
    next(j);
}

static void next(struct jars *j)
{
    const struct jars_request *w = &j->what;
    bool program = w->program && j->have == 0;
    if (j->have == w->uris.n) {
        tell(j, OUTCOME_DONE, (struct str){0});
        return;
    }
    struct artifact_request r = {.uri = w->uris.items[j->have], .library = !program};
    if (program) {
        r.entry_class = w->entry_class;
        r.name = w->name;
    }
    if (w->sha256s.n > 0) {
        r.sha256 = w->sha256s.items[j->have];
        j->from->ops->pinned(j->from->ctx, &r, on_jar, j);
    } else {
        j->from->ops->fetch(j->from->ctx, &r, on_jar, j);
    }
}

void jars_get(const struct artifacts *from, const struct jars_request *what,
              void (*fn)(void *arg, const struct jars_sight *s), void *arg)
{
    struct jars *j = mem_alloc(sizeof(*j));
    struct arena *a = arena_new();
    *j = (struct jars){.arena = a, .from = from, .what = *what, .fn = fn, .arg = arg};
    j->what.uris = copy_list(a, what->uris);
    j->what.sha256s = copy_list(a, what->sha256s);
    j->what.name = arena_str(a, what->name);
    j->what.entry_class = arena_str(a, what->entry_class);
    j->items = ARENA_ARRAY(a, struct artifact_sight, what->uris.n + 1);
    next(j);
}

static void need(struct arena *a, struct str_list *list, struct str sha256)
{
    if (sha256.len == 0)
        return;
    if ((list->n & (list->n - 1)) == 0) { /* full at each power of two */
        struct str *items = ARENA_ARRAY(a, struct str, list->n ? 2 * list->n : 1);
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof(*items));
        list->items = items;
    }
    list->items[list->n++] = sha256;
}

static void need_attempt(struct arena *a, struct str_list *list, const struct attempt *at)
{
    need(a, list, at->artifact_sha256);
    for (size_t i = 0; i < at->dependency_sha256s.n; i++)
        need(a, list, at->dependency_sha256s.items[i]);
}

void jars_keep_needed(const struct app *app)
{
    struct arena *a = arena_new();
    struct str_list list = {0};
    for (size_t i = 0; i < app->by_id.capacity; i++) {
        const struct entry *e = app->by_id.slots[i].value;
        if (!app->by_id.slots[i].key.ptr)
            continue;
        const struct record *r = entry_record(e);
        const struct attempt *unread = r->unread.items;
        const struct seen_artifact *seen = &e->seen.artifact;
        need_attempt(a, &list, &r->current);
        need_attempt(a, &list, &r->standby.attempt);
        for (size_t k = 0; k < r->unread.n; k++)
            need_attempt(a, &list, &unread[k]);
        need(a, &list, seen->sha256);
        for (size_t k = 0; k < seen->dependency_sha256s.n; k++)
            need(a, &list, seen->dependency_sha256s.items[k]);
    }
    app->artifacts.ops->keep_only(app->artifacts.ctx, list);
    arena_free(a);
}
