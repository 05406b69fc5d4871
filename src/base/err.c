#include "base/err.h"

#include <stdio.h>

static const struct {
    const char *name;
    int status;
    bool is_retryable;
    const char *title;
    const char *meaning;
    const char *next;
} codes[] = {
#define ERR_ROW(code, status, retry, title, meaning, next) \
    {#code, status, retry, title, meaning, next},
    ERR_CODES(ERR_ROW)
#undef ERR_ROW
};

const char *err_code_name(enum err_code code)
{
    return codes[code].name;
}

int err_http_status(enum err_code code)
{
    return codes[code].status;
}

const char *err_title(enum err_code code)
{
    return codes[code].title;
}

bool err_is_retryable(enum err_code code)
{
    return codes[code].is_retryable;
}

const char *err_meaning(enum err_code code)
{
    return codes[code].meaning;
}

const char *err_next(enum err_code code)
{
    return codes[code].next;
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (!e)
        return -1;
    va_list args;
    va_start(args, fmt);
    e->code = code;
    e->pointer[0] = '\0';
    vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    return -1;
}

int err_at(struct err *e, enum err_code code, struct str pointer, const char *fmt, ...)
{
    if (!e)
        return -1;
    va_list args;
    va_start(args, fmt);
    e->code = code;
    snprintf(e->pointer, sizeof(e->pointer), "%.*s", STR_ARG(pointer));
    vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -1;
    char inner[sizeof(e->text)];
    memcpy(inner, e->text, sizeof(inner));
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(e->text, sizeof(e->text), fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof(e->text))
        snprintf(e->text + n, sizeof(e->text) - (size_t)n, ": %s", inner);
    return -1;
}
