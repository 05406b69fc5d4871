/* The cursor of the `_metadata` reader: big-endian numbers and Java strings, never past the end. */
#include "model/flink_metadata_in.h"

void metadata_fail(struct metadata_in *in, const char *why)
{
    if (in->failed)
        return;
    in->failed = true;
    in->failed_at = in->at;
    in->why = str_of(why);
}

void metadata_fail_tag(struct metadata_in *in, const char *why)
{
    if (in->failed)
        return;
    metadata_fail(in, why);
    in->failed_at--;
}

size_t metadata_left(const struct metadata_in *in)
{
    return in->failed ? 0 : in->len - in->at;
}

const unsigned char *metadata_bytes(struct metadata_in *in, size_t n)
{
    if (in->failed)
        return NULL;
    if (n > in->len - in->at) {
        metadata_fail(in, "the file ends too early");
        return NULL;
    }
    const unsigned char *p = in->bytes + in->at;
    in->at += n;
    return p;
}

void metadata_skip(struct metadata_in *in, size_t n)
{
    (void)metadata_bytes(in, n);
}

static uint64_t big_endian(struct metadata_in *in, size_t n)
{
    const unsigned char *p = metadata_bytes(in, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

unsigned metadata_u8(struct metadata_in *in)
{
    return (unsigned)big_endian(in, 1);
}

unsigned metadata_u16(struct metadata_in *in)
{
    return (unsigned)big_endian(in, 2);
}

int32_t metadata_i32(struct metadata_in *in)
{
    return (int32_t)(uint32_t)big_endian(in, 4);
}

int64_t metadata_i64(struct metadata_in *in)
{
    return (int64_t)big_endian(in, 8);
}

int64_t metadata_size(struct metadata_in *in)
{
    int64_t n = metadata_i64(in);
    if (n >= 0)
        return n;
    metadata_fail(in, "a size is negative");
    return 0;
}

size_t metadata_count(struct metadata_in *in, size_t least)
{
    int32_t n = metadata_i32(in);
    if (n >= 0 && (size_t)n <= metadata_left(in) / least)
        return (size_t)n;
    metadata_fail(in, n < 0 ? "a count is negative" : "a count is larger than what follows");
    return 0;
}

void metadata_add(struct metadata_state *sum, struct metadata_state part)
{
    if (__builtin_add_overflow(sum->size, part.size, &sum->size))
        sum->size = INT64_MAX;
    sum->any = sum->any || part.any;
}

/* One UTF-16 unit of modified UTF-8 at s[*at]; -1 when malformed. */
static int32_t utf16_unit(const unsigned char *s, size_t n, size_t *at)
{
    unsigned c = s[*at];
    size_t left = n - *at;
    if (c < 0x80) {
        *at += 1;
        return (int32_t)c;
    }
    if ((c & 0xE0) == 0xC0 && left >= 2 && (s[*at + 1] & 0xC0) == 0x80) {
        *at += 2;
        return (int32_t)((c & 0x1F) << 6 | (s[*at - 1] & 0x3FU));
    }
    if ((c & 0xF0) == 0xE0 && left >= 3 && (s[*at + 1] & 0xC0) == 0x80 &&
        (s[*at + 2] & 0xC0) == 0x80) {
        *at += 3;
        return (int32_t)((c & 0x0F) << 12 | (s[*at - 2] & 0x3FU) << 6 | (s[*at - 1] & 0x3FU));
    }
    return -1;
}

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Supplementary characters come as two surrogates of three bytes each, U+0000 as two bytes; a lone
 * surrogate, which Java allows and UTF-8 does not, becomes U+FFFD. */
struct str metadata_utf(struct metadata_in *in)
{
    size_t n = metadata_u16(in);
    const unsigned char *s = metadata_bytes(in, n);
    if (!s)
        return (struct str){NULL, 0};
    char *to = arena_alloc(in->arena, n + 1); /* never longer than the modified form */
    size_t len = 0;
    for (size_t at = 0; at < n;) {
        int32_t unit = utf16_unit(s, n, &at);
        if (unit < 0) {
            metadata_fail(in, "a text is not modified UTF-8");
            return (struct str){NULL, 0};
        }
        uint32_t c = (uint32_t)unit;
        size_t next = at;
        int32_t low = c >= 0xD800 && c < 0xDC00 && at < n ? utf16_unit(s, n, &next) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            at = next;
        } else if (c >= 0xD800 && c < 0xE000) {
            c = 0xFFFD;
        }
        len += put_utf8(to + len, c);
    }
    return (struct str){to, len};
}

void metadata_skip_utf(struct metadata_in *in)
{
    metadata_skip(in, metadata_u16(in));
}
