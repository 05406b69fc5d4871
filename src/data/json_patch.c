/* JSON patch (RFC 6902). What the operations build is limited as they go: a few that copy the document
 * into itself would make any amount of it, and any depth. */
#include <stdio.h>

#include "base/limits.h"
#include "data/json_impl.h"

struct patcher {
    struct arena *a;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    struct json op;
    size_t at;      /* number of the operation */
    size_t handled; /* bytes so far */
    struct err *e;
};

/* A place in the document: a member of `parent` by its key or index, or the root. */
struct spot {
    yyjson_mut_val *parent; /* NULL: the root */
    struct str key;         /* unescaped */
    size_t index;           /* of an array; its length is the end */
    yyjson_mut_val *value;  /* what is there, NULL = nothing */
    size_t depth;           /* of it, in the document */
};

static int fail(const struct patcher *p, enum err_code code, const char *member, struct str text)
{
    char pointer[64];
    snprintf(pointer, sizeof(pointer), "/%zu%s%s", p->at, *member ? "/" : "", member);
    return err_at(p->e, code, str_of(pointer), "%.*s", STR_ARG(text));
}

/* Looking for a member takes time too, as many as there are. */
enum { MEMBER_WORK = 4 };

static int count(struct patcher *p, size_t bytes)
{
    p->handled += bytes;
    if (p->handled <= LIMIT_PATCH_WORK)
        return 0;
    return fail(p, ERR_TOO_LARGE, "",
                arena_fmt(p->a, "the patch walks, copies and compares more than %u bytes",
                          LIMIT_PATCH_WORK));
}

/* ---- pointers (RFC 6901) ---- */

static bool unescape(struct arena *a, struct str token, struct str *ret)
{
    char *to = arena_cstr(a, token);
    size_t n = 0;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.ptr[i];
        if (c == '~') {
            i++;
            if (i == token.len || (token.ptr[i] != '0' && token.ptr[i] != '1'))
                return false;
            c = token.ptr[i] == '0' ? '~' : '/';
        }
        to[n++] = c;
    }
    *ret = (struct str){to, n};
    return true;
}

/* Digits without a leading zero, up to `end`, which also - stands for. */
static bool to_index(struct str token, size_t end, size_t *ret)
{
    int64_t n = -1;
    if (str_eq(token, STR("-"))) {
        *ret = end;
        return true;
    }
    if (token.len == 0 || token.ptr[0] < '0' || token.ptr[0] > '9' ||
        (token.len > 1 && token.ptr[0] == '0') || !str_to_i64(token, &n) || n < 0 ||
        (uint64_t)n > end)
        return false;
    *ret = (size_t)n;
    return true;
}

/* Goes one step down. False when there is no such step: not even an end to add to. */
static bool step(struct spot *s, struct str token)
{
    yyjson_mut_val *parent = s->value;
    *s = (struct spot){.parent = parent, .key = token, .depth = s->depth + 1};
    if (yyjson_mut_is_obj(parent)) {
        s->value = yyjson_mut_obj_getn(parent, token.ptr, token.len);
        return true;
    }
    if (!yyjson_mut_is_arr(parent) || !to_index(token, yyjson_mut_arr_size(parent), &s->index))
        return false;
    s->value = yyjson_mut_arr_get(parent, s->index);
    return true;
}

/* The place that the operation's member names. */
static int find(struct patcher *p, const char *member, struct spot *ret)
{
    struct str pointer;
    *ret = (struct spot){.value = p->root};
    if (!json_str(json_get(p->op, str_of(member)), &pointer))
        return fail(p, ERR_INVALID, member, STR("the operation needs a JSON pointer here"));
    if (pointer.len && pointer.ptr[0] != '/')
        return fail(p, ERR_INVALID, member, STR("a JSON pointer is empty or begins with /"));
    for (struct str rest = pointer; rest.len;) {
        rest = str_skip(rest, 1);
        size_t n = str_find_char(rest, '/');
        struct str token;
        if (!unescape(p->a, str_take(rest, n), &token))
            return fail(p, ERR_INVALID, member, STR("~ stands before 0 or 1 only"));
        if (yyjson_mut_is_ctn(ret->value) &&
            count(p, MEMBER_WORK * yyjson_mut_get_len(ret->value)) < 0)
            return -1;
        if (!ret->value || !step(ret, token))
            return fail(
                p, ERR_INVALID, member,
                arena_fmt(p->a, "the document has no place %.*s", STR_ARG(str_take(pointer, 200))));
        rest = str_skip(rest, n);
    }
    return 0;
}

static int find_present(struct patcher *p, const char *member, struct spot *ret)
{
    if (find(p, member, ret) < 0)
        return -1;
    return ret->value ? 0
                      : fail(p, ERR_INVALID, member, STR("the document has nothing at this place"));
}

/* ---- limits ---- */

/* Bytes, roughly, and depth of a value that is within the limit of depth. */
static size_t weigh(yyjson_mut_val *v, size_t *ret_depth)
{
    size_t bytes = 16 + (yyjson_mut_is_str(v) || yyjson_mut_is_raw(v) ? yyjson_mut_get_len(v) : 0);
    size_t deepest = 0;
    size_t depth;
    size_t i;
    size_t n;
    yyjson_mut_val *key;
    yyjson_mut_val *item;
    if (yyjson_mut_is_obj(v)) {
        yyjson_mut_obj_foreach(v, i, n, key, item)
        {
            bytes += yyjson_mut_get_len(key) + weigh(item, &depth);
            deepest = depth > deepest ? depth : deepest;
        }
    }
    if (yyjson_mut_is_arr(v)) {
        yyjson_mut_arr_foreach(v, i, n, item)
        {
            bytes += weigh(item, &depth);
            deepest = depth > deepest ? depth : deepest;
        }
    }
    *ret_depth = deepest + (yyjson_mut_is_ctn(v) ? 1 : 0);
    return bytes;
}

static int check_size(struct patcher *p, const struct spot *to, yyjson_mut_val *v)
{
    size_t depth;
    if (count(p, weigh(v, &depth)) < 0)
        return -1;
    if (to->depth + depth <= LIMIT_JSON_DEPTH)
        return 0;
    return fail(p, ERR_TOO_LARGE, "path",
                arena_fmt(p->a, "the document would be deeper than %u levels", LIMIT_JSON_DEPTH));
}

/* ---- operations ---- */

static int put(struct patcher *p, const struct spot *to, yyjson_mut_val *v)
{
    if (check_size(p, to, v) < 0)
        return -1;
    if (!to->parent)
        p->root = v;
    else if (yyjson_mut_is_arr(to->parent))
        yyjson_mut_arr_insert(to->parent, v, to->index);
    else
        yyjson_mut_obj_put(to->parent, json_build_str(p->doc, to->key), v);
    return 0;
}

static int take(struct patcher *p, const struct spot *from, const char *member)
{
    if (!from->parent)
        return fail(p, ERR_INVALID, member, STR("the whole document cannot be taken away"));
    if (yyjson_mut_is_arr(from->parent))
        yyjson_mut_arr_remove(from->parent, from->index);
    else
        yyjson_mut_obj_remove_keyn(from->parent, from->key.ptr, from->key.len);
    return 0;
}

static int given_value(const struct patcher *p, struct json *ret)
{
    *ret = json_get(p->op, STR("value"));
    return json_is_none(*ret) ? fail(p, ERR_INVALID, "value", STR("the operation needs a value"))
                              : 0;
}

static int do_add(struct patcher *p)
{
    struct json v;
    struct spot to;
    if (given_value(p, &v) < 0 || find(p, "path", &to) < 0)
        return -1;
    return put(p, &to, json_thaw(p->doc, v));
}

static int do_remove(struct patcher *p)
{
    struct spot from;
    return find_present(p, "path", &from) < 0 ? -1 : take(p, &from, "path");
}

static int do_replace(struct patcher *p)
{
    struct json v;
    struct spot to;
    if (given_value(p, &v) < 0 || find_present(p, "path", &to) < 0)
        return -1;
    if (to.parent && take(p, &to, "path") < 0)
        return -1;
    return put(p, &to, json_thaw(p->doc, v));
}

static int do_move(struct patcher *p)
{
    struct spot from;
    struct spot to;
    struct str source = json_str_or(json_get(p->op, STR("from")), (struct str){0});
    struct str target = json_str_or(json_get(p->op, STR("path")), (struct str){0});
    if (find_present(p, "from", &from) < 0)
        return -1;
    if (str_eq(source, target))
        return 0;
    if (str_starts_with(target, arena_fmt(p->a, "%.*s/", STR_ARG(source))))
        return fail(p, ERR_INVALID, "path", STR("a value cannot be moved into itself"));
    if (take(p, &from, "from") < 0 || find(p, "path", &to) < 0)
        return -1;
    return put(p, &to, from.value);
}

static int do_copy(struct patcher *p)
{
    struct spot from;
    struct spot to;
    size_t depth;
    if (find_present(p, "from", &from) < 0 || find(p, "path", &to) < 0 ||
        count(p, weigh(from.value, &depth)) < 0)
        return -1;
    return put(p, &to, yyjson_mut_val_mut_copy(p->doc, from.value));
}

static int do_test(struct patcher *p)
{
    struct json v;
    struct spot at;
    size_t depth;
    if (given_value(p, &v) < 0 || find_present(p, "path", &at) < 0 ||
        count(p, weigh(at.value, &depth)) < 0)
        return -1;
    if (json_equal(json_freeze(p->a, at.value), v))
        return 0;
    return fail(p, ERR_TEST_FAILED, "value", STR("the document has another value at this place"));
}

static int run(struct patcher *p)
{
    static const struct {
        const char *name;
        int (*fn)(struct patcher *p);
    } operations[] = {
        {"add", do_add},   {"remove", do_remove}, {"replace", do_replace},
        {"move", do_move}, {"copy", do_copy},     {"test", do_test},
    };
    if (json_kind(p->op) != JSON_OBJECT)
        return fail(p, ERR_INVALID, "", STR("an operation is an object"));
    struct str name = json_str_or(json_get(p->op, STR("op")), (struct str){0});
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        if (str_eq(name, str_of(operations[i].name)))
            return operations[i].fn(p);
    return fail(p, ERR_INVALID, "op", STR("op is add, remove, replace, move, copy or test"));
}

int json_patch(struct arena *a, struct json target, struct json patch, struct json *ret,
               struct err *e)
{
    struct patcher p = {.a = a, .doc = json_builder(a), .e = e};
    struct json_iter it = json_each(patch);
    struct str key;
    if (json_kind(patch) != JSON_ARRAY)
        return err_at(e, ERR_INVALID, STR(""), "a JSON patch is a list of operations");
    if (json_len(patch) > LIMIT_PATCH_OPERATIONS)
        return err_at(e, ERR_TOO_LARGE, STR(""), "a JSON patch has at most %u operations",
                      LIMIT_PATCH_OPERATIONS);
    p.root = json_thaw(p.doc, target);
    for (; json_next(&it, &key, &p.op); p.at++)
        if (run(&p) < 0)
            return -1;
    *ret = json_freeze(a, p.root);
    return 0;
}
