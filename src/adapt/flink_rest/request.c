/* Requests. Flink ignores fields that it does not know, so a misspelt one is silently lost: the
 * spellings here are those that 1.20 and 2.3 were seen to act upon. */
#include "adapt/flink_rest/codec.h"

#include "base/limits.h"

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

struct str request_segment(struct arena *a, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    if (str_is_empty(s) || s.len > LIMIT_URL || str_eq(s, STR(".")) || str_eq(s, STR("..")))
        return (struct str){NULL, 0};
    char *to = arena_alloc(a, 3 * s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '/' || c == '\\' || c < 0x20 || c == 0x7F)
            return (struct str){NULL, 0};
        if (is_unreserved(s.ptr[i])) {
            to[n++] = s.ptr[i];
            continue;
        }
        to[n++] = '%';
        to[n++] = hex[c >> 4];
        to[n++] = hex[c & 15];
    }
    return (struct str){to, n};
}

struct str request_url(struct arena *a, struct str base, struct str path)
{
    struct str none = {NULL, 0};
    while (base.len > 0 && base.ptr[base.len - 1] == '/')
        base.len--;
    if (!str_starts_with(base, STR("http://")) && !str_starts_with(base, STR("https://")))
        return none;
    for (size_t i = 0; i < base.len; i++) {
        if ((unsigned char)base.ptr[i] <= 0x20 || base.ptr[i] == '?' || base.ptr[i] == '#')
            return none;
    }
    if (base.len + 1 + path.len > LIMIT_URL)
        return none;
    return arena_fmt(a, "%.*s/%.*s", STR_ARG(base), STR_ARG(path));
}

static struct str finished(struct arena *a, struct buf *b)
{
    struct str body = arena_str(a, buf_str(b));
    buf_fini(b);
    return body;
}

static void put_str(struct json_out *o, struct str key, struct str value)
{
    json_key(o, key);
    json_put_str(o, value);
}

static void put_bool(struct json_out *o, struct str key, bool value)
{
    json_key(o, key);
    json_put_bool(o, value);
}

static void put_program(struct json_out *o, struct str entry_class, const struct str_list *args,
                        int64_t parallelism)
{
    if (!str_is_empty(entry_class))
        put_str(o, STR("entryClass"), entry_class);
    json_key(o, STR("programArgsList"));
    json_begin_array(o);
    for (size_t i = 0; i < args->n; i++)
        json_put_str(o, args->items[i]);
    json_end_array(o);
    if (parallelism > 0) {
        json_key(o, STR("parallelism"));
        json_put_i64(o, parallelism);
    }
}

struct str request_plan(struct arena *a, const struct flink_plan *p)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    put_program(&o, p->entry_class, &p->args, p->parallelism);
    put_str(&o, STR("jobId"), p->job_id);
    json_end_object(&o);
    return finished(a, &b);
}

struct str request_submit(struct arena *a, const struct flink_submit *s)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    put_program(&o, s->entry_class, &s->args, s->parallelism);
    put_str(&o, STR("jobId"), s->job_id);
    if (!str_is_empty(s->savepoint_path)) {
        put_str(&o, STR("savepointPath"), s->savepoint_path);
        put_bool(&o, STR("allowNonRestoredState"), s->allow_non_restored_state);
    }
    json_end_object(&o);
    return finished(a, &b);
}

struct str request_stop(struct arena *a, const struct flink_stop *s)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    put_str(&o, s->stop ? STR("targetDirectory") : STR("target-directory"), s->directory);
    if (s->stop)
        put_bool(&o, STR("drain"), s->drain);
    else
        put_bool(&o, STR("cancel-job"), false);
    put_str(&o, STR("formatType"), s->native ? STR("NATIVE") : STR("CANONICAL"));
    put_str(&o, STR("triggerId"), s->trigger_id);
    json_end_object(&o);
    return finished(a, &b);
}
