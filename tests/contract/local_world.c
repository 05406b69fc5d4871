#include "local_world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define DEPLOYMENT "0f7d2c1e-1111-4222-8333-94a5b6c7d8e9"

struct attempt local_world_attempt(struct local_world *w, int64_t attempt)
{
    struct attempt at;
    struct err e = {0};
    if (attempt_read(w->local, w->world.rig.a, STR(DEPLOYMENT), attempt, &at, &e) < 0)
        fail_msg("%s", e.text);
    return at;
}

static void kill_process(struct platform_world *world, int64_t attempt, struct str process)
{
    struct local_world *w = (struct local_world *)world;
    struct attempt at = local_world_attempt(w, attempt);
    const struct process *p = attempt_process(&at, process);
    assert_non_null(p);
    assert_int_equal(p->java, ALIVE_YES);
    kill((pid_t)p->record.java.pid, SIGKILL);
}

/* One request on a connection of its own; the body of a 200, else empty. */
static struct str http(struct platform_world *w, struct str url, const char *method,
                       const char *path, struct str body)
{
    struct buf text = {0};
    struct sockaddr_in addr = {.sin_family = AF_INET};
    int64_t port = 0;
    struct str none = {0};
    assert_true(str_to_i64(str_skip(url, strlen("http://127.0.0.1:")), &port));
    addr.sin_port = htons((uint16_t)port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return none;
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        close(fd);
        return none;
    }
    buf_fmt(&text,
            "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%.*s",
            method, path, body.len, STR_ARG(body));
    bool sent = write(fd, text.ptr, text.len) == (ssize_t)text.len;
    char chunk[4096];
    buf_clear(&text);
    for (ssize_t n = 0; sent && (n = read(fd, chunk, sizeof(chunk))) > 0;)
        buf_add(&text, (struct str){chunk, (size_t)n});
    close(fd);
    struct str answer = arena_str(w->rig.a, buf_str(&text));
    buf_fini(&text);
    return str_starts_with(answer, STR("HTTP/1.1 200"))
               ? str_skip(answer, str_find(answer, STR("\r\n\r\n")) + 4)
               : none;
}

static void start_local(struct local_world *w)
{
    struct err e = {0};
    if (local_new(&w->config, &w->world.rig.loop, &w->local, &e) < 0)
        fail_msg("%s", e.text);
    w->world.rig.platform = local_platform(w->local);
}

static void fill_template(struct job_template *t, const char *version)
{
    *t = (struct job_template){.parallelism = 2};
    t->artifact.flink_version = str_of(version);
    t->resources.jobmanager = (struct resource_spec){1000, {STR("800m"), INT64_C(800) << 20}};
    t->resources.taskmanager = (struct resource_spec){1000, {STR("1g"), INT64_C(1) << 30}};
}

void local_world_open(struct local_world *w, const char *java, const char *home,
                      const char *version)
{
    const char *shim = getenv("SLUICE_SHIM");
    *w = (struct local_world){.config.stop_grace_us = 2000000};
    rig_open(&w->world.rig);
    snprintf(w->data_dir, sizeof(w->data_dir), "%s", scratch_fresh());
    w->config.data_dir = str_of(w->data_dir);
    w->config.java = str_of(java);
    w->config.flink_home = str_of(home);
    w->config.shim = str_of(shim);
    w->config.quick_start = QUICK_ALL;
    if (geteuid() == 0) /* stories about another account say so */
        w->config.user = STR("root");
    w->config.max_concurrent_starts = 2;
    fill_template(&w->template_, version);
    w->world.spec = (struct platform_cluster_spec){.deployment_id = STR(DEPLOYMENT),
                                                   .deployment_name = STR("d"),
                                                   .namespace_name = STR("default"),
                                                   .attempt = 1,
                                                   .template_ = &w->template_};
    w->world.patience_s = 90;
    w->world.kill = kill_process;
    if (!java)
        w->world.http = http;
    start_local(w);
}

void local_world_restart(struct local_world *w)
{
    local_free(w->local);
    start_local(w);
}

void local_world_close(struct local_world *w)
{
    struct err e = {0};
    struct strays s = {0};
    if (strays_of(w->local, w->world.rig.a, STR(DEPLOYMENT), true, &s, &e) < 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < s.n; i++) {
        struct owner owner = s.items[i].owner;
        process_signal("/proc", s.items[i].id, &owner, SIGKILL, &e);
    }
    local_free(w->local);
    rig_close(&w->world.rig);
    scratch_remove();
}

const char *local_world_cached(const char *name)
{
    static char path[1000];
    const char *cache = getenv("SLUICE_CACHE");
    const char *home = getenv("HOME");
    if (cache)
        snprintf(path, sizeof(path), "%s/%s", cache, name);
    else
        snprintf(path, sizeof(path), "%s/.cache/sluice/%s", home ? home : "/root", name);
    return path;
}
