/* Facts from one number per column, in the order of fact_columns. */
#pragma once

#include "core/facts.h"

struct facts facts_of_values(const unsigned v[FACT_COLUMNS]);
