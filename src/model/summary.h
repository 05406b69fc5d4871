/* Short forms of resources for lists (view=summary): what a line of a table shows. They are tables of the
 * same structs. */
#pragma once

#include "data/fields.h"

extern const struct fields deployment_summary_fields; /* of struct deployment */
extern const struct fields job_summary_fields;        /* of struct job */
