/* YAML to values: libyaml's events, built into a document under our limits. */
#include "data/yaml_impl.h"

#include <yaml.h>

#include "base/limits.h"

/* A finished anchored value and what a copy of it costs. */
struct anchor {
    struct str name;
    yyjson_mut_val *value; /* NULL while it is being read: an alias to it would never end */
    size_t nodes;
};

struct reader {
    yaml_parser_t parser;
    struct arena *a;
    yyjson_mut_doc *doc;
    struct anchor *anchors;
    size_t n_anchors;
    size_t aliases;
    size_t nodes;
    struct err *e;
};

static int fail(struct reader *r, enum err_code code, yaml_mark_t at, const char *what)
{
    return err_set(r->e, code, "line %zu, column %zu: %s", at.line + 1, at.column + 1, what);
}

/* The next event, which the caller deletes. */
static int next(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return 0;
    const char *problem = r->parser.problem ? r->parser.problem : "it cannot be read";
    return fail(r, ERR_MALFORMED, r->parser.problem_mark, problem);
}

static int count_nodes(struct reader *r, size_t n, yaml_mark_t at)
{
    r->nodes += n;
    if (r->nodes <= LIMIT_YAML_NODES)
        return 0;
    return fail(r, ERR_TOO_LARGE, at, "too many values, those that aliases repeat included");
}

static struct str text_of(const yaml_char_t *s, size_t n)
{
    return (struct str){(const char *)s, n};
}

static struct anchor *find_anchor(struct reader *r, struct str name)
{
    for (size_t i = r->n_anchors; i > 0; i--)
        if (str_eq(r->anchors[i - 1].name, name))
            return &r->anchors[i - 1];
    return NULL;
}

static int begin_anchor(struct reader *r, const yaml_char_t *name, yaml_mark_t at, size_t *ret)
{
    if (r->n_anchors == LIMIT_YAML_ALIASES)
        return fail(r, ERR_TOO_LARGE, at, "too many anchors");
    *ret = r->n_anchors++;
    r->anchors[*ret] = (struct anchor){.name = arena_str(r->a, str_of((const char *)name))};
    return 0;
}

static int read_alias(struct reader *r, const yaml_event_t *event, yyjson_mut_val **ret)
{
    yaml_mark_t at = event->start_mark;
    struct anchor *anchor = find_anchor(r, str_of((const char *)event->data.alias.anchor));
    if (++r->aliases > LIMIT_YAML_ALIASES)
        return fail(r, ERR_TOO_LARGE, at, "too many aliases");
    if (!anchor)
        return fail(r, ERR_MALFORMED, at, "an alias to an anchor that is not there");
    if (!anchor->value)
        return fail(r, ERR_MALFORMED, at, "an alias to what it is part of");
    if (count_nodes(r, anchor->nodes, at) < 0)
        return -1;
    *ret = yyjson_mut_val_mut_copy(r->doc, anchor->value);
    return 0;
}

static int read_scalar(struct reader *r, const yaml_event_t *event, yyjson_mut_val **ret)
{
    struct str text = text_of(event->data.scalar.value, event->data.scalar.length);
    const char *tag = (const char *)event->data.scalar.tag;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tag;
    if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, "!") != 0)
        return fail(r, ERR_MALFORMED, event->start_mark, "tags other than !!str are not supported");
    if (text.len && memchr(text.ptr, '\0', text.len))
        return fail(r, ERR_MALFORMED, event->start_mark, "a string holds a NUL character");
    *ret = plain ? yaml_plain(r->doc, r->a, text) : json_build_str(r->doc, text);
    return 0;
}

static int read_value(struct reader *r, yaml_event_t *event, unsigned depth, yyjson_mut_val **ret);

static int read_sequence(struct reader *r, unsigned depth, yyjson_mut_val **ret)
{
    yyjson_mut_val *array = yyjson_mut_arr(r->doc);
    for (;;) {
        yaml_event_t event;
        yyjson_mut_val *item;
        if (next(r, &event) < 0)
            return -1;
        bool over = event.type == YAML_SEQUENCE_END_EVENT;
        int result = over ? 0 : read_value(r, &event, depth, &item);
        yaml_event_delete(&event);
        if (result < 0)
            return -1;
        if (over)
            break;
        yyjson_mut_arr_append(array, item);
    }
    *ret = array;
    return 0;
}

static int read_key(struct reader *r, const yaml_event_t *event, struct str *ret)
{
    if (event->type != YAML_SCALAR_EVENT)
        return fail(r, ERR_MALFORMED, event->start_mark, "a key must be a plain word or a string");
    struct str key = text_of(event->data.scalar.value, event->data.scalar.length);
    if (key.len && memchr(key.ptr, '\0', key.len))
        return fail(r, ERR_MALFORMED, event->start_mark, "a key holds a NUL character");
    if (str_eq(key, STR("<<")) && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return fail(r, ERR_MALFORMED, event->start_mark, "merge keys (<<) are not supported");
    *ret = arena_str(r->a, key);
    return count_nodes(r, 1, event->start_mark);
}

static int read_mapping(struct reader *r, unsigned depth, yyjson_mut_val **ret)
{
    yyjson_mut_val *object = yyjson_mut_obj(r->doc);
    for (;;) {
        yaml_event_t event;
        struct str key;
        yyjson_mut_val *item;
        if (next(r, &event) < 0)
            return -1;
        bool over = event.type == YAML_MAPPING_END_EVENT;
        int result = over ? 0 : read_key(r, &event, &key);
        yaml_event_delete(&event);
        if (over)
            break;
        if (result < 0 || next(r, &event) < 0)
            return -1;
        result = read_value(r, &event, depth, &item);
        yaml_event_delete(&event);
        if (result < 0)
            return -1;
        json_build_add(r->doc, object, key, item);
    }
    *ret = object;
    return 0;
}

/* Sequences and mappings, with their anchor and tag. */
static int read_nested(struct reader *r, const yaml_event_t *event, unsigned depth,
                       yyjson_mut_val **ret)
{
    bool sequence = event->type == YAML_SEQUENCE_START_EVENT;
    const char *tag =
        (const char *)(sequence ? event->data.sequence_start.tag : event->data.mapping_start.tag);
    if (depth == LIMIT_JSON_DEPTH)
        return fail(r, ERR_TOO_LARGE, event->start_mark, "nested too deep");
    if (tag && strcmp(tag, sequence ? YAML_SEQ_TAG : YAML_MAP_TAG) != 0)
        return fail(r, ERR_MALFORMED, event->start_mark, "this tag is not supported");
    return sequence ? read_sequence(r, depth + 1, ret) : read_mapping(r, depth + 1, ret);
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.anchor;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return event->data.sequence_start.anchor;
    return event->type == YAML_MAPPING_START_EVENT ? event->data.mapping_start.anchor : NULL;
}

static int read_value(struct reader *r, yaml_event_t *event, unsigned depth, yyjson_mut_val **ret)
{
    size_t nodes_before = r->nodes;
    size_t anchor = 0;
    int result;
    if (count_nodes(r, 1, event->start_mark) < 0)
        return -1;
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(r, event, ret);
    if (anchor_of(event) && begin_anchor(r, anchor_of(event), event->start_mark, &anchor) < 0)
        return -1;
    if (event->type == YAML_SCALAR_EVENT)
        result = read_scalar(r, event, ret);
    else
        result = read_nested(r, event, depth, ret);
    if (result == 0 && anchor_of(event)) {
        r->anchors[anchor].value = *ret;
        r->anchors[anchor].nodes = r->nodes - nodes_before;
    }
    return result;
}

/* From the start of the stream to its end: exactly one document. */
static int read_stream(struct reader *r, yyjson_mut_val **ret)
{
    *ret = NULL;
    for (;;) {
        yaml_event_t event;
        int result = 0;
        if (next(r, &event) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && *ret)
            result = fail(r, ERR_MALFORMED, event.start_mark, "only one document is allowed");
        else if (type == YAML_STREAM_END_EVENT && !*ret)
            result = err_set(r->e, ERR_MALFORMED, "the document is empty");
        else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
                 type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT)
            result = read_value(r, &event, 0, ret);
        yaml_event_delete(&event);
        if (result < 0 || type == YAML_STREAM_END_EVENT)
            return result;
    }
}

/* Aliases can nest what each of them alone does not: the depth and the keys are checked at the end,
 * on the result, as for JSON. */
int yaml_parse(struct arena *a, struct str text, struct json *ret, struct err *e)
{
    struct reader r = {.a = a, .doc = json_builder(a), .e = e};
    yyjson_mut_val *root;
    if (!str_is_utf8(text))
        return err_set(e, ERR_MALFORMED, "the document is not UTF-8 text");
    r.anchors = ARENA_ARRAY(a, struct anchor, LIMIT_YAML_ALIASES);
    yaml_parser_initialize(&r.parser);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.ptr, text.len);
    int result = read_stream(&r, &root);
    yaml_parser_delete(&r.parser);
    if (result < 0)
        return -1;
    struct json value = json_freeze(a, root);
    if (json_check(value, e) < 0)
        return -1;
    *ret = value;
    return 0;
}
