/* What the user keeps in files: text, and documents in YAML or JSON. */
#pragma once

#include "cli/cli.h"

enum { MOST_DOCUMENTS = 100 };

/* Says that the file cannot be used, and why. */
int file_unreadable(struct cli *c, struct str file, struct str why);
/* All of it; "-" is standard input. At most LIMIT_REQUEST_BODY bytes. */
int file_read(struct cli *c, struct str file, struct str *ret);
/* The objects in the file of --file, one for each document; ret has room for MOST_DOCUMENTS. */
int file_documents(struct cli *c, struct json *ret, size_t *ret_n);
