/* Contexts: names for a server and a namespace, kept in a file of the user's. No secrets in it yet.
 *
 *   current: prod
 *   contexts:
 *     prod: {server: "https://sluice.example", namespace: payments}
 */
#pragma once

#include "cli/cli.h"

/* Where the file lies; empty when the environment says neither XDG_CONFIG_HOME nor HOME. */
struct str contexts_path(const struct cli *c);
/* The file's document, an empty object when there is no file. */
int contexts_read(struct cli *c, struct json *ret);
/* Merges the patch into what the file holds (RFC 7396), in one step, readable by its owner only. */
int contexts_write(struct cli *c, struct json document, struct str patch);
/* The name of the context that is in effect by itself: SLUICE_CONTEXT, else the file's current. */
struct str contexts_current(struct json document);
