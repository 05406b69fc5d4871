/* One question to the artifacts on its way: the loop thread decides what is to be done, a pool thread
 * reads, hashes and looks into the jar, the loop thread remembers and answers. */
#pragma once

#include "adapt/artifacts/parts.h"
#include "port/artifacts.h"

struct fetcher;

struct job {
    struct job *next; /* in the fetcher's running or waiting ones */
    struct fetcher *f;
    const struct shelf *shelf;
    struct arena *arena;
    void (*fn)(void *arg, const struct artifact_sight *s);
    void *arg;
    struct str uri;
    struct str wanted; /* entry class */
    bool library;
    struct str only; /* hash: no other bytes will do */
    struct source source;
    struct str content_type;
    bool conditional; /* the server may answer that nothing changed */
    int temp_fd;      /* -1: none */
    struct str temp;
    struct known found;   /* begins as what is remembered, or empty */
    bool source_is_fresh; /* written so lately that a write after it may bear the same time */
    bool lost;            /* the pinned copy is not there, or is not what it was */
    struct str entry_class;
    struct verdict verdict;
};

/* work.c: each ends with a verdict. (pool) */
void job_work_file(void *arg);
/* The download is in the temporary file. */
void job_work_http(void *arg);
/* The server said so. */
void job_work_unchanged(void *arg);
void job_work_pinned(void *arg);
/* True when the pinned copy is the one that was hashed. */
bool job_copy_is_intact(const struct job *job);
