#include "base/uuid.h"

#include <stdio.h>

static bool is_dash_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

void uuid_format(const uint8_t random[16], char ret[UUID_TEXT + 1])
{
    static const char hex[] = "0123456789abcdef";
    uint8_t b[16];
    memcpy(b, random, sizeof(b));
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (is_dash_place(at))
            ret[at++] = '-';
        ret[at++] = hex[b[i] >> 4];
        ret[at++] = hex[b[i] & 15];
    }
    ret[at] = '\0';
}

void uuid_to_hex(struct str uuid, char ret[HEX_ID_TEXT + 1])
{
    size_t at = 0;
    for (size_t i = 0; i < uuid.len && at < HEX_ID_TEXT; i++)
        if (uuid.ptr[i] != '-')
            ret[at++] = uuid.ptr[i];
    ret[at] = '\0';
}

bool uuid_is_valid(struct str s)
{
    if (s.len != UUID_TEXT)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (is_dash_place(i) ? s.ptr[i] != '-' : !is_hex(s.ptr[i]))
            return false;
    return true;
}

bool hex_id_is_valid(struct str s)
{
    if (s.len != HEX_ID_TEXT)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_hex(s.ptr[i]) || (s.ptr[i] >= 'A' && s.ptr[i] <= 'F'))
            return false;
    return true;
}
