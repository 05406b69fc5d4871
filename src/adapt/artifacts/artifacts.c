/* The flow of a fetch: the loop thread decides what kind it is, a pool thread reads, hashes and looks
 * into the jar, the loop thread remembers and answers. */
#include "adapt/artifacts/artifacts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapt/artifacts/job.h"
#include "base/limits.h"
#include "base/timefmt.h"

#define DOWNLOAD_TIMEOUT_US (INT64_C(600) * US_PER_S)

struct fetcher {
    struct loop loop;
    const struct http_client *http;
    struct shelf shelf;
    struct memory memory;
    struct job *running; /* fetches, no two of one URI */
    struct job *waiting; /* for one that runs, in order */
    size_t under_way;
    bool closed;
};

static void fetcher_free(struct fetcher *f)
{
    memory_fini(&f->memory);
    EVP_MD_free(f->shelf.md);
    mem_free(f->shelf.directory);
    mem_free(f);
}

/* ---- one fetch of a URI at a time ---- */

static struct job *find(struct job *list, struct str uri)
{
    while (list && !str_eq(list->uri, uri))
        list = list->next;
    return list;
}

static void append(struct job **list, struct job *job)
{
    while (*list)
        list = &(*list)->next;
    *list = job;
    job->next = NULL;
}

static bool take_out(struct job **list, const struct job *job)
{
    while (*list && *list != job)
        list = &(*list)->next;
    if (!*list)
        return false;
    *list = job->next;
    return true;
}

static bool is_same_question(const struct job *x, const struct job *y)
{
    return str_eq(x->uri, y->uri) && x->library == y->library && str_eq(x->wanted, y->wanted) &&
           str_eq(x->only, y->only);
}

static void start(struct job *job);
static void answer(struct job *job);

static void share_answer(const struct job *from, struct job *to)
{
    to->found = from->found;
    to->verdict = (struct verdict){from->verdict.outcome, arena_str(to->arena, from->verdict.text)};
    to->entry_class = arena_str(to->arena, from->entry_class);
    answer(to);
}

/* Who asked the same meanwhile has the same answer; who asked something else has the next turn. */
static void let_others_in(struct fetcher *f, const struct job *done)
{
    struct job *job;
    struct job *others = NULL;
    while ((job = find(f->waiting, done->uri))) {
        take_out(&f->waiting, job);
        if (is_same_question(job, done) && !f->closed)
            share_answer(done, job);
        else
            append(&others, job);
    }
    while ((job = others)) {
        others = job->next;
        start(job);
    }
}

/* ---- answers ---- */

static struct artifact_sight sight_of(struct job *job)
{
    struct artifact_sight s = {.outcome = job->verdict.outcome, .text = job->verdict.text};
    if (s.outcome != OUTCOME_DONE)
        return s;
    s.path = pinned_path(job->arena, job->shelf->directory, job->found.digest.hex);
    s.sha256 = str_of(job->found.digest.hex);
    s.name = job->source.name;
    s.entry_class = job->entry_class;
    s.size_bytes = job->found.digest.size;
    return s;
}

static void answer(struct job *job)
{
    struct fetcher *f = job->f;
    if (!f->closed) {
        struct artifact_sight s = sight_of(job);
        job->fn(job->arg, &s);
    }
    arena_free(job->arena);
    if (--f->under_way == 0 && f->closed)
        fetcher_free(f);
}

static void remember(struct fetcher *f, struct job *job)
{
    struct known copy = job->found;
    copy.etag[0] = copy.last_modified[0] = '\0';
    memory_keep(&f->memory, str_of(job->found.digest.hex), &copy);
    bool file = job->source.kind == SOURCE_FILE && !job->source_is_fresh;
    bool http =
        job->source.kind == SOURCE_HTTP && (job->found.etag[0] || job->found.last_modified[0]);
    if (job->uri.len > 0 && (file || http))
        memory_keep(&f->memory, job->uri, &job->found);
}

static void finish(void *arg)
{
    struct job *job = arg;
    struct fetcher *f = job->f;
    if (job->temp_fd >= 0) {
        close(job->temp_fd);
        unlink(job->temp.ptr); /* pinned, it has another name by now */
    }
    if (!f->closed && job->verdict.outcome == OUTCOME_DONE)
        remember(f, job);
    if (job->only.len > 0 && job->verdict.outcome != OUTCOME_DONE)
        job->verdict.text = arena_fmt(job->arena,
                                      "the pinned copy of %.*s was lost or damaged, and cannot be "
                                      "had again: %.*s",
                                      STR_ARG(job->source.name), STR_ARG(job->verdict.text));
    if (take_out(&f->running, job))
        let_others_in(f, job);
    answer(job);
}

/* Never from inside the call: the caller may not be ready for its answer. */
static void refuse(struct job *job, struct verdict v)
{
    job->verdict = v;
    job->f->loop.ops->post(job->f->loop.ctx, finish, job);
}

/* ---- downloads ---- */

static void on_download(void *arg, const struct http_answer *a)
{
    struct job *job = arg;
    struct loop *loop = &job->f->loop;
    job->content_type = arena_str(job->arena, a->content_type);
    if (a->outcome == OUTCOME_DONE && a->status == 304 && job->conditional) {
        loop->ops->work(loop->ctx, job_work_unchanged, finish, job);
        return;
    }
    if (a->outcome == OUTCOME_DONE && a->status == 200) {
        known_validators(&job->found, a->etag, a->last_modified);
        loop->ops->work(loop->ctx, job_work_http, finish, job);
        return;
    }
    if (a->outcome != OUTCOME_DONE)
        job->verdict = verdict_unknown(job->arena, "cannot be downloaded: %.*s", STR_ARG(a->text));
    else if (a->status == 404 || a->status == 410)
        job->verdict =
            verdict_refused(job->arena, "the server has no such file (status %d)", a->status);
    else
        job->verdict = verdict_unknown(job->arena, "the server answered with status %d", a->status);
    finish(job);
}

static void start_download(struct job *job)
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
        .url = job->uri,
        .timeout_us = DOWNLOAD_TIMEOUT_US,
        .most_bytes = LIMIT_JAR,
        .follow_redirects = true,
        .to_fd = job->temp_fd,
    };
    job->conditional =
        (job->found.etag[0] || job->found.last_modified[0]) && job_copy_is_intact(job);
    if (job->conditional) {
        call.if_none_match = str_of(job->found.etag);
        call.if_modified_since = str_of(job->found.last_modified);
    }
    f->http->ops->send(f->http->ctx, &call, on_download, job);
}

/* ---- the port ---- */

static void start(struct job *job)
{
    struct fetcher *f = job->f;
    if (find(f->running, job->uri)) {
        append(&f->waiting, job);
        return;
    }
    append(&f->running, job);
    /* What another one found out meanwhile spares this one the work; what must be fetched again has
     * no copy to compare with. */
    const struct known *known = job->only.len ? NULL : memory_find(&f->memory, job->uri);
    job->found = known ? *known : (struct known){0};
    switch (job->source.kind) {
    case SOURCE_NONE: refuse(job, (struct verdict){OUTCOME_REFUSED, job->source.text}); break;
    case SOURCE_FILE: f->loop.ops->work(f->loop.ctx, job_work_file, finish, job); break;
    case SOURCE_HTTP: start_download(job); break;
    }
}

static struct job *job_new(struct fetcher *f, const struct artifact_request *what,
                           void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct arena *a = arena_new();
    struct job *job = ARENA_NEW(a, struct job);
    *job =
        (struct job){.f = f, .shelf = &f->shelf, .arena = a, .fn = fn, .arg = arg, .temp_fd = -1};
    job->uri = arena_str(a, what->uri);
    job->library = what->library;
    job->wanted = what->library ? (struct str){0} : arena_str(a, what->entry_class);
    job->source = source_of(a, job->uri);
    f->under_way++;
    return job;
}

static void artifacts_fetch(void *ctx, const struct artifact_request *what,
                            void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    start(job_new(ctx, what, fn, arg));
}

static void on_pinned(void *arg)
{
    struct job *job = arg;
    if (job->lost && job->uri.len > 0 && !job->f->closed) {
        job->only = arena_str(job->arena, str_of(job->found.digest.hex));
        job->library = true; /* the same bytes were looked into before */
        start(job);
        return;
    }
    finish(job);
}

static void artifacts_pinned(void *ctx, const struct artifact_request *what,
                             void (*fn)(void *arg, const struct artifact_sight *s), void *arg)
{
    struct fetcher *f = ctx;
    struct job *job = job_new(f, what, fn, arg);
    if (what->name.len > 0)
        job->source.name = arena_str(job->arena, what->name);
    if (!sha256_is_valid(what->sha256)) {
        refuse(job, verdict_refused(job->arena, "not a SHA-256 in lower-case hex"));
        return;
    }
    const struct known *known = memory_find(&f->memory, what->sha256);
    if (known)
        job->found = *known;
    memcpy(job->found.digest.hex, what->sha256.ptr, SHA256_HEX);
    f->loop.ops->work(f->loop.ctx, job_work_pinned, on_pinned, job);
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static void artifacts_keep_only(void *ctx, struct str_list list)
{
    struct fetcher *f = ctx;
    if (f->under_way > 0)
        return;
    DIR *dir = opendir(f->shelf.directory);
    if (!dir)
        return; /* nothing is lost by keeping them */
    struct arena *a = arena_new();
    struct str *kept = ARENA_ARRAY(a, struct str, list.n + 1);
    if (list.n > 0)
        memcpy(kept, list.items, list.n * sizeof(*kept));
    qsort(kept, list.n, sizeof(*kept), by_text);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct str hash = str_take(str_of(entry->d_name), SHA256_HEX);
        if (!sha256_is_valid(hash) || strcmp(entry->d_name + SHA256_HEX, ".jar") != 0 ||
            bsearch(&hash, kept, list.n, sizeof(*kept), by_text))
            continue;
        unlink(arena_fmt(a, "%s/%s", f->shelf.directory, entry->d_name).ptr);
    }
    closedir(dir);
    arena_free(a);
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
    static const struct artifacts_ops ops = {artifacts_fetch, artifacts_pinned,
                                             artifacts_keep_only};
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
    while (f->waiting) {
        struct job *job = f->waiting;
        f->waiting = job->next;
        arena_free(job->arena);
        f->under_way--;
    }
    if (f->under_way == 0)
        fetcher_free(f);
}
