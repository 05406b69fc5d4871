/* Artifacts: fetched once, judged by what they are, kept under their hash. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artifacts_world.h"
#include "base/arena.h"
#include "base/limits.h"
#include "jar_writer.h"
#include "scratch.h"

#define MAIN  "Manifest-Version: 1.0\r\nMain-Class: org.example.Job\r\n\r\n"
#define CLASS "org/example/Job.class"

static int setup(void **state)
{
    *state = artifacts_world_new();
    return 0;
}

static int teardown(void **state)
{
    artifacts_world_free(*state);
    return 0;
}

static void assert_says(struct artifacts_world *w, const char *part)
{
    if (!strstr(w->text, part))
        fail_msg("\"%s\" does not say \"%s\"", w->text, part);
}

/* What coreutils say of a file. */
static void assert_sha256(const char *path, const char *expected)
{
    char command[700];
    char line[128] = {0};
    snprintf(command, sizeof(command), "sha256sum <%s", path);
    FILE *out = popen(command, "r");
    if (out) {
        assert_non_null(fgets(line, sizeof(line), out));
        pclose(out);
    }
    line[64] = '\0';
    assert_string_equal(expected, line);
}

static void a_file_is_copied_and_named_by_its_hash(void **state)
{
    struct artifacts_world *w = *state;
    struct stat st;
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), "org.example.Job"));
    assert_sha256(source_path(w, "job.jar"), w->sha256);
    assert_sha256(w->path, w->sha256);
    assert_non_null(strstr(w->path, w->sha256));
    assert_string_equal("job.jar", w->name);
    assert_string_equal("org.example.Job", w->entry_class);
    assert_int_equal(0, stat(w->path, &st));
    assert_int_equal(st.st_size, w->size);
    assert_int_equal(0, st.st_mode & 0077);
    assert_int_equal(0, count_files(w, ".fetch-"));
}

static void the_manifest_names_the_class_when_nobody_else_does(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
    assert_string_equal("org.example.Job", w->entry_class);
    /* Flink reads program-class before Main-Class */
    jar_make(source_path(w, "flink.jar"), "program-class: a.B\nMain-Class: c.D\n\n", "a/B.class");
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "flink.jar"), ""));
    assert_string_equal("a.B", w->entry_class);
}

static void a_folded_manifest_line_is_joined(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"),
             "Manifest-Version: 1.0\r\nmain-class: org.exam\r\n ple.J\r\n ob\r\nX: y\r\n\r\n",
             CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
    assert_string_equal("org.example.Job", w->entry_class);
}

static void an_attribute_of_a_later_section_does_not_count(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), "A: b\r\n\r\nName: x\r\nMain-Class: org.example.Job\r\n",
             CLASS);
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "job.jar"), ""));
    assert_says(w, "Main-Class");
}

static void a_jar_without_the_class_is_refused_by_name(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), MAIN, "org/example/Other.class");
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "job.jar"), ""));
    assert_says(w, "org.example.Job");
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "job.jar"), "org.example.Missing"));
    assert_says(w, "org.example.Missing");
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), "org.example.Other"));
}

static void a_jar_without_a_manifest_needs_a_class(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), NULL, CLASS);
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "job.jar"), ""));
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), "org.example.Job"));
}

static void what_is_not_there_or_no_file_is_refused_with_its_path(void **state)
{
    struct artifacts_world *w = *state;
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "missing.jar"), ""));
    assert_says(w, source_path(w, "missing.jar"));
    assert_says(w, "does not exist");
    assert_int_equal(0, mkdir(source_path(w, "folder.jar"), 0700));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "folder.jar"), ""));
    assert_says(w, "not a regular file");
    assert_int_equal(0, mkfifo(source_path(w, "pipe.jar"), 0600));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "pipe.jar"), ""));
    assert_int_equal(0, symlink("loop.jar", source_path(w, "loop.jar")));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "loop.jar"), ""));
    assert_says(w, "loop.jar");
}

static void write_bytes(const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(bytes.len, write(fd, bytes.ptr, bytes.len));
    close(fd);
}

static void what_is_no_jar_is_refused_and_not_kept(void **state)
{
    struct artifacts_world *w = *state;
    write_bytes(source_path(w, "text.jar"), STR("hello"));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "text.jar"), "a.B"));
    assert_says(w, "not a jar");
    write_bytes(source_path(w, "empty.jar"), STR(""));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "empty.jar"), "a.B"));
    jar_make(source_path(w, "cut.jar"), MAIN, CLASS);
    assert_int_equal(0, truncate(source_path(w, "cut.jar"), 100));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "cut.jar"), "a.B"));
    write_bytes(source_path(w, "end.jar"), STR("PK\5\6\0\0\0\0\7\0\7\0\1\0\0\0\1\0\0\0\0\0"));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "end.jar"), "a.B"));
    assert_int_equal(0, count_files(w, ""));
}

/* 64 MiB in a manifest of 64 KiB, and a directory of a million million entries. */
static void a_jar_that_would_fill_the_memory_is_refused(void **state)
{
    struct artifacts_world *w = *state;
    struct jar_writer bomb = {.deflated = true};
    size_t size = (size_t)64 << 20;
    char *blank = mem_alloc(size);
    memset(blank, ' ', size);
    jar_add(&bomb, "META-INF/MANIFEST.MF", (struct str){blank, size});
    jar_add(&bomb, CLASS, STR(""));
    jar_finish(&bomb, source_path(w, "bomb.jar"));
    mem_free(blank);
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "bomb.jar"), ""));
    assert_says(w, "manifest");
    /* nobody reads the manifest when the class is given */
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "bomb.jar"), "org.example.Job"));

    struct jar_writer liar = {0};
    jar_add(&liar, CLASS, STR(""));
    jar_claim(&liar, UINT64_C(1000000000000));
    write_bytes(source_path(w, "liar.jar"), buf_str(&liar.file));
    buf_fini(&liar.file);
    buf_fini(&liar.directory);
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "liar.jar"), "org.example.Job"));
    assert_says(w, "entries");
}

static void a_jar_over_the_limit_is_refused_unread(void **state)
{
    struct artifacts_world *w = *state;
    write_bytes(source_path(w, "huge.jar"), STR("PK"));
    assert_int_equal(0, truncate(source_path(w, "huge.jar"), (off_t)LIMIT_JAR + 1));
    assert_int_equal(OUTCOME_REFUSED, fetch(w, source_uri(w, "huge.jar"), "a.B"));
    assert_says(w, "larger than");
}

struct scribbler {
    char path[512];
    atomic_bool stop;
};

static void *scribble(void *arg)
{
    struct scribbler *s = arg;
    int fd = open(s->path, O_WRONLY | O_CLOEXEC);
    for (char c = 0; !atomic_load(&s->stop); c++)
        if (pwrite(fd, &c, 1, 100) != 1)
            break;
    close(fd);
    return NULL;
}

static void a_file_that_changes_while_it_is_read_is_unknown(void **state)
{
    struct artifacts_world *w = *state;
    struct scribbler s = {0};
    pthread_t thread;
    snprintf(s.path, sizeof(s.path), "%s", source_path(w, "busy.jar"));
    write_bytes(s.path, STR("PK"));
    assert_int_equal(0, truncate(s.path, (off_t)128 << 20));
    assert_int_equal(0, pthread_create(&thread, NULL, scribble, &s));
    enum outcome outcome = fetch(w, source_uri(w, "busy.jar"), "a.B");
    atomic_store(&s.stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(OUTCOME_UNKNOWN, outcome);
    assert_says(w, "changed while it was read");
    assert_int_equal(0, count_files(w, ""));
}

/* The limit on file sizes stands for a full disk: both make write(2) fail in the middle. */
static void a_copy_that_does_not_fit_is_unknown_and_leaves_nothing(void **state)
{
    struct artifacts_world *w = *state;
    struct rlimit before;
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    struct rlimit small = {50, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
    enum outcome outcome = fetch(w, source_uri(w, "job.jar"), "");
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(OUTCOME_UNKNOWN, outcome);
    assert_int_equal(0, count_files(w, ""));
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
}

static long long bytes_read_so_far(void)
{
    long long n = -1;
    FILE *io = fopen("/proc/self/io", "r");
    if (io) {
        assert_int_equal(1, fscanf(io, "rchar: %lld", &n));
        fclose(io);
    }
    assert_true(n >= 0);
    return n;
}

static void make_large(const char *path, char fill)
{
    struct jar_writer w = {0};
    size_t size = (size_t)8 << 20;
    char *ballast = mem_alloc(size);
    memset(ballast, fill, size);
    jar_add(&w, CLASS, STR(""));
    jar_add(&w, "ballast", (struct str){ballast, size});
    jar_finish(&w, path);
    mem_free(ballast);
}

/* True once a fetch got along without reading the source: a file just written is read again, because
 * its times cannot tell a further write from the last one. */
static bool is_not_read_again(struct artifacts_world *w, const char *uri)
{
    for (int tries = 0; tries < 200; tries++) {
        long long before = bytes_read_so_far();
        assert_int_equal(OUTCOME_DONE, fetch(w, uri, "org.example.Job"));
        if (bytes_read_so_far() - before < 4 << 20)
            return true;
        usleep(20000);
    }
    return false;
}

static void an_unchanged_source_is_not_read_again(void **state)
{
    struct artifacts_world *w = *state;
    make_large(source_path(w, "job.jar"), 'a');
    assert_true(is_not_read_again(w, source_uri(w, "job.jar")));
}

static void a_changed_source_is_fetched_anew_and_the_old_copy_stays(void **state)
{
    struct artifacts_world *w = *state;
    char old[128];
    make_large(source_path(w, "job.jar"), 'a');
    assert_true(is_not_read_again(w, source_uri(w, "job.jar")));
    snprintf(old, sizeof(old), "%s", w->sha256);
    make_large(source_path(w, "job.jar"), 'b');
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), "org.example.Job"));
    assert_string_not_equal(old, w->sha256);
    assert_sha256(source_path(w, "job.jar"), w->sha256);
    assert_int_equal(OUTCOME_DONE, pinned(w, old));
}

static void a_copy_that_was_deleted_is_made_again(void **state)
{
    struct artifacts_world *w = *state;
    make_large(source_path(w, "job.jar"), 'a');
    assert_true(is_not_read_again(w, source_uri(w, "job.jar")));
    assert_int_equal(0, unlink(w->path));
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), "org.example.Job"));
    assert_sha256(w->path, w->sha256);
}

static void equal_contents_share_one_copy(void **state)
{
    struct artifacts_world *w = *state;
    struct stat before;
    struct stat after;
    jar_make(source_path(w, "one.jar"), MAIN, CLASS);
    jar_make(source_path(w, "two.jar"), MAIN, CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "one.jar"), ""));
    assert_int_equal(0, stat(w->path, &before));
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "two.jar"), ""));
    assert_string_equal("two.jar", w->name);
    assert_int_equal(0, stat(w->path, &after));
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(1, count_files(w, ""));
}

static void a_pinned_copy_is_found_by_its_hash_after_a_restart(void **state)
{
    struct artifacts_world *w = *state;
    char sha256[128];
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
    snprintf(sha256, sizeof(sha256), "%s", w->sha256);
    assert_int_equal(0, unlink(source_path(w, "job.jar")));
    artifacts_world_restart(w);
    assert_int_equal(OUTCOME_DONE, pinned(w, sha256));
    assert_string_equal(sha256, w->sha256);
    assert_string_equal("job.jar", w->name);
    assert_sha256(w->path, sha256);
    assert_true(w->size > 0);
}

static void a_pinned_copy_that_is_gone_or_changed_is_refused(void **state)
{
    struct artifacts_world *w = *state;
    char sha256[128];
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
    snprintf(sha256, sizeof(sha256), "%s", w->sha256);
    assert_int_equal(0, unlink(w->path));
    write_bytes(w->path, STR("something else"));
    assert_int_equal(OUTCOME_REFUSED, pinned(w, sha256));
    assert_says(w, "changed");
    assert_int_equal(OUTCOME_DONE, fetch(w, source_uri(w, "job.jar"), ""));
    assert_int_equal(OUTCOME_DONE, pinned(w, sha256));
    assert_int_equal(0, unlink(w->path));
    assert_int_equal(OUTCOME_REFUSED, pinned(w, sha256));
}

static void a_hash_is_no_way_to_another_file(void **state)
{
    struct artifacts_world *w = *state;
    assert_int_equal(OUTCOME_REFUSED, pinned(w, "../sources/job"));
    assert_int_equal(OUTCOME_REFUSED, pinned(w, ""));
    assert_int_equal(OUTCOME_REFUSED,
                     pinned(w, "/..............................................................."));
}

static void what_an_earlier_process_left_is_swept(void **state)
{
    struct artifacts_world *w = *state;
    char left[300];
    snprintf(left, sizeof(left), "%s/.fetch-abcdef", w->directory);
    write_bytes(left, STR("half a jar"));
    snprintf(left, sizeof(left), "%s/notes.txt", w->directory);
    write_bytes(left, STR("not ours"));
    artifacts_world_restart(w);
    assert_int_equal(0, count_files(w, ".fetch-"));
    assert_int_equal(1, count_files(w, "notes.txt"));
}

static void after_the_close_nobody_is_called(void **state)
{
    struct artifacts_world *w = *state;
    jar_make(source_path(w, "job.jar"), MAIN, CLASS);
    w->answered = true; /* on_sight would fail */
    struct artifact_request file = {.uri = str_of(source_uri(w, "job.jar"))};
    struct artifact_request http = {.uri = STR("http://host/x.jar")};
    w->artifacts.ops->fetch(w->artifacts.ctx, &file, on_sight, w);
    w->artifacts.ops->fetch(w->artifacts.ctx, &http, on_sight, w);
    artifacts_world_restart(w);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_copied_and_named_by_its_hash),
        CASE(the_manifest_names_the_class_when_nobody_else_does),
        CASE(a_folded_manifest_line_is_joined),
        CASE(an_attribute_of_a_later_section_does_not_count),
        CASE(a_jar_without_the_class_is_refused_by_name),
        CASE(a_jar_without_a_manifest_needs_a_class),
        CASE(what_is_not_there_or_no_file_is_refused_with_its_path),
        CASE(what_is_no_jar_is_refused_and_not_kept),
        CASE(a_jar_that_would_fill_the_memory_is_refused),
        CASE(a_jar_over_the_limit_is_refused_unread),
        CASE(a_file_that_changes_while_it_is_read_is_unknown),
        CASE(a_copy_that_does_not_fit_is_unknown_and_leaves_nothing),
        CASE(an_unchanged_source_is_not_read_again),
        CASE(a_changed_source_is_fetched_anew_and_the_old_copy_stays),
        CASE(a_copy_that_was_deleted_is_made_again),
        CASE(equal_contents_share_one_copy),
        CASE(a_pinned_copy_is_found_by_its_hash_after_a_restart),
        CASE(a_pinned_copy_that_is_gone_or_changed_is_refused),
        CASE(a_hash_is_no_way_to_another_file),
        CASE(what_an_earlier_process_left_is_swept),
        CASE(after_the_close_nobody_is_called),
    };
    int failures = cmocka_run_group_tests_name("artifacts", tests, NULL, NULL);
    scratch_remove();
    return failures;
}
