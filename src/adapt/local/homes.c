/* Where Flink and Java are. */
#include "adapt/local/internal.h"

#include <stdlib.h>
#include <unistd.h>

static struct str cache_flink(const struct local *l, struct arena *a)
{
    return arena_fmt(a, "%.*s/flink", STR_ARG(l->config.cache_dir));
}

/* The version of a home by its flink-runtime or flink-dist jar; empty when there is none. */
static struct str home_version(struct arena *a, struct str home)
{
    static const char *const jars[] = {"flink-runtime-", "flink-dist-"};
    struct str_list names = {0};
    struct err ignored;
    if (dir_list(a, arena_fmt(a, "%.*s/lib", STR_ARG(home)), &names, &ignored) != FILE_READ)
        return (struct str){0};
    for (size_t i = 0; i < names.n; i++) {
        for (size_t j = 0; j < sizeof(jars) / sizeof(jars[0]); j++) {
            struct str name = names.items[i];
            if (!str_starts_with(name, str_of(jars[j])) || !str_ends_with(name, STR(".jar")))
                continue;
            struct str version = str_skip(name, strlen(jars[j]));
            version = str_take(version, version.len - strlen(".jar"));
            if (version.len > 0 && version.ptr[0] >= '0' && version.ptr[0] <= '9')
                return version;
        }
    }
    return (struct str){0};
}

/* "1.20.5" is meant by "1.20.5" and by "1.20". */
static bool version_fits(struct str version, struct str wanted)
{
    return str_eq(version, wanted) ||
           (str_starts_with(version, wanted) && version.ptr[wanted.len] == '.');
}

static int64_t next_number(struct str *rest)
{
    int64_t number = 0;
    struct str part = str_split(*rest, '.', rest);
    return str_to_i64(part, &number) ? number : 0;
}

static int version_compare(const void *x, const void *y)
{
    struct str p = *(const struct str *)x;
    struct str q = *(const struct str *)y;
    while (p.len > 0 || q.len > 0) {
        int64_t m = next_number(&p);
        int64_t n = next_number(&q);
        if (m != n)
            return m < n ? -1 : 1;
    }
    return 0;
}

struct str_list local_versions(const struct local *l, struct arena *a)
{
    struct err ignored;
    struct str_list cached = {0};
    const struct local_config *c = &l->config;
    if (dir_list(a, cache_flink(l, a), &cached, &ignored) != FILE_READ)
        cached.n = 0;
    struct str_list list = {.items = ARENA_ARRAY(a, struct str, cached.n + c->flink_homes.n + 1)};
    for (size_t i = 0; i < c->flink_homes.n; i++)
        list.items[list.n++] = c->flink_homes.items[i].key;
    struct str version = home_version(a, c->flink_home);
    if (version.len > 0)
        list.items[list.n++] = version;
    for (size_t i = 0; i < cached.n; i++) {
        struct str home =
            arena_fmt(a, "%.*s/%.*s", STR_ARG(cache_flink(l, a)), STR_ARG(cached.items[i]));
        if (cached.items[i].ptr[0] != '.' && home_version(a, home).len > 0)
            list.items[list.n++] = cached.items[i];
    }
    if (list.n > 1)
        qsort(list.items, list.n, sizeof(list.items[0]), version_compare);
    size_t kept = 0;
    for (size_t i = 0; i < list.n; i++)
        if (i == 0 || !str_eq(list.items[i], list.items[kept - 1]))
            list.items[kept++] = list.items[i];
    list.n = kept;
    return list;
}

static struct str known_text(const struct local *l, struct arena *a)
{
    struct buf b = {0};
    struct str_list list = local_versions(l, a);
    for (size_t i = 0; i < list.n; i++)
        buf_fmt(&b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(list.items[i]));
    struct str text = arena_str(a, list.n > 0 ? buf_str(&b) : STR("none"));
    buf_fini(&b);
    return text;
}

int home_find(const struct local *l, struct arena *a, struct str version, struct str *ret_home,
              struct err *e)
{
    const struct local_config *c = &l->config;
    for (size_t i = 0; i < c->flink_homes.n; i++) {
        if (version_fits(c->flink_homes.items[i].key, version)) {
            *ret_home = c->flink_homes.items[i].value;
            return 0;
        }
    }
    struct str of_home = home_version(a, c->flink_home);
    if (of_home.len > 0 && (version.len == 0 || version_fits(of_home, version))) {
        *ret_home = c->flink_home;
        return 0;
    }
    struct str_list list = local_versions(l, a);
    for (size_t i = list.n; i-- > 0;) {
        struct str home =
            arena_fmt(a, "%.*s/%.*s", STR_ARG(cache_flink(l, a)), STR_ARG(list.items[i]));
        if (version_fits(list.items[i], version) && path_exists(home)) {
            *ret_home = home;
            return 0;
        }
    }
    return err_set(e, ERR_INVALID,
                   "no Flink %.*s on this machine (known: %.*s); ./dev flink VERSION gets one",
                   STR_ARG(version), STR_ARG(known_text(l, a)));
}

int home_class_path(struct arena *a, struct str home, struct str_list *ret, struct err *e)
{
    struct str lib = arena_fmt(a, "%.*s/lib", STR_ARG(home));
    struct str_list names = {0};
    enum file_read read = dir_list(a, lib, &names, e);
    if (read == FILE_FAILED)
        return -1;
    /* In a fixed order: a class data archive fits exactly one class path. */
    struct str_list list = {.items = ARENA_ARRAY(a, struct str, names.n + 1)};
    for (size_t i = 0; i < names.n; i++)
        if (str_ends_with(names.items[i], STR(".jar")))
            list.items[list.n++] = arena_fmt(a, "%.*s/%.*s", STR_ARG(lib), STR_ARG(names.items[i]));
    if (list.n == 0)
        return err_set(e, ERR_INVALID, "there are no jars in %.*s", STR_ARG(lib));
    *ret = list;
    return 0;
}

int java_find(const struct local *l, struct arena *a, struct str *ret, struct err *e)
{
    struct str path;
    if (l->config.java.len > 0) {
        path = l->config.java;
    } else if (getenv("JAVA_HOME")) {
        path = arena_fmt(a, "%s/bin/java", getenv("JAVA_HOME"));
    } else {
        struct str rest = str_of(getenv("PATH"));
        path = (struct str){0};
        while (rest.len > 0 && path.len == 0) {
            struct str dir = str_split(rest, ':', &rest);
            struct str tried = arena_fmt(a, "%.*s/java", STR_ARG(dir));
            if (dir.len > 0 && access(tried.ptr, X_OK) == 0)
                path = tried;
        }
    }
    if (path.len == 0 || access(path.ptr, X_OK) < 0)
        return err_set(e, ERR_INVALID, "no Java on this machine (%.*s): set JAVA_HOME",
                       STR_ARG(path.len ? path : STR("java is not in PATH")));
    *ret = path;
    return 0;
}
