/* Operator ids: MurmurHash3 x64 128 with seed 0 over the uid, both halves little-endian. */
#include "model/flink_metadata.h"

#define C1 UINT64_C(0x87c37b91114253d5)
#define C2 UINT64_C(0x4cf5ad432745937f)

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t finish(uint64_t k)
{
    k ^= k >> 33;
    k *= UINT64_C(0xff51afd7ed558ccd);
    k ^= k >> 33;
    k *= UINT64_C(0xc4ceb9fe1a85ec53);
    return k ^ k >> 33;
}

/* Little-endian, of n <= 8 bytes. */
static uint64_t load(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static uint64_t mix1(uint64_t k)
{
    return rotate(k * C1, 31) * C2;
}

static uint64_t mix2(uint64_t k)
{
    return rotate(k * C2, 33) * C1;
}

static void hex_little_endian(uint64_t h, char *to)
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 8; i++) {
        unsigned byte = (unsigned)(h >> (8 * i)) & 0xFF;
        to[2 * i] = hex[byte >> 4];
        to[2 * i + 1] = hex[byte & 15];
    }
}

void flink_operator_id(struct str uid, char ret[HEX_ID_TEXT + 1])
{
    const unsigned char *p = (const unsigned char *)uid.ptr;
    uint64_t h1 = 0;
    uint64_t h2 = 0;
    size_t left = uid.len;
    for (; left >= 16; left -= 16, p += 16) {
        h1 = (rotate(h1 ^ mix1(load(p, 8)), 27) + h2) * 5 + 0x52dce729;
        h2 = (rotate(h2 ^ mix2(load(p + 8, 8)), 31) + h1) * 5 + 0x38495ab5;
    }
    if (left > 8)
        h2 ^= mix2(load(p + 8, left - 8));
    if (left > 0)
        h1 ^= mix1(load(p, left > 8 ? 8 : left));
    h1 ^= uid.len;
    h2 ^= uid.len;
    h1 += h2;
    h2 += h1;
    h1 = finish(h1);
    h2 = finish(h2);
    h1 += h2;
    h2 += h1;
    hex_little_endian(h1, ret);
    hex_little_endian(h2, ret + 16);
    ret[HEX_ID_TEXT] = '\0';
}
