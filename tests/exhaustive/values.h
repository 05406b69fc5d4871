/* Facts as one number per column, in the order of fact_columns. */
#pragma once

#include "core/facts.h"

struct facts facts_of_values(const unsigned v[MAIN_COLUMNS]);
void facts_values(const struct facts *f, unsigned ret[MAIN_COLUMNS]);
