/* The record's row in the store: the record, and the status that was shown with it. */
#pragma once

#include "core/record.h"
#include "model/deployment.h"

struct record_row {
    struct record record; /* first: an object of this row is read as its record */
    struct deployment_status status;
};

extern const struct fields record_row_fields;
