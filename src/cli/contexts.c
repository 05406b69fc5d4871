/* See contexts.h; and which server and namespace a command asks: flag, then environment, then
 * context, then what is built in. A context that is named on the command line is a flag. */
#include "cli/contexts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

#define NEXT_LOOK "sluice config list"

static struct str env(const char *name)
{
    return str_of(getenv(name));
}

/* ---- the file ---- */

struct str contexts_path(const struct cli *c)
{
    struct str home = env("XDG_CONFIG_HOME");
    if (home.len)
        return arena_fmt(c->a, "%.*s/sluice/config.yaml", STR_ARG(home));
    home = env("HOME");
    if (!home.len)
        return home;
    return arena_fmt(c->a, "%.*s/.config/sluice/config.yaml", STR_ARG(home));
}

static int unusable(struct cli *c, struct str why)
{
    return fail(c, EXIT_USAGE,
                arena_fmt(c->a, "%.*s cannot be used", STR_ARG(contexts_path(c))).ptr, why,
                "correct the file, or move it away");
}

/* Members that are not known stay: a newer sluice may have written them. */
static int check_document(struct cli *c, struct json document)
{
    struct json contexts = json_get(document, STR("contexts"));
    struct json current = json_get(document, STR("current"));
    struct json_iter it = json_each(contexts);
    struct str name;
    struct json context;
    if (json_kind(document) != JSON_OBJECT)
        return unusable(c, STR("expected an object with current and contexts"));
    if (!json_is_none(current) && json_kind(current) != JSON_STRING)
        return unusable(c, STR("/current: expected the name of a context"));
    if (!json_is_none(contexts) && json_kind(contexts) != JSON_OBJECT)
        return unusable(c, STR("/contexts: expected an object, name by name"));
    while (json_next(&it, &name, &context)) {
        struct json server = json_get(context, STR("server"));
        struct json ns = json_get(context, STR("namespace"));
        bool fits = json_kind(context) == JSON_OBJECT &&
                    (json_is_none(server) || json_kind(server) == JSON_STRING) &&
                    (json_is_none(ns) || json_kind(ns) == JSON_STRING);
        if (!fits)
            return unusable(c, arena_fmt(c->a,
                                         "/contexts/%.*s: expected server and namespace, as text",
                                         STR_ARG(name)));
    }
    return EXIT_DONE;
}

static struct json empty_object(struct cli *c)
{
    struct json v = {0};
    struct err e;
    return json_parse(c->a, STR("{}"), &v, &e) < 0 ? (struct json){0} : v;
}

int contexts_read(struct cli *c, struct json *ret)
{
    struct str path = contexts_path(c);
    struct buf b = {0};
    struct err e = {0};
    char chunk[4096];
    ssize_t n = 0;
    *ret = empty_object(c);
    int fd = path.len ? open(path.ptr, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return !path.len || errno == ENOENT || errno == ENOTDIR
                   ? EXIT_DONE
                   : unusable(c, str_of(strerrordesc_np(errno)));
    while (b.len <= LIMIT_STRING && (n = read(fd, chunk, sizeof(chunk))) > 0)
        buf_add(&b, (struct str){chunk, (size_t)n});
    int error = errno;
    close(fd);
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    if (n < 0)
        return unusable(c, str_of(strerrordesc_np(error)));
    if (text.len > LIMIT_STRING)
        return unusable(c, arena_fmt(c->a, "it has more than %u bytes", LIMIT_STRING));
    if (!str_trim(text).len)
        return EXIT_DONE;
    if (yaml_parse(c->a, text, ret, &e) < 0)
        return unusable(c, str_of(e.text));
    return check_document(c, *ret);
}

/* The folders above the file, for their owner only. */
static bool make_folders(char *path)
{
    for (char *p = path + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *p = '/';
        if (!made)
            return false;
    }
    return true;
}

/* Whole or not at all. */
static bool write_whole(const char *path, struct str text)
{
    struct buf b = {0};
    buf_fmt(&b, "%s.XXXXXX", path);
    int fd = mkstemp(b.ptr); /* 0600 */
    bool done = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0 && close(fd) < 0)
        done = false;
    if (done && rename(b.ptr, path) < 0) {
        error = errno;
        done = false;
    }
    if (!done && fd >= 0)
        unlink(b.ptr);
    buf_fini(&b);
    errno = error;
    return done;
}

int contexts_write(struct cli *c, struct json document, struct str patch)
{
    struct json change = {0};
    struct err e = {0};
    struct str path = contexts_path(c);
    if (!path.len)
        return fail(c, EXIT_USAGE, "there is no place for contexts",
                    STR("neither XDG_CONFIG_HOME nor HOME is set"), "set one of them");
    if (json_parse(c->a, patch, &change, &e) < 0)
        return unusable(c, str_of(e.text));
    /* A link stays a link: people keep such files elsewhere. */
    char *real = realpath(path.ptr, NULL);
    char *to = arena_cstr(c->a, real ? str_of(real) : path);
    free(real);
    struct str text = json_yaml(c->a, json_merge_patch(c->a, document, change));
    if (!make_folders(to) || !write_whole(to, text))
        return fail(c, EXIT_REFUSED, arena_fmt(c->a, "%.*s cannot be written", STR_ARG(path)).ptr,
                    str_of(strerrordesc_np(errno)), "set XDG_CONFIG_HOME to a directory of yours");
    return EXIT_DONE;
}

struct str contexts_current(struct json document)
{
    struct str name = env("SLUICE_CONTEXT");
    return name.len ? name : json_str_or(json_get(document, STR("current")), (struct str){0});
}

/* ---- which server ---- */

struct source {
    struct str value;
    struct str from;
};

static struct source first_of(const struct source *sources, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sources[i].value.len)
            return sources[i];
    return sources[n - 1];
}

static int no_context(struct cli *c, struct str name)
{
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "there is no context \"%.*s\"", STR_ARG(name)).ptr,
                arena_fmt(c->a, "%.*s has none of that name", STR_ARG(contexts_path(c))),
                NEXT_LOOK);
}

int context_choose(struct cli *c)
{
    struct json document;
    int r = contexts_read(c, &document);
    if (r != EXIT_DONE)
        return r;
    bool named = flag_given(c, FLAG_CONTEXT);
    struct str name = named ? c->flags[FLAG_CONTEXT] : contexts_current(document);
    struct json context = json_get(json_get(document, STR("contexts")), name);
    if (name.len && json_is_none(context))
        return no_context(c, name);
    struct str none = {0};
    struct str from = arena_fmt(c->a, "%scontext %.*s", named ? "--" : "", STR_ARG(name));
    struct source server = {json_str_or(json_get(context, STR("server")), none), from};
    struct source ns = {json_str_or(json_get(context, STR("namespace")), none), from};
    struct source env_server = {env("SLUICE_SERVER"), STR("SLUICE_SERVER")};
    struct source env_ns = {env("SLUICE_NAMESPACE"), STR("SLUICE_NAMESPACE")};
    struct source url = first_of((struct source[]){{c->flags[FLAG_SERVER], STR("--server")},
                                                   named ? server : env_server,
                                                   named ? env_server : server,
                                                   {STR("http://127.0.0.1:8080"), STR("built in")}},
                                 4);
    struct source space = first_of((struct source[]){{c->flags[FLAG_NAMESPACE], STR("--namespace")},
                                                     named ? ns : env_ns,
                                                     named ? env_ns : ns,
                                                     {STR("default"), STR("built in")}},
                                   4);
    c->url_from = url.from;
    c->ns_from = space.from;
    c->ns = space.value;
    c->url = url.value;
    if (!str_starts_with(c->url, STR("http://")) && !str_starts_with(c->url, STR("https://")))
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "\"%.*s\" is no URL of a server", STR_ARG(c->url)).ptr,
                    arena_fmt(c->a, "%.*s must begin with http:// or https://", STR_ARG(url.from)),
                    "--server http://127.0.0.1:8080");
    while (str_ends_with(c->url, STR("/")))
        c->url = str_take(c->url, c->url.len - 1);
    return EXIT_DONE;
}
