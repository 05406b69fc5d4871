/* Errors: what went wrong, in one line that a person can act on, with a stable code.
 * An outcome of a remote call is not an error: see port/outcome.h. */
#pragma once

#include <stdarg.h>

#include "base/err_codes.h"
#include "base/str.h"

enum err_code {
#define ERR_ENUM(code, status, retry, title, meaning, next) ERR_##code,
    ERR_CODES(ERR_ENUM)
#undef ERR_ENUM
        ERR_CODES_N
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
/* The same request may do better later. */
bool err_is_retryable(enum err_code code);
/* For people: what it means, and what to do about it. */
const char *err_meaning(enum err_code code);
const char *err_next(enum err_code code);
