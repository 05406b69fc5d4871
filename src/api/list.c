/* See list.h. The order is total: what `sort` leaves equal is ordered by group, number and id. So a page
 * goes on behind the last item of the one before even when that item is gone. */
#include "api/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "model/summary.h"

/* So much of a text is compared, and told in `continue`. */
enum { KEY_TEXT = 128 };

/* ---- the query ---- */

/* Says which parameter the error is about. */
static int at_query(struct err *e, enum query q)
{
    char text[sizeof(e->text)];
    char pointer[64];
    snprintf(text, sizeof(text), "%s", e->text);
    snprintf(pointer, sizeof(pointer), "?%s", query_infos[q].name);
    return err_at(e, e->code, str_of(pointer), "%s", text);
}

int list_selector(struct call *c, struct arena *a, const struct fields *f,
                  struct field_selector *ret, struct err *e)
{
    struct str text = arena_str(a, c->query[QUERY_FIELD_SELECTOR]);
    return field_selector_parse(a, f, text, ret, e) < 0 ? at_query(e, QUERY_FIELD_SELECTOR) : 0;
}

static int read_sort(struct call *c, struct list_doc *l, struct err *e)
{
    struct str rest = c->query[QUERY_SORT];
    while (rest.len) {
        struct str path = str_trim(str_split(rest, ',', &rest));
        bool falls = str_starts_with(path, STR("-"));
        path = str_skip(path, falls);
        if (l->n_sort == SORT_KEYS)
            return fail_query(e, QUERY_SORT, "takes at most four fields");
        if (!fields_scalar(l->resource->fields, path))
            return fail_query(e, QUERY_SORT,
                              arena_fmt(c->a, "names \"%.*s\", which is no single value of a %s",
                                        STR_ARG(str_take(path, 100)), l->resource->kind)
                                  .ptr);
        l->sort[l->n_sort] = path;
        l->falls[l->n_sort++] = falls;
    }
    return 0;
}

static int read_view(struct call *c, enum resource_kind kind, struct list_doc *l, struct err *e)
{
    struct str view = c->query[QUERY_VIEW];
    l->is_summary = str_eq_nocase(view, STR("summary"));
    l->shown = l->resource->fields;
    if (l->is_summary)
        l->shown = kind == RESOURCE_JOB ? &job_summary_fields : &deployment_summary_fields;
    if (!view.ptr || l->is_summary || str_eq_nocase(view, STR("full")))
        return 0;
    return fail_query(e, QUERY_VIEW, "must be full or summary");
}

/* ---- continue: [[sort values], group, number, id] ---- */

static void put_scalar(struct json_out *o, const struct scalar *s)
{
    switch (s->kind) {
    case SCALAR_NUMBER: json_put_i64(o, s->number); break;
    case SCALAR_TEXT: json_put_str(o, s->text); break;
    case SCALAR_ABSENT:
    default: json_put_null(o);
    }
}

static struct str token_of(const struct list_doc *l, const struct list_item *last)
{
    struct doc d;
    doc_begin(&d);
    json_begin_array(&d.out);
    json_begin_array(&d.out);
    for (size_t i = 0; i < l->n_sort; i++)
        put_scalar(&d.out, &last->keys[i]);
    json_end_array(&d.out);
    json_put_str(&d.out, last->group);
    json_put_i64(&d.out, last->number);
    json_put_str(&d.out, last->id);
    json_end_array(&d.out);
    return base64url(l->a, doc_end(&d, l->a));
}

static bool read_scalar(struct json v, struct scalar *ret)
{
    *ret = (struct scalar){0};
    if (json_kind(v) == JSON_NULL)
        return true;
    ret->kind = json_kind(v) == JSON_NUMBER ? SCALAR_NUMBER : SCALAR_TEXT;
    return ret->kind == SCALAR_NUMBER ? json_i64(v, &ret->number) : json_str(v, &ret->text);
}

static bool read_token(struct list_doc *l, struct str token)
{
    struct str text;
    struct json v;
    struct err e;
    struct list_item *after = &l->after;
    if (!base64url_decode(l->a, token, &text) || json_parse(l->a, text, &v, &e) < 0 ||
        json_kind(v) != JSON_ARRAY || json_len(v) != 4 || json_kind(json_at(v, 0)) != JSON_ARRAY ||
        json_len(json_at(v, 0)) != l->n_sort)
        return false;
    for (size_t i = 0; i < l->n_sort; i++)
        if (!read_scalar(json_at(json_at(v, 0), i), &after->keys[i]))
            return false;
    l->has_after = true;
    return json_str(json_at(v, 1), &after->group) && json_i64(json_at(v, 2), &after->number) &&
           json_str(json_at(v, 3), &after->id);
}

int list_begin(struct call *c, enum resource_kind kind, struct list_doc *l, struct err *e)
{
    *l = (struct list_doc){.a = c->a, .resource = &resources[kind]};
    if (query_number(c, QUERY_LIMIT, 0, LIMIT_LIST, &l->limit, e) < 0 ||
        read_view(c, kind, l, e) < 0 || read_sort(c, l, e) < 0 ||
        list_selector(c, c->a, l->resource->fields, &l->selector, e) < 0)
        return -1;
    if (query_given(c, QUERY_CONTINUE) && !read_token(l, c->query[QUERY_CONTINUE]))
        return fail_query(e, QUERY_CONTINUE, "is not one that a list of this `sort` gave");
    return 0;
}

/* ---- items ---- */

/* Its first bytes, whole characters. */
static struct str key_text(struct str s)
{
    size_t n = s.len < KEY_TEXT ? s.len : KEY_TEXT;
    while (n < s.len && n > 0 && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n--;
    return str_take(s, n);
}

void list_add(struct list_doc *l, const struct list_item *item)
{
    const struct fields *f = l->resource->fields;
    if (l->selector.n && !field_selector_matches(&l->selector, f, item->object))
        return;
    if (l->n == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 64;
        struct list_item *grown = ARENA_ARRAY(l->a, struct list_item, capacity);
        if (l->n)
            memcpy(grown, l->items, l->n * sizeof(*grown));
        l->items = grown;
        l->capacity = capacity;
    }
    struct list_item *to = &l->items[l->n++];
    *to = *item;
    for (size_t i = 0; i < l->n_sort; i++) {
        to->keys[i] = fields_get(f, item->object, l->sort[i]);
        to->keys[i].text = key_text(to->keys[i].text);
    }
}

static int by_order(const void *x, const void *y, void *arg)
{
    const struct list_doc *l = arg;
    const struct list_item *a = x;
    const struct list_item *b = y;
    for (size_t i = 0; i < l->n_sort; i++) {
        int order = scalar_cmp(&a->keys[i], &b->keys[i]);
        if (order)
            return l->falls[i] ? -order : order;
    }
    int order = str_cmp(a->group, b->group);
    if (order == 0)
        order = (a->number > b->number) - (a->number < b->number);
    return order ? order : str_cmp(a->id, b->id);
}

static void put_item(struct call *c, const struct list_doc *l, struct json_out *o,
                     const struct list_item *item)
{
    if (item->json.len)
        json_put_raw(o, item->json);
    else if (item->entry && !l->is_summary)
        json_put_raw(o, view_json(c->api, item->entry));
    else
        fields_encode(o, l->shown, item->object, false);
}

static void put_metadata(const struct list_doc *l, struct json_out *o, const struct list_item *last,
                         size_t remaining)
{
    json_key(o, STR("metadata"));
    json_begin_object(o);
    if (l->resource_version.len)
        doc_str(o, "resourceVersion", l->resource_version);
    if (l->sequence)
        doc_i64(o, "sequence", l->sequence);
    if (remaining) {
        doc_str(o, "continue", token_of(l, last));
        doc_i64(o, "remainingItemCount", (int64_t)remaining);
    }
    json_end_object(o);
}

enum handled list_end(struct call *c, struct list_doc *l, struct err *e)
{
    struct doc d;
    size_t first = 0;
    if (l->limit == 0 && l->n > LIMIT_LIST) {
        fail_query(e, QUERY_LIMIT,
                   arena_fmt(c->a, "is needed: the list has more than %u items", LIMIT_LIST).ptr);
        return HANDLED_FAILED;
    }
    qsort_r(l->items, l->n, sizeof(*l->items), by_order, l);
    while (l->has_after && first < l->n && by_order(&l->items[first], &l->after, l) <= 0)
        first++;
    size_t end = l->limit && l->n - first > (size_t)l->limit ? first + (size_t)l->limit : l->n;
    doc_begin(&d);
    json_begin_object(&d.out);
    doc_str(&d.out, "kind", str_of(l->resource->list_kind));
    doc_str(&d.out, "apiVersion", STR("v1"));
    json_key(&d.out, STR("items"));
    json_begin_array(&d.out);
    for (size_t i = first; i < end; i++)
        put_item(c, l, &d.out, &l->items[i]);
    json_end_array(&d.out);
    put_metadata(l, &d.out, end > first ? &l->items[end - 1] : NULL, l->n - end);
    json_end_object(&d.out);
    c->reply.status = 200;
    c->reply.body = doc_end(&d, c->a);
    return HANDLED;
}
