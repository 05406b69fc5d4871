#include "snapshots_rig.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapt/snapshots_file/snapshots_file.h"
#include "hand_loop.h"
#include "metadata_writer.h"
#include "scratch.h"

#define NOBODY 65534

struct arena *arena;
static struct hand_loop *loop;
static struct snapshots_file *adapter;
static struct snapshots port;
struct str root; /* of the test's files */

int rig_begin(void **state)
{
    (void)state;
    arena = arena_new();
    root = arena_str(arena, str_of(scratch_fresh()));
    loop = hand_loop_new();
    adapter = snapshots_file_new(hand_loop_port(loop));
    port = snapshots_file_port(adapter);
    return 0;
}

int rig_end(void **state)
{
    (void)state;
    snapshots_file_free(adapter);
    hand_loop_free(loop);
    arena_free(arena);
    return 0;
}

struct got got;

static bool was_called(void *arg)
{
    (void)arg;
    return got.called;
}

static void expect_call(void)
{
    assert_false(got.called); /* never from inside the call */
    assert_true(hand_loop_until(loop, was_called, NULL));
}

static struct snapshot_sight sight_copy(const struct snapshot_sight *s)
{
    struct snapshot_sight copy = *s;
    copy.location = arena_str(arena, s->location);
    copy.text = arena_str(arena, s->text);
    return copy;
}

static void on_verify(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                      struct str text)
{
    (void)arg;
    got.called = true;
    got.outcome = outcome;
    got.text = arena_str(arena, text);
    assert_int_equal(s != NULL, outcome == OUTCOME_DONE);
    if (s)
        got.sight = sight_copy(s);
}

static void on_read(void *arg, enum outcome outcome, const struct snapshot_sight *s,
                    const struct flink_metadata *m, struct str text)
{
    on_verify(arg, outcome, s, text);
    got.understood = m != NULL;
    got.n_operators = m ? m->n_operators : 0;
}

static void on_list(void *arg, const struct snapshot_listing *l)
{
    (void)arg;
    got.called = true;
    got.listing = *l;
    got.listing.items = ARENA_ARRAY(arena, struct snapshot_sight, l->n);
    for (size_t i = 0; i < l->n; i++)
        got.listing.items[i] = sight_copy(&l->items[i]);
    got.outcome = l->outcome;
    got.text = arena_str(arena, l->text);
}

static void on_remove(void *arg, enum outcome outcome, struct str text)
{
    (void)arg;
    got.called = true;
    got.outcome = outcome;
    got.text = arena_str(arena, text);
}

void verify(const char *location)
{
    memset(&got, 0, sizeof(got));
    port.ops->verify(port.ctx, str_of(location), on_verify, NULL);
    expect_call();
}

void read_at(const char *location)
{
    memset(&got, 0, sizeof(got));
    port.ops->read(port.ctx, str_of(location), on_read, NULL);
    expect_call();
}

void list(const char *directory)
{
    memset(&got, 0, sizeof(got));
    port.ops->list(port.ctx, str_of(directory), on_list, NULL);
    expect_call();
}

void remove_at(const char *location)
{
    memset(&got, 0, sizeof(got));
    port.ops->remove(port.ctx, str_of(location), on_remove, NULL);
    expect_call();
}

void says(const char *part)
{
    struct str text = got.outcome == OUTCOME_DONE && got.sight.text.len ? got.sight.text : got.text;
    if (!str_contains(text, str_of(part)))
        fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(text), part);
}

/* Paths below the test's directory. */
const char *at(const char *name)
{
    return arena_fmt(arena, "%.*s/%s", STR_ARG(root), name).ptr;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

void write_zeros(const char *path, size_t n)
{
    char zeros[4096] = {0};
    assert_true(n <= sizeof(zeros));
    write_file(path, zeros, n);
}

bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void put_refs(struct buf *b, void *arg)
{
    const struct refs *r = arg;
    put_u8(b, 8); /* a changelog, for its list */
    put_i64(b, 0);
    put_i64(b, 0);
    put_i32(b, (r->absolute != NULL) + (r->relative != NULL));
    for (int i = 0; i < 2; i++) {
        if ((i == 0 && !r->absolute) || (i == 1 && !r->relative))
            continue;
        put_u8(b, 3);
        put_i32(b, 0);
        put_i32(b, 0);
        if (i == 0)
            put_file(b, r->absolute, r->absolute_size);
        else
            put_relative(b, r->relative, r->relative_size);
    }
    put_i32(b, 0);
    put_i64(b, 0);
    put_utf(b, "id");
}

/* Writes root/name/_metadata and returns "file:" and its directory. */
const char *snapshot(const char *name, int64_t id, const struct refs *refs)
{
    struct buf b = {0};
    struct refs copy = refs ? *refs : (struct refs){0};
    enum properties kind =
        str_starts_with(str_of(name), STR("chk-")) ? PROPERTIES_CHECKPOINT : PROPERTIES_CANONICAL;
    put_small(&b, 4, id, kind, refs ? put_refs : NULL, &copy);
    (void)mkdir(at(name), 0755);
    write_file(arena_fmt(arena, "%s/_metadata", at(name)).ptr, b.ptr, b.len);
    buf_fini(&b);
    return arena_fmt(arena, "file:%s", at(name)).ptr;
}

/* As somebody whom permissions bind: root is not. */
void as_nobody(void (*fn)(const char *path), const char *path)
{
    bool is_root = geteuid() == 0;
    if (is_root)
        assert_int_equal(seteuid(NOBODY), 0);
    fn(path);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
}
