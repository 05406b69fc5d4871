/* Base64 for addresses (RFC 4648, 5): without padding. */
#pragma once

#include "base/arena.h"

struct str base64url(struct arena *a, struct str s);
/* The reverse; false on anything that base64url does not write. */
bool base64url_decode(struct arena *a, struct str s, struct str *ret);
