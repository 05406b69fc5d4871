/* The HTTP server with a handler that answers every request with the same bytes.
 * usage: bench_http_server BODY_FILE; prints the port and serves until SIGTERM. */
#include <stdio.h>
#include <stdlib.h>

#include "adapt/http_server/http_server.h"
#include "adapt/loop_uv/loop_uv.h"

struct bench {
    struct loop loop;
    struct http_server server;
    struct http_response answer;
};

static void handle(void *arg, const struct http_request *request)
{
    const struct bench *b = arg;
    b->server.ops->respond(request->exchange, &b->answer);
}

static void on_signal(void *arg, int signo)
{
    (void)signo;
    struct bench *b = arg;
    b->loop.ops->stop(b->loop.ctx);
}

int main(int argc, char **argv)
{
    static char body[64U << 10];
    FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
    if (!file) {
        fputs("usage: bench_http_server BODY_FILE\n", stderr);
        return 2;
    }
    size_t n = fread(body, 1, sizeof(body), file);
    fclose(file);
    struct bench b = {.loop = loop_uv_new()};
    b.answer = (struct http_response){
        .status = 200, .body = {body, n}, .content_type = STR("application/json")};
    struct http_server_config config = {
        .loop = &b.loop, .host = STR("127.0.0.1"), .handler = handle, .arg = &b};
    struct err e = {0};
    if (http_server_new(&config, &b.server, &e) != 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    b.loop.ops->on_signal(b.loop.ctx, on_signal, &b);
    printf("%d\n", b.server.ops->port(b.server.ctx));
    fflush(stdout);
    b.loop.ops->run(b.loop.ctx);
    http_server_free(&b.server);
    loop_uv_free(&b.loop);
    return 0;
}
