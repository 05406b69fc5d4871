/* The flow of a fetch: the loop thread decides what kind it is, a pool thread reads, hashes and looks
 * into the jar, the loop thread remembers and answers. */
#include "adapt/artifacts/artifacts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "adapt/artifacts/parts.h"
#include "base/limits.h"
#include "base/timefmt.h"

#define DOWNLOAD_TIMEOUT_US (INT64_C(600) * US_PER_S)
struct fetcher {
    struct loop loop;
    const struct http_client *http;
    struct shelf shelf;
    struct memory memory;
    size_t under_way;
    bool closed;
};

struct job {
    struct fetcher *f;
    struct arena *arena;
    void (*fn)(void *arg, const struct artifact_sight *s);
    void *arg;
    struct str key;
    struct str wanted; /* entry class */
    struct source source;
    struct str content_type;
    int temp_fd; /* -1: none */
    struct str temp;
    struct known found;   /* begins as what is remembered, or empty */
    bool source_is_fresh; /* written so lately that a write after it may bear the same time */
    struct str entry_class;
    struct verdict verdict;
};

static void fetcher_free(struct fetcher *f)
{
    memory_fini(&f->memory);
    EVP_MD_free(f->shelf.md);
    mem_free(f->shelf.directory);
    mem_free(f);
}

/* ---- pool ---- */

/* True when the pinned copy is the one that was hashed. */
static bool copy_is_intact(const struct job *job)
{
    struct stat st;
    struct str path = pinned_path(job->arena, job->f->shelf.directory, job->found.digest.hex);
    if (job->found.digest.size == 0 || stat(path.ptr, &st) < 0)
        return false;
    struct identity now = identity_of(&st);
    return identity_same(&now, &job->found.copy);
}

static struct verdict check_and_pin(struct job *job)
{
    struct verdict v = jar_check(job->arena, job->temp.ptr, job->wanted, &job->entry_class);
    if (v.outcome == OUTCOME_DONE)
        v = pin(job->arena, &job->f->shelf, job->temp_fd, job->temp, &job->found.digest,
                &job->found.copy);
    return v;
}

static struct verdict copy_file(struct job *job, int fd)
{
    struct stat st;
    struct verdict v = temp_file(job->arena, job->f->shelf.directory, &job->temp_fd, &job->temp);
    if (v.outcome == OUTCOME_DONE)
        v = copy_and_hash(job->arena, job->f->shelf.md, fd, job->temp_fd, &job->found.digest);
    if (v.outcome != OUTCOME_DONE)
        return v;
    if (fstat(fd, &st) < 0)
        return verdict_unknown(job->arena, "%s", strerrordesc_np(errno));
    struct identity after = identity_of(&st);
    if (!identity_same(&after, &job->found.source) || job->found.digest.size != after.size)
        return verdict_unknown(job->arena, "it changed while it was read");
    job->source_is_fresh = identity_is_fresh(&after);
    return check_and_pin(job);
}

static struct verdict fetch_file(struct job *job)
{
    int fd;
    struct identity now;
    struct verdict v = source_open(job->arena, job->source.path.ptr, &fd, &now);
    if (v.outcome == OUTCOME_DONE && identity_same(&now, &job->found.source) &&
        copy_is_intact(job)) {
        struct str copy = pinned_path(job->arena, job->f->shelf.directory, job->found.digest.hex);
        v = jar_check(job->arena, copy.ptr, job->wanted, &job->entry_class);
    } else if (v.outcome == OUTCOME_DONE) {
        job->found.source = now;
        v = copy_file(job, fd);
    }
    if (fd >= 0)
        close(fd);
    return v;
}

static void work_file(void *arg)
{
    struct job *job = arg;
    struct verdict v = fetch_file(job);
    if (v.outcome != OUTCOME_DONE && !str_contains(v.text, job->source.path))
        v.text = arena_fmt(job->arena, "%.*s: %.*s", STR_ARG(job->source.path), STR_ARG(v.text));
    job->verdict = v;
}

static void work_http(void *arg)
{
    struct job *job = arg;
    if (lseek(job->temp_fd, 0, SEEK_SET) < 0) {
        job->verdict = verdict_unknown(job->arena, "%s", strerrordesc_np(errno));
        return;
    }
    struct verdict v =
        copy_and_hash(job->arena, job->f->shelf.md, job->temp_fd, -1, &job->found.digest);
    if (v.outcome == OUTCOME_DONE)
        v = check_and_pin(job);
    /* a login page or a proxy's excuse proves nothing about the artifact */
    if (v.outcome == OUTCOME_REFUSED && str_starts_with(job->content_type, STR("text/html")))
        v = verdict_unknown(job->arena, "the server answered with a web page, not with a jar");
    job->verdict = v;
}

static void work_pinned(void *arg)
{
    struct job *job = arg;
    struct str path = pinned_path(job->arena, job->f->shelf.directory, job->found.digest.hex);
    struct digest held;
    struct identity now;
    int fd;
    if (copy_is_intact(job)) {
        job->verdict = VERDICT_DONE;
        return;
    }
    struct verdict v = source_open(job->arena, path.ptr, &fd, &now);
    if (v.outcome == OUTCOME_DONE)
        v = copy_and_hash(job->arena, job->f->shelf.md, fd, -1, &held);
    if (v.outcome == OUTCOME_DONE && strcmp(held.hex, job->found.digest.hex) != 0)
        v = verdict_refused(job->arena, "%.*s was changed: its content is not of that hash",
                            STR_ARG(path));
    if (fd >= 0)
        close(fd);
    if (v.outcome == OUTCOME_DONE) {
        job->found.copy = now;
        job->found.digest = held;
    }
    job->verdict = v;
}

/* ---- loop thread ---- */

static struct artifact_sight sight_of(struct job *job)
{
    struct artifact_sight s = {.outcome = job->verdict.outcome, .text = job->verdict.text};
    if (s.outcome != OUTCOME_DONE)
        return s;
    s.path = pinned_path(job->arena, job->f->shelf.directory, job->found.digest.hex);
    s.sha256 = str_of(job->found.digest.hex);
    s.name = job->source.name;
    s.entry_class = job->entry_class;
    s.size_bytes = job->found.digest.size;
    return s;
}

static void finish(void *arg)
{
    struct job *job = arg;
    struct fetcher *f = job->f;
    if (job->temp_fd >= 0) {
        close(job->temp_fd);
        unlink(job->temp.ptr); /* pinned, it has another name by now */
    }
    if (!f->closed && job->verdict.outcome == OUTCOME_DONE) {
        memory_keep(&f->memory, str_of(job->found.digest.hex), &job->found);
        if (job->source.kind == SOURCE_FILE && !job->source_is_fresh)
            memory_keep(&f->memory, job->key, &job->found);
    }
    if (!f->closed) {
        struct artifact_sight s = sight_of(job);
        job->fn(job->arg, &s);
    }
    arena_free(job->arena);
    if (--f->under_way == 0 && f->closed)
        fetcher_free(f);
}

/* Never from inside the call: the caller may not be ready for its answer. */
static void refuse(struct job *job, struct verdict v)
{
    job->verdict = v;
    job->f->loop.ops->post(job->f->loop.ctx, finish, job);
}

static void on_download(void *arg, const struct http_answer *answer)
{
    struct job *job = arg;
    job->content_type = arena_str(job->arena, answer->content_type);
    if (answer->outcome != OUTCOME_DONE) {
        job->verdict =
            verdict_unknown(job->arena, "cannot be downloaded: %.*s", STR_ARG(answer->text));
        finish(job);
    } else if (answer->status == 404 || answer->status == 410) {
        job->verdict =
            verdict_refused(job->arena, "the server has no such file (status %d)", answer->status);
        finish(job);
    } else if (answer->status != 200) {
        job->verdict =
            verdict_unknown(job->arena, "the server answered with status %d", answer->status);
        finish(job);
    } else {
        job->f->loop.ops->work(job->f->loop.ctx, work_http, finish, job);
    }
}

static void start_download(struct job *job, struct str uri)
{
    struct fetcher *f = job->f;
    if (!f->http) {
        refuse(job, verdict_refused(job->arena, "http: artifacts cannot be fetched here"));
        return;
    }
    struct verdict v = temp_file(job->arena, f->shelf.directory, &job->temp_fd, &job->temp);
    if (v.outcome != OUTCOME_DONE) {
        refuse(job, v);
        return;
    }
    struct http_call call = {
        .method = "GET",
        .url = uri,
        .timeout_us = DOWNLOAD_TIMEOUT_US,
        .most_bytes = LIMIT_JAR,
        .follow_redirects = true,
        .to_fd = job->temp_fd,
    };
    f->http->ops->send(f->http->ctx, &call, on_download, job);
}

static struct job *job_new(struct fetcher *f, struct str key,
                           void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct arena *a = arena_new();
    struct job *job = ARENA_NEW(a, struct job);
    *job = (struct job){.f = f, .arena = a, .fn = fn, .arg = arg, .temp_fd = -1};
    job->key = arena_str(a, key);
    const struct known *known = memory_find(&f->memory, key);
    if (known)
        job->found = *known;
    f->under_way++;
    return job;
}

static void artifacts_fetch(void *ctx, struct str uri, struct str entry_class,
                            void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct fetcher *f = ctx;
    struct job *job = job_new(f, uri, fn, arg);
    job->wanted = arena_str(job->arena, entry_class);
    job->source = source_of(job->arena, job->key);
    switch (job->source.kind) {
    case SOURCE_NONE: refuse(job, (struct verdict){OUTCOME_REFUSED, job->source.text}); break;
    case SOURCE_FILE: f->loop.ops->work(f->loop.ctx, work_file, finish, job); break;
    case SOURCE_HTTP: start_download(job, job->key); break;
    }
}

static void artifacts_pinned(void *ctx, struct str sha256, struct str name,
                             void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct fetcher *f = ctx;
    struct job *job = job_new(f, sha256, fn, arg);
    job->source.name = arena_str(job->arena, name);
    if (!sha256_is_valid(sha256)) {
        refuse(job, verdict_refused(job->arena, "not a SHA-256 in lower-case hex"));
        return;
    }
    memcpy(job->found.digest.hex, sha256.ptr, SHA256_HEX);
    f->loop.ops->work(f->loop.ctx, work_pinned, finish, job);
}

/* What an earlier process left half copied. */
static void sweep(const char *directory, DIR *dir)
{
    struct arena *a = arena_new();
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (str_starts_with(str_of(entry->d_name), STR(".fetch-")))
            unlink(arena_fmt(a, "%s/%s", directory, entry->d_name).ptr);
    arena_free(a);
}

int artifacts_open(const struct artifacts_options *options, struct artifacts *ret, struct err *e)
{
    static const struct artifacts_ops ops = {artifacts_fetch, artifacts_pinned};
    const char *directory = options->directory;
    if (mkdir(directory, 0700) < 0 && errno != EEXIST)
        return err_set(e, ERR_UNAVAILABLE, "cannot create %s: %s", directory,
                       strerrordesc_np(errno));
    DIR *dir = opendir(directory);
    if (!dir)
        return err_set(e, ERR_UNAVAILABLE, "cannot read %s: %s", directory, strerrordesc_np(errno));
    sweep(directory, dir);
    closedir(dir);
    struct fetcher *f = mem_alloc(sizeof(*f));
    f->loop = options->loop;
    f->http = options->http;
    f->shelf.directory = mem_alloc(strlen(directory) + 1);
    memcpy(f->shelf.directory, directory, strlen(directory));
    f->shelf.md = EVP_MD_fetch(NULL, "SHA256", NULL);
    *ret = (struct artifacts){&ops, f};
    if (f->shelf.md)
        return 0;
    fetcher_free(f);
    return err_set(e, ERR_UNAVAILABLE, "OpenSSL has no SHA-256");
}

void artifacts_close(struct artifacts *artifacts)
{
    struct fetcher *f = artifacts->ctx;
    f->closed = true;
    if (f->under_way == 0)
        fetcher_free(f);
}
