/* The last part of `_metadata`: Flink's CheckpointProperties, written by Java's object
 * serialization. It is walked by that protocol's grammar, for one reason: only so is its end known,
 * and with it that the file was not cut. Arrays, proxies and classes as values never occur in it
 * and are refused. */
#include "model/flink_metadata_in.h"

enum java_tag {
    TC_NULL = 0x70,
    TC_REFERENCE = 0x71,
    TC_CLASSDESC = 0x72,
    TC_OBJECT = 0x73,
    TC_STRING = 0x74,
    TC_BLOCKDATA = 0x77,
    TC_ENDBLOCKDATA = 0x78,
    TC_ENUM = 0x7E,
};
enum { SC_WRITE_METHOD = 1, SC_SERIALIZABLE = 2 };

#define STREAM_MAGIC 0xACED0005U
#define FIRST_HANDLE 0x7E0000
#define MOST_HANDLES 256
#define MOST_FIELDS  64U

struct java_class {
    char types[MOST_FIELDS];
    size_t n;
    unsigned flags;
    const struct java_class *super;
};

struct java_in {
    struct metadata_in *in;
    const struct java_class *handles[MOST_HANDLES]; /* NULL: of something that is not a class */
    size_t n_handles;
};

static void read_content(struct java_in *j);

static size_t new_handle(struct java_in *j)
{
    if (j->n_handles == MOST_HANDLES) {
        metadata_fail(j->in, "its properties hold too many objects");
        return 0;
    }
    return j->n_handles++;
}

static bool enter(struct java_in *j)
{
    if (j->in->depth >= METADATA_DEPTH)
        metadata_fail(j->in, "its properties are nested too deeply");
    if (j->in->failed)
        return false;
    j->in->depth++;
    return true;
}

static const struct java_class *read_reference(struct java_in *j)
{
    int64_t handle = (int64_t)metadata_i32(j->in) - FIRST_HANDLE;
    if (handle >= 0 && handle < (int64_t)j->n_handles)
        return j->handles[handle];
    metadata_fail(j->in, "its properties refer to something that was not there");
    return NULL;
}

/* What a class or object may add in its own format, up to its end mark. */
static void skip_annotations(struct java_in *j)
{
    while (metadata_left(j->in) > 0) {
        unsigned tag = j->in->bytes[j->in->at];
        if (tag == TC_ENDBLOCKDATA) {
            metadata_skip(j->in, 1);
            return;
        }
        if (tag == TC_BLOCKDATA) {
            metadata_skip(j->in, 1);
            metadata_skip(j->in, metadata_u8(j->in));
        } else {
            read_content(j);
        }
    }
    metadata_skip(j->in, 1); /* the mark is missing: fails */
}

static const struct java_class *read_class(struct java_in *j);

static const struct java_class *read_new_class(struct java_in *j)
{
    struct java_class *c = ARENA_NEW(j->in->arena, struct java_class);
    metadata_skip_utf(j->in);
    metadata_skip(j->in, 8); /* serialVersionUID */
    size_t handle = new_handle(j);
    c->flags = metadata_u8(j->in);
    size_t n = metadata_u16(j->in);
    if (n > MOST_FIELDS || !enter(j)) {
        metadata_fail(j->in, "a class in its properties has too many fields");
        return NULL;
    }
    for (; c->n < n && !j->in->failed; c->n++) {
        c->types[c->n] = (char)metadata_u8(j->in);
        metadata_skip_utf(j->in);
        if (c->types[c->n] == 'L' || c->types[c->n] == '[')
            read_content(j); /* the name of its type */
    }
    skip_annotations(j);
    c->super = read_class(j);
    j->in->depth--;
    if (j->in->failed)
        return NULL;
    j->handles[handle] = c;
    return c;
}

/* NULL: no class (the end of a line of superclasses), or a failure. */
static const struct java_class *read_class(struct java_in *j)
{
    switch (metadata_u8(j->in)) {
    case TC_CLASSDESC: return read_new_class(j);
    case TC_REFERENCE: return read_reference(j);
    case TC_NULL: return NULL;
    default: metadata_fail_tag(j->in, "its properties hold an unknown class"); return NULL;
    }
}

static void read_field(struct java_in *j, char type)
{
    switch (type) {
    case 'B':
    case 'Z': metadata_skip(j->in, 1); break;
    case 'C':
    case 'S': metadata_skip(j->in, 2); break;
    case 'F':
    case 'I': metadata_skip(j->in, 4); break;
    case 'D':
    case 'J': metadata_skip(j->in, 8); break;
    case 'L':
    case '[': read_content(j); break;
    default: metadata_fail(j->in, "a field in its properties is of an unknown type"); break;
    }
}

/* Superclasses come first. Their depth was bounded when the classes were read. */
static void read_fields(struct java_in *j, const struct java_class *c)
{
    if (!c || j->in->failed)
        return;
    read_fields(j, c->super);
    if (!(c->flags & SC_SERIALIZABLE))
        metadata_fail(j->in, "an object in its properties is of an unknown form");
    for (size_t i = 0; i < c->n && !j->in->failed; i++)
        read_field(j, c->types[i]);
    if (c->flags & SC_WRITE_METHOD)
        skip_annotations(j);
}

static void read_content(struct java_in *j)
{
    const struct java_class *c = NULL;
    if (!enter(j))
        return;
    switch (metadata_u8(j->in)) {
    case TC_NULL: break;
    case TC_REFERENCE: (void)read_reference(j); break;
    case TC_STRING:
        (void)new_handle(j);
        metadata_skip_utf(j->in);
        break;
    case TC_ENUM:
        (void)read_class(j);
        (void)new_handle(j);
        read_content(j); /* the constant's name */
        break;
    case TC_OBJECT:
        c = read_class(j);
        (void)new_handle(j);
        read_fields(j, c);
        break;
    default: metadata_fail_tag(j->in, "its properties hold an unknown thing"); break;
    }
    j->in->depth--;
}

void metadata_properties(struct metadata_in *in, struct flink_metadata *ret)
{
    struct java_in j = {.in = in};
    if ((uint32_t)metadata_i32(in) != STREAM_MAGIC)
        metadata_fail(in, "its properties do not start as such");
    size_t from = in->at;
    read_content(&j);
    if (in->failed)
        return;
    struct str blob = {(const char *)in->bytes + from, in->at - from};
    if (str_contains(blob, STR("checkpoint.SavepointType")))
        ret->kind = FLINK_SNAPSHOT_SAVEPOINT;
    else if (str_contains(blob, STR("checkpoint.CheckpointType")))
        ret->kind = FLINK_SNAPSHOT_CHECKPOINT;
    if (str_contains(blob, STR("CANONICAL")))
        ret->format = FLINK_FORMAT_CANONICAL;
    else if (str_contains(blob, STR("NATIVE")))
        ret->format = FLINK_FORMAT_NATIVE;
}
