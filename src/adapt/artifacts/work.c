/* What a fetch does on the pool: reads, hashes, looks into the jar, pins. */
#include <errno.h>
#include <unistd.h>

#include "adapt/artifacts/job.h"

bool job_copy_is_intact(const struct job *job)
{
    struct stat st;
    struct str path = pinned_path(job->arena, job->shelf->directory, job->found.digest.hex);
    if (job->found.digest.size == 0 || stat(path.ptr, &st) < 0)
        return false;
    struct identity now = identity_of(&st);
    return identity_same(&now, &job->found.copy);
}

static struct verdict check_jar(struct job *job, const char *path)
{
    return jar_check(job->arena, path, job->wanted, job->library ? NULL : &job->entry_class);
}

static struct verdict check_and_pin(struct job *job)
{
    struct verdict v = check_jar(job, job->temp.ptr);
    if (v.outcome == OUTCOME_DONE && job->only.len > 0 &&
        !str_eq(job->only, str_of(job->found.digest.hex)))
        v = verdict_refused(job->arena, "its source has other content by now (SHA-256 %s)",
                            job->found.digest.hex);
    if (v.outcome == OUTCOME_DONE)
        v = pin(job->arena, job->shelf, job->temp_fd, job->temp, &job->found.digest,
                &job->found.copy);
    return v;
}

static struct verdict copy_file(struct job *job, int fd)
{
    struct stat st;
    struct verdict v = temp_file(job->arena, job->shelf->directory, &job->temp_fd, &job->temp);
    if (v.outcome == OUTCOME_DONE)
        v = copy_and_hash(job->arena, job->shelf->md, fd, job->temp_fd, &job->found.digest);
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
        job_copy_is_intact(job)) {
        struct str copy = pinned_path(job->arena, job->shelf->directory, job->found.digest.hex);
        v = check_jar(job, copy.ptr);
    } else if (v.outcome == OUTCOME_DONE) {
        job->found.source = now;
        v = copy_file(job, fd);
    }
    if (fd >= 0)
        close(fd);
    return v;
}

void job_work_file(void *arg)
{
    struct job *job = arg;
    struct verdict v = fetch_file(job);
    if (v.outcome != OUTCOME_DONE && !str_contains(v.text, job->source.path))
        v.text = arena_fmt(job->arena, "%.*s: %.*s", STR_ARG(job->source.path), STR_ARG(v.text));
    job->verdict = v;
}

void job_work_http(void *arg)
{
    struct job *job = arg;
    if (lseek(job->temp_fd, 0, SEEK_SET) < 0) {
        job->verdict = verdict_unknown(job->arena, "%s", strerrordesc_np(errno));
        return;
    }
    struct verdict v =
        copy_and_hash(job->arena, job->shelf->md, job->temp_fd, -1, &job->found.digest);
    if (v.outcome == OUTCOME_DONE)
        v = check_and_pin(job);
    /* a login page or a proxy's excuse proves nothing about the artifact */
    if (v.outcome == OUTCOME_REFUSED && str_starts_with(job->content_type, STR("text/html")))
        v = verdict_unknown(job->arena, "the server answered with a web page, not with a jar");
    job->verdict = v;
}

void job_work_unchanged(void *arg)
{
    struct job *job = arg;
    struct str copy = pinned_path(job->arena, job->shelf->directory, job->found.digest.hex);
    job->verdict = check_jar(job, copy.ptr);
}

void job_work_pinned(void *arg)
{
    struct job *job = arg;
    struct str path = pinned_path(job->arena, job->shelf->directory, job->found.digest.hex);
    struct digest held;
    struct identity now;
    int fd;
    if (job_copy_is_intact(job)) {
        job->verdict = VERDICT_DONE;
        return;
    }
    struct verdict v = source_open(job->arena, path.ptr, &fd, &now);
    if (v.outcome == OUTCOME_DONE)
        v = copy_and_hash(job->arena, job->shelf->md, fd, -1, &held);
    if (v.outcome == OUTCOME_DONE && strcmp(held.hex, job->found.digest.hex) != 0)
        v = verdict_refused(job->arena, "%.*s was changed: its content is not of that hash",
                            STR_ARG(path));
    job->lost = v.outcome == OUTCOME_REFUSED;
    if (fd >= 0)
        close(fd);
    if (v.outcome == OUTCOME_DONE) {
        job->found.copy = now;
        job->found.digest = held;
    }
    job->verdict = v;
}
