/* JSON text to values, and the memory they live in. */
#include "data/json_impl.h"

#include <stdlib.h>

#include "base/limits.h"

static void *alc_malloc(void *ctx, size_t size)
{
    return arena_alloc(ctx, size);
}

static void *alc_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
    if (size <= old_size)
        return ptr;
    void *grown = arena_alloc(ctx, size);
    memcpy(grown, ptr, old_size);
    return grown;
}

static void alc_free(void *ctx, void *ptr)
{
    (void)ctx;
    (void)ptr;
}

yyjson_alc json_arena_alc(struct arena *a)
{
    return (yyjson_alc){alc_malloc, alc_realloc, alc_free, a};
}

static int by_key(const void *x, const void *y)
{
    const struct json_member *a = x;
    const struct json_member *b = y;
    return str_cmp(a->key, b->key);
}

struct json_index json_index_of(struct arena *a, struct json object)
{
    struct json_index index = {.n = json_len(object)};
    index.items = ARENA_ARRAY(a, struct json_member, index.n);
    struct json_iter it = json_each(object);
    for (size_t i = 0; json_next(&it, &index.items[i].key, &index.items[i].item); i++)
        continue;
    qsort(index.items, index.n, sizeof(index.items[0]), by_key);
    return index;
}

struct json_member *json_index_find(const struct json_index *index, struct str key)
{
    struct json_member wanted = {.key = key};
    return index->n ? bsearch(&wanted, index->items, index->n, sizeof(wanted), by_key) : NULL;
}

/* 1-based line and column (in characters) of a byte. */
static void place_of(struct str text, size_t at, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static int check_text(struct json v, struct err *e)
{
    struct str s;
    if (json_str(v, &s) && s.len && memchr(s.ptr, '\0', s.len))
        return err_set(e, ERR_MALFORMED, "a string holds a NUL character");
    return 0;
}

/* Keys that occur twice would be read differently by different readers. */
static int check_keys(struct arena *scratch, struct json object, struct err *e)
{
    struct json_index index = json_index_of(scratch, object);
    for (size_t i = 0; i < index.n; i++) {
        if (i > 0 && str_eq(index.items[i].key, index.items[i - 1].key))
            return err_set(e, ERR_MALFORMED, "the key \"%.*s\" occurs twice in one object",
                           STR_ARG(str_take(index.items[i].key, 200)));
        if (index.items[i].key.len && memchr(index.items[i].key.ptr, 0, index.items[i].key.len))
            return err_set(e, ERR_MALFORMED, "a key holds a NUL character");
    }
    return 0;
}

static int check_depth(struct arena *scratch, struct json v, unsigned depth, struct err *e)
{
    enum json_kind kind = json_kind(v);
    if (kind != JSON_ARRAY && kind != JSON_OBJECT)
        return check_text(v, e);
    if (depth == LIMIT_JSON_DEPTH)
        return err_set(e, ERR_TOO_LARGE, "nested deeper than %u levels", LIMIT_JSON_DEPTH);
    if (kind == JSON_OBJECT && check_keys(scratch, v, e) < 0)
        return -1;
    struct json_iter it = json_each(v);
    struct str key;
    struct json item;
    while (json_next(&it, &key, &item))
        if (check_depth(scratch, item, depth + 1, e) < 0)
            return -1;
    return 0;
}

int json_check(struct json v, struct err *e)
{
    struct arena *scratch = arena_new();
    int r = check_depth(scratch, v, 0, e);
    arena_free(scratch);
    return r;
}

int json_parse(struct arena *a, struct str text, struct json *ret, struct err *e)
{
    yyjson_alc alc = json_arena_alc(a);
    yyjson_read_err problem;
    char *copy = arena_alloc(a, text.len + YYJSON_PADDING_SIZE);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    yyjson_doc *doc = yyjson_read_opts(
        copy, text.len, YYJSON_READ_INSITU | YYJSON_READ_NUMBER_AS_RAW, &alc, &problem);
    if (!doc) {
        size_t line;
        size_t column;
        place_of(text, problem.pos, &line, &column);
        return err_set(e, ERR_MALFORMED, "line %zu, column %zu: %s", line, column,
                       text.len ? problem.msg : "the document is empty");
    }
    struct json root = json_of(yyjson_doc_get_root(doc));
    if (json_check(root, e) < 0)
        return -1;
    *ret = root;
    return 0;
}
