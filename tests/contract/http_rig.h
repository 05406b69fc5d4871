/* A server on its own loop thread, with a handler that does what the path says, and blocking raw
 * sockets to talk to it. Waits are for conditions and end with the test failing after 10 s. */
#pragma once

#include "adapt/http_server/http_server.h"

struct rig;

struct rig_options {
    const char *host; /* NULL: 127.0.0.1 */
    int64_t quiet_us;
    int64_t request_us;
};

struct rig *rig_new(const struct rig_options *options);
/* Frees the server, stops the loop, joins. */
void rig_free(struct rig *r);
int rig_port(const struct rig *r);

/* Paths: /echo answers at once with "METHOD path?query\nname: value...\n\nbody"; /size with the
 * body's length; /hold keeps the exchange until rig_release; /stream until rig_finish. */
void rig_wait_held(struct rig *r, int n);          /* exchanges that are held, in all so far */
void rig_release(struct rig *r, const char *body); /* answers all held ones */
void rig_wait_streams(struct rig *r, int n);       /* streams started so far */
/* Pushes to all open streams; the number of those that said "too slow" (they are then finished). */
int rig_push(struct rig *r, const char *bytes, size_t n);
void rig_finish(struct rig *r);
void rig_wait_gone(struct rig *r, int n); /* calls of on_gone so far */
int rig_gone(struct rig *r);
int rig_open_streams(struct rig *r);
void rig_stop(struct rig *r);         /* asks for stop() */
void rig_wait_stopped(struct rig *r); /* on_stopped was called */

/* A connected socket with receive and send time-outs of 10 s. */
int rig_connect(const struct rig *r);
void send_all(int fd, const char *bytes, size_t n);
void send_text(int fd, const char *text);
/* Reads one answer (head and a body of Content-Length; chunked: until the last chunk) and returns
 * it as text in a static buffer; "" when the connection closed first. */
const char *read_answer(int fd);
/* Reads until the text has come. */
const char *read_until(int fd, const char *text);
/* Everything until the connection closes. */
const char *read_to_end(int fd);
bool is_closed(int fd);
/* Connects, sends, reads one answer, closes. */
const char *ask(const struct rig *r, const char *request);

/* http_words.c */
#define HOST "Host: localhost\r\n"
#define END  "HTTP/1.1\r\n" HOST "\r\n"
/* The state is a rig with all options left alone. */
int rig_set_up(void **state);
int rig_tear_down(void **state);
void assert_has(const char *answer, const char *part);
void assert_status(const char *answer, int status, const char *request);
/* The server's own refusals are problem documents with a message. */
void assert_problem(const char *answer, int status, const char *request);
void assert_still_serves(struct rig *r);
