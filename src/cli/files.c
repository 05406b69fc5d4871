/* See files.h. */
#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"

int file_unreadable(struct cli *c, struct str file, struct str why)
{
    return fail(c, EXIT_USAGE, arena_fmt(c->a, "%.*s cannot be read", STR_ARG(file)).ptr, why,
                NULL);
}

int file_read(struct cli *c, struct str file, struct str *ret)
{
    bool is_stdin = str_eq(file, STR("-"));
    int fd = is_stdin ? STDIN_FILENO : open(arena_cstr(c->a, file), O_RDONLY | O_CLOEXEC);
    struct buf b = {0};
    char chunk[16384];
    ssize_t n = -1;
    while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || b.len > LIMIT_REQUEST_BODY)
            break;
        buf_add(&b, (struct str){chunk, (size_t)n});
    }
    struct str why = n < 0 ? str_of(strerrordesc_np(errno)) : (struct str){0};
    if (n > 0)
        why = arena_fmt(c->a, "it has more than %u bytes", LIMIT_REQUEST_BODY);
    if (fd >= 0 && !is_stdin)
        close(fd);
    *ret = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return n == 0 ? EXIT_DONE : file_unreadable(c, file, why);
}

/* Up to the next line "---" of a YAML file. */
static struct str next_document(struct str *rest)
{
    struct str from = *rest;
    struct str left = *rest;
    size_t len = 0;
    bool has_text = false;
    while (left.len) {
        struct str line = str_split(left, '\n', &left);
        struct str text = str_trim(line);
        bool ends = str_eq(str_take(line, 3), STR("---")) && text.len == 3;
        if (ends && has_text)
            break;
        has_text = has_text || (!ends && text.len && text.ptr[0] != '#');
        len = from.len - left.len;
    }
    *rest = left;
    return has_text ? str_take(from, len) : (struct str){0};
}

int file_documents(struct cli *c, struct json *ret, size_t *ret_n)
{
    struct str file = c->flags[FLAG_FILE];
    struct str rest;
    struct err e = {0};
    if (!flag_given(c, FLAG_FILE))
        return fail(c, EXIT_USAGE, "which file?", STR("-f FILE is missing; - is standard input"),
                    arena_fmt(c->a, "sluice help %s", c->command->name).ptr);
    int r = file_read(c, file, &rest);
    if (r != EXIT_DONE)
        return r;
    *ret_n = 0;
    while (rest.len) {
        struct str text = next_document(&rest);
        if (!text.len)
            continue;
        if (*ret_n == MOST_DOCUMENTS)
            return file_unreadable(c, file,
                                   arena_fmt(c->a, "more than %d documents", MOST_DOCUMENTS));
        if (yaml_parse(c->a, text, &ret[*ret_n], &e) < 0)
            return file_unreadable(c, file, str_of(e.text));
        if (json_kind(ret[*ret_n]) != JSON_OBJECT)
            return file_unreadable(c, file, STR("a document is no object"));
        (*ret_n)++;
    }
    return *ret_n ? EXIT_DONE : file_unreadable(c, file, STR("it is empty"));
}
