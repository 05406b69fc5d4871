#include "artifacts_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "scratch.h"

struct exchange {
    struct web *web;
    int fd;
    void (*fn)(void *arg, const struct http_answer *answer);
    void *arg;
};

static void web_answer(void *arg)
{
    struct exchange *x = arg;
    struct web *web = x->web;
    struct http_answer answer = {
        .outcome = web->outcome,
        .status = web->status,
        .text = STR("no answer"),
        .content_type = str_of(web->content_type),
        .etag = str_of(web->etag),
        .last_modified = str_of(web->last_modified),
    };
    if (web->body_size && web->status != 304)
        assert_int_equal(web->body_size, write(x->fd, web->body, web->body_size));
    x->fn(x->arg, &answer);
    mem_free(x);
}

void web_answer_now(struct web *web)
{
    struct exchange *x = web->open;
    assert_non_null(x);
    web->open = NULL;
    web_answer(x);
}

static void web_send(void *ctx, const struct http_call *call,
                     void (*fn)(void *arg, const struct http_answer *answer), void *arg)
{
    struct web *web = ctx;
    struct exchange *x = mem_alloc(sizeof(*x));
    *x = (struct exchange){web, call->to_fd, fn, arg};
    web->asked++;
    web->last = *call;
    snprintf(web->if_none_match, sizeof(web->if_none_match), "%.*s", STR_ARG(call->if_none_match));
    snprintf(web->if_modified_since, sizeof(web->if_modified_since), "%.*s",
             STR_ARG(call->if_modified_since));
    if (web->silent) {
        assert_null(web->open); /* one at a time */
        web->open = x;
        return;
    }
    struct loop loop = hand_loop_port(web->loop);
    loop.ops->post(loop.ctx, web_answer, x);
}

static void start(struct artifacts_world *w)
{
    struct err e = {0};
    struct artifacts_options options = {
        .directory = w->directory,
        .loop = hand_loop_port(w->loop),
        .http = &w->web.port,
    };
    if (artifacts_open(&options, &w->artifacts, &e) < 0)
        fail_msg("%s", e.text);
}

struct artifacts_world *artifacts_world_new(void)
{
    static const struct http_client_ops ops = {.send = web_send};
    struct artifacts_world *w = mem_alloc(sizeof(*w));
    const char *home = scratch_fresh();
    snprintf(w->directory, sizeof(w->directory), "%s/artifacts", home);
    snprintf(w->sources, sizeof(w->sources), "%s/sources", home);
    assert_int_equal(0, mkdir(w->sources, 0700));
    w->loop = hand_loop_new();
    w->web = (struct web){.port = {&ops, &w->web}, .loop = w->loop, .status = 200};
    w->web.outcome = OUTCOME_DONE;
    start(w);
    return w;
}

void artifacts_world_free(struct artifacts_world *w)
{
    artifacts_close(&w->artifacts);
    hand_loop_free(w->loop);
    mem_free(w->web.body);
    mem_free(w);
}

void artifacts_world_restart(struct artifacts_world *w)
{
    artifacts_close(&w->artifacts);
    start(w);
}

const char *source_path(struct artifacts_world *w, const char *name)
{
    static char path[512];
    snprintf(path, sizeof(path), "%s/%s", w->sources, name);
    return path;
}

const char *source_uri(struct artifacts_world *w, const char *name)
{
    static char uri[600];
    snprintf(uri, sizeof(uri), "file://%s", source_path(w, name));
    return uri;
}

void on_sight(void *arg, const struct artifact_sight *s)
{
    struct artifacts_world *w = arg;
    assert_false(w->answered);
    w->answered = true;
    w->outcome = s->outcome;
    w->size = s->size_bytes;
    snprintf(w->text, sizeof(w->text), "%.*s", STR_ARG(s->text));
    snprintf(w->path, sizeof(w->path), "%.*s", STR_ARG(s->path));
    snprintf(w->sha256, sizeof(w->sha256), "%.*s", STR_ARG(s->sha256));
    snprintf(w->name, sizeof(w->name), "%.*s", STR_ARG(s->name));
    snprintf(w->entry_class, sizeof(w->entry_class), "%.*s", STR_ARG(s->entry_class));
}

static bool is_answered(void *arg)
{
    return ((const struct artifacts_world *)arg)->answered;
}

void await_sight(struct artifacts_world *w)
{
    assert_true(hand_loop_until(w->loop, is_answered, w));
}

typedef void question(void *ctx, const struct artifact_request *what,
                      void (*fn)(void *arg, const struct artifact_sight *s), void *arg);

static enum outcome ask(struct artifacts_world *w, question *q, struct artifact_request what)
{
    w->answered = false;
    q(w->artifacts.ctx, &what, on_sight, w);
    assert_false(w->answered); /* never from inside the call */
    await_sight(w);
    return w->outcome;
}

enum outcome fetch(struct artifacts_world *w, const char *uri, const char *entry_class)
{
    return ask(w, w->artifacts.ops->fetch,
               (struct artifact_request){.uri = str_of(uri), .entry_class = str_of(entry_class)});
}

enum outcome fetch_library(struct artifacts_world *w, const char *uri)
{
    return ask(w, w->artifacts.ops->fetch,
               (struct artifact_request){.uri = str_of(uri), .library = true});
}

enum outcome pinned(struct artifacts_world *w, const char *sha256)
{
    return ask(w, w->artifacts.ops->pinned,
               (struct artifact_request){.sha256 = str_of(sha256), .name = STR("job.jar")});
}

enum outcome pinned_or(struct artifacts_world *w, const char *sha256, const char *uri)
{
    return ask(w, w->artifacts.ops->pinned,
               (struct artifact_request){.uri = str_of(uri), .sha256 = str_of(sha256)});
}

void web_serve(struct web *web, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        fail_msg("cannot read %s", path);
        return;
    }
    mem_free(web->body);
    web->body_size = (size_t)st.st_size;
    web->body = mem_alloc(web->body_size);
    assert_int_equal(st.st_size, read(fd, web->body, web->body_size));
    close(fd);
}

size_t count_files(struct artifacts_world *w, const char *prefix)
{
    size_t n = 0;
    DIR *dir = opendir(w->directory);
    if (!dir) {
        fail_msg("cannot read %s", w->directory);
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        n += entry->d_type == DT_REG && strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(dir);
    return n;
}
