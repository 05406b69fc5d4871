#include "adapt/artifacts/parts.h"

/* The next line and what follows it; lines end with CR LF, LF or CR. */
static struct str next_line(struct str *rest)
{
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != '\n' && rest->ptr[n] != '\r')
        n++;
    struct str line = str_take(*rest, n);
    bool both = n + 1 < rest->len && rest->ptr[n] == '\r' && rest->ptr[n + 1] == '\n';
    *rest = str_skip(*rest, n + (both ? 2 : 1));
    return line;
}

/* The lines that begin with a space belong to the value before them: lines end after 72 bytes. */
static struct str with_continuations(struct arena *a, struct str value, struct str rest)
{
    char *joined = arena_alloc(a, value.len + rest.len + 1);
    size_t n = 0;
    for (;;) {
        if (value.len)
            memcpy(joined + n, value.ptr, value.len);
        n += value.len;
        if (!str_starts_with(rest, STR(" ")))
            return str_trim((struct str){joined, n});
        value = str_skip(next_line(&rest), 1);
    }
}

struct str manifest_attribute(struct arena *a, struct str manifest, struct str name)
{
    while (manifest.len) {
        struct str value;
        struct str line = next_line(&manifest);
        if (str_is_empty(line))
            break; /* the main section ends at the first empty line */
        struct str key = str_split(line, ':', &value);
        if (str_eq_nocase(key, name))
            return with_continuations(a, value, manifest);
    }
    return STR("");
}
