/* What the YAML reader and writer share. */
#pragma once

#include "data/json_impl.h"

/* The value of a plain (unquoted) scalar by the core schema of YAML 1.2. What JSON has no number
 * for (.inf, .nan, numbers with leading zeros) stays a string, as it was written. */
yyjson_mut_val *yaml_plain(yyjson_mut_doc *doc, struct arena *a, struct str text);
/* Whether the string can be written without quotes so that every reader, YAML 1.1 ones included,
 * takes it for a string. Says no when in doubt. */
bool yaml_is_plain_safe(struct str text);
