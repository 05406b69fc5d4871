/* Who else needs what lies at a snapshot's location. One copy of data may serve several Savepoints,
 * also of several Deployments: whoever deletes must know of all of them, and of one that is just being
 * registered. Loop thread only. */
#pragma once

#include "base/str.h"

struct app;
struct arena;
struct core_in;
struct entry;
struct savepoint;

/* From before its data is looked at until its row is committed. */
struct location_hold {
    struct str location;
    bool held;
    bool going; /* it was not held: its data is being deleted */
    struct app *app;
    void (*fn)(void *arg);
    void *arg;
    struct location_hold *next;
};

/* Calls fn, at once or as soon as no commit about the location is under way. Then it is held, and
 * nothing at it is deleted before location_release; or hold->going is set. `location` and the hold
 * live until the release. */
void location_hold(struct app *app, struct location_hold *hold, struct str location,
                   void (*fn)(void *arg), void *arg);
/* Fine with a hold that holds nothing. */
void location_release(struct location_hold *hold);

/* What retention lets go next and no other Savepoint needs, or NULL. */
const struct savepoint *location_expired(const struct entry *e, struct arena *a,
                                         const struct core_in *in);

/* Whether another Savepoint has the same location, or is about to get it. */
bool location_is_shared(const struct app *app, const struct savepoint *s);
