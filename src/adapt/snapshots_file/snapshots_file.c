/* The port: takes a request to the pool and its result back to the loop thread. */
#include "adapt/snapshots_file/snapshots_file.h"

#include "adapt/snapshots_file/read.h"
#include "model/snapshot_location.h"

struct snapshots_file {
    struct loop loop;
};

/* One call. It owns all that its result points to, and goes after the callback. */
struct request {
    struct arena *arena;
    struct str location;
    void *arg;
    void (*on_list)(void *arg, const struct snapshot_listing *l);
    void (*on_verify)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                      struct str text);
    void (*on_read)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                    const struct flink_metadata *m, struct str text);
    void (*on_remove)(void *arg, enum outcome outcome, struct str text);
    struct snapshot_listing listing;
    struct verify_result verified;
    struct flink_metadata *metadata;
    struct remove_result removed;
};

static struct request *request_new(struct str location, void *arg)
{
    struct arena *a = arena_new();
    struct request *r = ARENA_NEW(a, struct request);
    r->arena = a;
    r->location = arena_str(a, location);
    r->arg = arg;
    return r;
}

/* The local path, or empty with *why set. */
static struct str local_path(struct request *r, struct str *why)
{
    struct str path = snapshot_location_path(r->arena, r->location);
    if (str_is_empty(path))
        *why = arena_fmt(r->arena, "%.*s cannot be read from here: only file: locations can",
                         STR_ARG(r->location));
    return path;
}

static void list_work(void *arg)
{
    struct request *r = arg;
    struct str path = local_path(r, &r->listing.text);
    if (!str_is_empty(path))
        r->listing = snapshot_list(r->arena, path);
}

static void list_done(void *arg)
{
    struct request *r = arg;
    r->on_list(r->arg, &r->listing);
    arena_free(r->arena);
}

static void list(void *ctx, struct str directory,
                 void (*fn)(void *arg, const struct snapshot_listing *l), void *arg)
{
    struct snapshots_file *s = ctx;
    struct request *r = request_new(directory, arg);
    r->on_list = fn;
    s->loop.ops->work(s->loop.ctx, list_work, list_done, r);
}

static void verify_work(void *arg)
{
    struct request *r = arg;
    struct str path = local_path(r, &r->verified.text);
    if (!str_is_empty(path))
        r->verified = snapshot_verify(r->arena, path, &r->metadata);
}

static void verify_done(void *arg)
{
    struct request *r = arg;
    struct verify_result *v = &r->verified;
    bool done = v->outcome == OUTCOME_DONE;
    r->on_verify(r->arg, v->outcome, done ? &v->sight : NULL, done ? v->sight.text : v->text);
    arena_free(r->arena);
}

static void verify(void *ctx, struct str location,
                   void (*fn)(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                              struct str text),
                   void *arg)
{
    struct snapshots_file *s = ctx;
    struct request *r = request_new(location, arg);
    r->on_verify = fn;
    s->loop.ops->work(s->loop.ctx, verify_work, verify_done, r);
}

static void read_done(void *arg)
{
    struct request *r = arg;
    struct verify_result *v = &r->verified;
    bool done = v->outcome == OUTCOME_DONE;
    r->on_read(r->arg, v->outcome, done ? &v->sight : NULL, done ? r->metadata : NULL,
               done ? v->sight.text : v->text);
    arena_free(r->arena);
}

static void read_snapshot(void *ctx, struct str location,
                          void (*fn)(void *arg, enum outcome outcome,
                                     const struct snapshot_sight *s, const struct flink_metadata *m,
                                     struct str text),
                          void *arg)
{
    struct snapshots_file *s = ctx;
    struct request *r = request_new(location, arg);
    r->on_read = fn;
    s->loop.ops->work(s->loop.ctx, verify_work, read_done, r);
}

static void remove_work(void *arg)
{
    struct request *r = arg;
    struct str path = local_path(r, &r->removed.text);
    if (!str_is_empty(path))
        r->removed = snapshot_remove(r->arena, path);
}

static void remove_done(void *arg)
{
    struct request *r = arg;
    r->on_remove(r->arg, r->removed.outcome, r->removed.text);
    arena_free(r->arena);
}

static void remove_snapshot(void *ctx, struct str location,
                            void (*fn)(void *arg, enum outcome outcome, struct str text), void *arg)
{
    struct snapshots_file *s = ctx;
    struct request *r = request_new(location, arg);
    r->on_remove = fn;
    s->loop.ops->work(s->loop.ctx, remove_work, remove_done, r);
}

struct snapshots_file *snapshots_file_new(struct loop loop)
{
    struct snapshots_file *s = mem_alloc(sizeof(*s));
    s->loop = loop;
    return s;
}

void snapshots_file_free(struct snapshots_file *s)
{
    mem_free(s);
}

struct snapshots snapshots_file_port(struct snapshots_file *s)
{
    static const struct snapshots_ops ops = {
        .list = list,
        .verify = verify,
        .read = read_snapshot,
        .remove = remove_snapshot,
    };
    return (struct snapshots){&ops, s};
}
