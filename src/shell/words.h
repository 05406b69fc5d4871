/* Program arguments from one string, split as a shell splits words: blanks separate, single and double
 * quotes and backslashes keep together; nothing is expanded. An unclosed quote ends at the end. */
#pragma once

#include "data/fields.h"

struct str_list words_split(struct arena *a, struct str line);
