/* The account that Flink runs under. Started as root, Flink must not be root: jobs are other people's
 * programs. What the account cannot reach is found out beforehand, by asking as that account. */
#include "adapt/local/internal.h"

#include <errno.h>
#include <libgen.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In this order, when root is given no account. */
static const char *const defaults[] = {"sluice", "nobody"};

struct right {
    int number;
    const char *name;
    const char *why;
};

static const struct right rights[] = {
    {CAP_SETUID, "CAP_SETUID", "change the account"},
    {CAP_SETGID, "CAP_SETGID", "change the account"},
    {CAP_CHOWN, "CAP_CHOWN", "hand over directories"},
    {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE", "clean up after it"},
    {CAP_KILL, "CAP_KILL", "end its processes"},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "tell whose its processes are"},
};

/* Root in a container often lacks some of its rights. */
static int check_rights(struct err *e)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    if (syscall(SYS_capget, &head, data) < 0)
        return err_set(e, ERR_UNAVAILABLE, "cannot read sluiced's rights: %s", errno_text(errno));
    uint32_t held = data[0].effective; /* all that are asked for are below 32 */
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
        if (!(held >> rights[i].number & 1))
            return err_set(e, ERR_FORBIDDEN, "sluiced has not the right %s, to %s", rights[i].name,
                           rights[i].why);
    return 0;
}

static bool is_switched(const struct local *l)
{
    return l->config.user.len > 0;
}

/* --- directories --- */

/* A data directory that only root can enter lets the account's group pass, not look around. */
static int open_way(struct local *l, struct err *e)
{
    struct stat st;
    const char *dir = arena_cstr(l->arena, l->config.data_dir);
    if (stat(dir, &st) < 0)
        return err_file(e, "look at", l->config.data_dir, errno);
    if (st.st_uid != 0 || (st.st_mode & 0067) != 0)
        return 0;
    if (chown(dir, (uid_t)-1, l->group_id) < 0 || chmod(dir, (st.st_mode & 07700) | 0010) < 0)
        return err_file(e, "let the account into", l->config.data_dir, errno);
    return 0;
}

/* The storage that Sluice made itself is the account's, also what an earlier one left in it. */
static int own_storage(struct local *l, struct err *e)
{
    struct stat st;
    struct str dir = l->storage;
    bool ours = str_starts_with(dir, arena_fmt(l->arena, "%.*s/", STR_ARG(l->config.data_dir)));
    if (dir.len == 0 || (!ours && path_exists(dir)))
        return 0;
    if (dir_make(dir, 0755, e) < 0)
        return -1;
    if (lstat(dir.ptr, &st) < 0)
        return err_file(e, "look at", dir, errno);
    if (st.st_uid == l->user_id)
        return 0;
    return tree_give(dir, l->user_id, l->group_id, e);
}

/* Where root writes, the account cannot go on later: the sign for own_storage. */
static void mark_storage(struct local *l)
{
    struct stat st;
    if (geteuid() == 0 && l->storage.len > 0 && lstat(l->storage.ptr, &st) == 0 &&
        S_ISDIR(st.st_mode) && st.st_uid != 0 &&
        str_starts_with(l->storage, arena_fmt(l->arena, "%.*s/", STR_ARG(l->config.data_dir))) &&
        lchown(l->storage.ptr, 0, 0) < 0)
        return; /* the next switch finds a directory that cannot be written, and says so */
}

static struct str path_of_uri(struct arena *a, struct str uri)
{
    struct str path = str_starts_with(uri, STR("file:")) ? str_skip(uri, strlen("file:")) : uri;
    while (str_starts_with(path, STR("//")))
        path = str_skip(path, 1);
    return str_starts_with(path, STR("/")) ? arena_str(a, path) : (struct str){0};
}

/* --- reach --- */

static void want(struct arena *a, struct str_list *to, const char *mode, struct str path)
{
    to->items[to->n++] = arena_fmt(a, "%s=%.*s", mode, STR_ARG(path));
}

int account_check(struct local *l, struct arena *a, struct str java, struct str home, struct err *e)
{
    if (!is_switched(l))
        return 0;
    struct str_list wants = {.items = ARENA_ARRAY(a, struct str, 4)};
    want(a, &wants, "x", l->clusters);
    want(a, &wants, "rx", java);
    want(a, &wants, "rx", arena_fmt(a, "%.*s/lib", STR_ARG(home)));
    if (l->storage.len > 0)
        want(a, &wants, "wx", l->storage);
    if (spawn_reach(l, a, wants, e) == 0)
        return 0;
    return err_wrap(e, "Flink runs under the account %.*s (local.user), which cannot use",
                    STR_ARG(l->config.user));
}

/* The closest directory above that is there: what will be put into the cache must be reachable. */
static struct str existing_parent(struct arena *a, struct str path)
{
    char *copy = arena_cstr(a, path);
    while (!path_exists(str_of(copy)) && strcmp(copy, "/") != 0)
        copy = dirname(copy);
    return str_of(copy);
}

/* Java, the homes that are known, and the directories. */
static int check_all(struct local *l, struct arena *a, struct err *e)
{
    struct str java;
    struct err none;
    struct str_list versions = local_versions(l, a);
    struct str_list wants = {.items = ARENA_ARRAY(a, struct str, versions.n + 4)};
    want(a, &wants, "x", l->clusters);
    if (l->storage.len > 0)
        want(a, &wants, "wx", l->storage);
    /* No Java is the start's own error. */
    if (java_find(l, a, &java, &none) == 0)
        want(a, &wants, "rx", java);
    for (size_t i = 0; i < versions.n; i++) {
        struct str home;
        if (home_find(l, a, versions.items[i], &home, &none) == 0)
            want(a, &wants, "rx", arena_fmt(a, "%.*s/lib", STR_ARG(home)));
    }
    if (versions.n == 0)
        want(a, &wants, "x", existing_parent(a, l->config.cache_dir));
    return spawn_reach(l, a, wants, e);
}

/* --- choice --- */

static int become_able(struct local *l, struct arena *a, const struct passwd *p, struct err *e)
{
    l->config.user = arena_str(l->arena, str_of(p->pw_name));
    l->user_id = p->pw_uid;
    l->group_id = p->pw_gid;
    return check_rights(e) < 0 || open_way(l, e) < 0 || own_storage(l, e) < 0 ? -1
                                                                              : check_all(l, a, e);
}

static void stay(struct local *l)
{
    l->config.user = (struct str){0};
    l->user_id = geteuid();
    l->group_id = getegid();
    mark_storage(l);
}

static int use_configured(struct local *l, struct arena *a, struct err *e)
{
    struct err why = {0};
    const struct passwd *p = getpwnam(arena_cstr(l->arena, l->config.user));
    if (!p)
        return err_set(e, ERR_INVALID, "local.user: there is no account %.*s",
                       STR_ARG(l->config.user));
    if (p->pw_uid == geteuid()) {
        stay(l);
        return 0;
    }
    if (geteuid() != 0)
        return err_set(e, ERR_INVALID, "local.user needs a daemon that runs as root");
    /* The jobs that run already need their daemon: only starts are refused, each with the reason. */
    if (become_able(l, a, p, &why) < 0)
        l->notice = arena_fmt(l->arena, "Flink cannot be started as %s (local.user): %s",
                              p->pw_name, why.text);
    return 0;
}

static void use_default(struct local *l, struct arena *a)
{
    struct err why = {0};
    const struct passwd *p = NULL;
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]) && !p; i++)
        p = getpwnam(defaults[i]);
    if (!p)
        err_set(&why, ERR_NOT_FOUND, "there is no account sluice");
    else if (become_able(l, a, p, &why) == 0)
        return;
    else
        err_wrap(&why, "the account %s cannot be used", p->pw_name);
    l->notice = arena_fmt(l->arena,
                          "jobs run as root: %s. Set local.user to an account that can reach "
                          "these, or to root to have it so",
                          why.text);
    stay(l);
}

int account_choose(struct local *l, struct err *e)
{
    struct arena *a = arena_new();
    int result = 0;
    l->storage = path_of_uri(l->arena, l->config.storage_uri);
    if (l->config.user.len > 0)
        result = use_configured(l, a, e);
    else if (geteuid() == 0)
        use_default(l, a);
    else
        stay(l);
    arena_free(a);
    return result;
}
