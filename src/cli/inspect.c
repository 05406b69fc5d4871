/* savepoint inspect: reads a snapshot's `_metadata` on this machine. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "model/flink_metadata.h"
#include "model/snapshot_location.h"

static int unreadable(struct cli *c, enum exit_code code, struct str path, struct str why)
{
    return fail(c, code, arena_fmt(c->a, "%.*s cannot be read", STR_ARG(path)).ptr, why,
                "name the directory that holds _metadata, or a Savepoint's id");
}

static int read_whole(struct cli *c, struct str path, struct str *ret)
{
    struct stat st;
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return unreadable(c, error == ENOENT || error == ENOTDIR ? EXIT_NOT_FOUND : EXIT_REFUSED,
                          path, str_of(strerrordesc_np(error)));
    }
    size_t size = (size_t)st.st_size;
    struct str why = {0};
    if (!S_ISREG(st.st_mode))
        why = STR("it is no file");
    else if (size > LIMIT_METADATA_FILE)
        why = arena_fmt(c->a, "it has more than %u bytes", LIMIT_METADATA_FILE);
    char *to = why.len ? NULL : arena_alloc(c->a, size + 1);
    size_t got = 0;
    while (!why.len && got < size) {
        ssize_t n = read(fd, to + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            why = n < 0 ? str_of(strerrordesc_np(errno)) : STR("it was cut while it was read");
        else
            got += (size_t)n;
    }
    close(fd);
    *ret = (struct str){to, got};
    return why.len ? unreadable(c, EXIT_REFUSED, path, why) : EXIT_DONE;
}

/* ---- what it says ---- */

static const char *kind_word(enum flink_snapshot_kind kind)
{
    switch (kind) {
    case FLINK_SNAPSHOT_CHECKPOINT: return "CHECKPOINT";
    case FLINK_SNAPSHOT_SAVEPOINT: return "SAVEPOINT";
    case FLINK_SNAPSHOT_UNSAID:
    default: return "UNSAID";
    }
}

static const char *format_word(enum flink_snapshot_format format)
{
    switch (format) {
    case FLINK_FORMAT_CANONICAL: return "CANONICAL";
    case FLINK_FORMAT_NATIVE: return "NATIVE";
    case FLINK_FORMAT_UNSAID:
    default: return "UNSAID";
    }
}

static void put_str(struct json_out *o, const char *key, struct str value)
{
    json_key(o, str_of(key));
    json_put_str(o, value);
}

static void put_i64(struct json_out *o, const char *key, int64_t value)
{
    json_key(o, str_of(key));
    json_put_i64(o, value);
}

static void put_operator(struct json_out *o, const struct flink_operator *op)
{
    json_begin_object(o);
    put_str(o, "id", str_of(op->id));
    if (op->name.len)
        put_str(o, "name", op->name);
    if (op->uid.len)
        put_str(o, "uid", op->uid);
    put_i64(o, "parallelism", op->parallelism);
    put_i64(o, "maxParallelism", op->max_parallelism);
    put_i64(o, "sizeBytes", op->size);
    json_key(o, STR("hasState"));
    json_put_bool(o, op->has_state);
    json_key(o, STR("finished"));
    json_put_bool(o, op->finished);
    json_end_object(o);
}

static struct str as_json(struct cli *c, struct str location, const struct flink_metadata *m)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    json_begin_object(&o);
    put_str(&o, "kind", STR("SnapshotMetadata"));
    put_str(&o, "location", location);
    put_i64(&o, "metadataVersion", m->version);
    put_i64(&o, "checkpointId", m->checkpoint_id);
    put_str(&o, "type", str_of(kind_word(m->kind)));
    put_str(&o, "format", str_of(format_word(m->format)));
    put_i64(&o, "sizeBytes", m->size);
    json_key(&o, STR("operators"));
    json_begin_array(&o);
    for (size_t i = 0; i < m->n_operators; i++)
        put_operator(&o, &m->operators[i]);
    json_end_array(&o);
    json_key(&o, STR("files"));
    json_begin_array(&o);
    for (size_t i = 0; i < m->n_files; i++) {
        json_begin_object(&o);
        put_str(&o, "path", m->files[i].path);
        put_i64(&o, "sizeBytes", m->files[i].size);
        json_end_object(&o);
    }
    json_end_array(&o);
    json_end_object(&o);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static void print_people(struct cli *c, struct str location, const struct flink_metadata *m)
{
    static const char *const heads[] = {"OPERATOR", "UID", "PAR", "MAX", "STATE", "NAME"};
    struct table t = {.heads = heads, .columns = 6};
    out_fmt(c,
            "%.*s\n   %s  checkpoint %lld  format %s  metadata version %lld\n"
            "   %.*s of state, %zu operators, %zu files\n\n",
            STR_ARG(plain_line(c->a, location)), kind_word(m->kind), (long long)m->checkpoint_id,
            format_word(m->format), (long long)m->version, STR_ARG(size_text(c->a, m->size)),
            m->n_operators, m->n_files);
    for (size_t i = 0; i < m->n_operators; i++) {
        const struct flink_operator *op = &m->operators[i];
        struct str size = op->has_state ? size_text(c->a, op->size) : STR("-");
        table_cell(c, &t, str_of(op->id), TONE_PLAIN);
        table_cell(c, &t, op->uid.len ? plain_line(c->a, op->uid) : STR("-"), TONE_PLAIN);
        table_cell(c, &t, arena_fmt(c->a, "%lld", (long long)op->parallelism), TONE_PLAIN);
        table_cell(c, &t, arena_fmt(c->a, "%lld", (long long)op->max_parallelism), TONE_PLAIN);
        table_cell(c, &t, op->finished ? STR("finished") : size, TONE_PLAIN);
        table_cell(c, &t, op->name.len ? plain_line(c->a, op->name) : STR("-"), TONE_PLAIN);
    }
    table_print(c, &t, true);
}

/* ---- where it is ---- */

static int locate(struct cli *c, struct str word, struct str *location)
{
    struct str rest;
    struct str first = str_split(word, '/', &rest);
    struct json savepoint;
    bool named = kind_find(first) == kind_of(RESOURCE_SAVEPOINT) && uuid_is_valid(rest);
    *location = word;
    if (!named && !uuid_is_valid(word))
        return EXIT_DONE;
    struct str id = named ? rest : word;
    const char *what = arena_fmt(c->a, "inspect savepoint/%.*s", STR_ARG(id)).ptr;
    int r = server_get(c, object_path(c, kind_of(RESOURCE_SAVEPOINT), id), what, &savepoint);
    if (r != EXIT_DONE)
        return r;
    *location = json_str_or(json_path(savepoint, "spec.savepointLocation"), (struct str){0});
    if (!location->len)
        return fail(c, EXIT_CONFLICT, what, STR("it has no location: it is not complete"),
                    arena_fmt(c->a, "sluice get savepoint/%.*s -w", STR_ARG(id)).ptr);
    return EXIT_DONE;
}

/* Relative paths are people's habit; locations have none. */
static struct str absolute(struct cli *c, struct str location)
{
    char here[4096];
    if (str_contains(location, STR(":")) || str_starts_with(location, STR("/")) ||
        !getcwd(here, sizeof(here)))
        return location;
    return arena_fmt(c->a, "%s/%.*s", here, STR_ARG(location));
}

int cmd_savepoint_inspect(struct cli *c)
{
    struct str location;
    struct str bytes = {0};
    struct flink_metadata m;
    struct json v;
    struct err e = {0};
    int r = locate(c, c->words[0], &location);
    if (r != EXIT_DONE)
        return r;
    struct str path = snapshot_location_path(c->a, absolute(c, location));
    if (!path.len)
        return unreadable(c, EXIT_REFUSED, location, STR("it does not lie on this machine"));
    path = arena_fmt(c->a, "%.*s/_metadata", STR_ARG(path));
    r = read_whole(c, path, &bytes);
    if (r != EXIT_DONE)
        return r;
    if (flink_metadata_read(c->a, bytes, &m, &e) < 0)
        return unreadable(c, EXIT_REFUSED, path, str_of(e.text));
    if (c->format == FORMAT_TABLE)
        print_people(c, location, &m);
    else if (json_parse(c->a, as_json(c, location, &m), &v, &e) == 0)
        out_document(c, v);
    return EXIT_DONE;
}
