/* Answers that are kept for requests with an Idempotency-Key: whoever sends the request again gets the
 * answer, and nothing happens twice. The row of an answer is written in the transaction of what the
 * request does, so that after any crash both are there or neither.
 *
 * Loop thread only. */
#pragma once

#include "shell/app.h"

#define REPLY_KEPT_US INT64_C(86400000000) /* 24 hours */

struct kept_reply {
    struct str key;
    struct str request; /* fingerprint of method, path, query and body */
    int64_t at;         /* wall */
    int64_t status;
    struct str location; /* header */
    struct str etag;     /* header */
    struct json body;
};

extern const struct fields kept_reply_fields;

/* The one of that key that is not too old; NULL when there is none. Valid until the next commit. */
const struct kept_reply *replies_find(const struct app *app, struct str key);
/* Whether one more may be kept. */
bool replies_have_room(const struct app *app);

enum { REPLY_WRITES = 2 };
/* The writes that keep the answer, and that let the oldest go when their time is over, for the
 * transaction; how many. */
size_t replies_writes(const struct app *app, struct arena *a, const struct kept_reply *reply,
                      struct store_write to[REPLY_WRITES]);
/* After the commit: what of it was about answers becomes memory. */
void replies_adopt(struct app *app, const struct store_write *w);
/* A row as it was loaded; rows may come in any order. */
int replies_load(struct app *app, const struct store_row *row, struct err *e) ERR_CHECK;
void replies_free(struct app *app);
