/* Words for tests of the artifacts: a data directory, sources, a web server that is a variable. */
#pragma once

#include "adapt/artifacts/artifacts.h"
#include "hand_loop.h"

struct web {
    struct http_client port;
    struct hand_loop *loop;
    /* what it answers next */
    enum outcome outcome;
    int status;
    const char *content_type;
    const char *etag;
    const char *last_modified;
    char *body;
    size_t body_size;
    /* what it was asked */
    size_t asked;
    struct http_call last;
    char if_none_match[100];
    char if_modified_since[100];
    bool silent; /* does not answer before answer_now */
    struct exchange *open;
};
/* Answers what was asked while it was silent. */
void web_answer_now(struct web *web);

struct artifacts_world {
    char directory[256]; /* the artifacts' own */
    char sources[256];
    struct hand_loop *loop;
    struct web web;
    struct artifacts artifacts;
    /* the last answer, copied */
    bool answered;
    enum outcome outcome;
    int64_t size;
    char text[512];
    char path[512];
    char sha256[128];
    char name[256];
    char entry_class[256];
};

struct artifacts_world *artifacts_world_new(void);
void artifacts_world_free(struct artifacts_world *w);
/* Ends the fetcher and starts one anew over the same directory. */
void artifacts_world_restart(struct artifacts_world *w);

/* Static text: the path of a source, and its file: URI. */
const char *source_path(struct artifacts_world *w, const char *name);
const char *source_uri(struct artifacts_world *w, const char *name);

/* Each waits for its answer and returns its outcome. */
enum outcome fetch(struct artifacts_world *w, const char *uri, const char *entry_class);
enum outcome pinned(struct artifacts_world *w, const char *sha256);
/* Has it again from the uri when it is lost. */
enum outcome pinned_or(struct artifacts_world *w, const char *sha256, const char *uri);
/* A jar for the class path: no class is looked for. */
enum outcome fetch_library(struct artifacts_world *w, const char *uri);
/* The function that fetch passes, for a fetch that is waited for elsewhere. */
void on_sight(void *arg, const struct artifact_sight *s);
void await_sight(struct artifacts_world *w);

/* Makes the web serve the content of a file. */
void web_serve(struct web *web, const char *path);
/* Files in the artifacts' directory whose name starts so. */
size_t count_files(struct artifacts_world *w, const char *prefix);
