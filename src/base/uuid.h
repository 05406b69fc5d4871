/* UUIDs as text. The random bytes come from port/random.h. */
#pragma once

#include "base/str.h"

#define UUID_TEXT   36
#define HEX_ID_TEXT 32

/* A version 4 UUID of 16 random bytes, lower case, NUL-terminated. */
void uuid_format(const uint8_t random[16], char ret[UUID_TEXT + 1]);
/* Without its dashes: the form of Flink's job and trigger ids. `uuid` must be valid. */
void uuid_to_hex(struct str uuid, char ret[HEX_ID_TEXT + 1]);
/* 36 characters, dashes in place, hex digits (either case). */
bool uuid_is_valid(struct str s);
/* 32 lower-case hex digits. */
bool hex_id_is_valid(struct str s);
