/* Errors: what went wrong, in one line that a person can act on, with a stable code.
 * An outcome of a remote call is not an error: see port/outcome.h. */
#pragma once

#include <stdarg.h>

#include "base/str.h"

/* CODE, HTTP status, short title. Codes are public (problem documents carry them): never reuse. */
#define ERR_CODES(X)                                                   \
    X(OK, 200, "ok")                                                   \
    X(BAD_REQUEST, 400, "The request cannot be understood")            \
    X(INVALID, 400, "A value is not valid")                            \
    X(UNKNOWN_FIELD, 400, "A field is not known")                      \
    X(MALFORMED, 400, "The document is not well-formed")               \
    X(FORBIDDEN_KEY, 400, "This key is owned by Sluice")               \
    X(UNAUTHENTICATED, 401, "Who is asking is not known")              \
    X(FORBIDDEN, 403, "Not allowed")                                   \
    X(NOT_FOUND, 404, "Not found")                                     \
    X(METHOD_NOT_ALLOWED, 405, "The method does not fit the resource") \
    X(NOT_ACCEPTABLE, 406, "No such representation")                   \
    X(CONFLICT, 409, "Conflict")                                       \
    X(ALREADY_EXISTS, 409, "The name is taken")                        \
    X(PLAN_STALE, 409, "The plan is stale")                            \
    X(GONE, 410, "No longer available")                                \
    X(PRECONDITION_FAILED, 412, "The version has moved on")            \
    X(TOO_LARGE, 413, "Too large")                                     \
    X(UNSUPPORTED_MEDIA, 415, "The media type is not supported")       \
    X(TOO_MANY, 429, "Too many")                                       \
    X(INTERNAL, 500, "Internal error")                                 \
    X(UNAVAILABLE, 503, "Not available right now")                     \
    X(STORE_FULL, 507, "The store has no room")                        \
    X(STORE_BROKEN, 500, "The store cannot be trusted")

enum err_code {
#define ERR_ENUM(code, status, title) ERR_##code,
    ERR_CODES(ERR_ENUM)
#undef ERR_ENUM
};

/* Fixed size, on the caller's stack. `pointer` is a JSON pointer into the input, or empty. */
struct err {
    enum err_code code;
    char pointer[256];
    char text[512];
};

#define ERR_CHECK __attribute__((warn_unused_result))

/* Records the error and returns -1, so that `return err_set(...)` reads well. e may be NULL. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As err_set, with a JSON pointer to the place in the input. */
int err_at(struct err *e, enum err_code code, struct str pointer, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Puts "context: " before the text. Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "INVALID" */
const char *err_code_name(enum err_code code);
int err_http_status(enum err_code code);
const char *err_title(enum err_code code);
