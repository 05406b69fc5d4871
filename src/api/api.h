/* The HTTP API: Ververica Platform's paths and bodies, and ours (docs: GET /openapi.json).
 *
 * A request finds its route in one table (routes.c); the handler makes a reply from the request
 * and the registry, or fails with an err that becomes a problem document (RFC 9457). Writes answer
 * only after their commit is durable. Loop thread only. */
#pragma once

#include "port/http_server.h"
#include "shell/app.h"

struct api;

/* Takes over app->on_change. `global_defaults`: the configured GlobalDeploymentDefaults' spec, none
 * when there is no such thing; borrowed. */
struct api *api_new(struct app *app, struct json global_defaults);
/* Before the first request. */
void api_set_server(struct api *api, struct http_server server);
/* After the server has stopped and no commit of a request is under way. */
void api_free(struct api *api);

/* For the server; arg is the struct api. */
http_handler api_handle;
