/* What the parts of the description share. */
#pragma once

#include "api/api_impl.h"

/* A value: the JSON text, in which ' stands for ". */
void put_quoted(struct json_out *o, const char *json);
/* The member "$ref" to #/components/<section>/<name>. */
void put_component_ref(struct json_out *o, const char *section, struct str name);

/* ---- openapi_schemas.c ---- */

/* The value of components.schemas. */
void openapi_schemas(struct json_out *o);
/* The schema of what the route gives when it goes well, or NULL: its name in components.schemas. */
const char *openapi_gives(const struct route *r);

/* ---- openapi_answers.c ---- */

/* The member "responses" of an operation. */
void openapi_answers(struct json_out *o, const struct route *r);
/* The members "responses" and "headers" of components. */
void openapi_answer_components(struct json_out *o);
/* Whether the route may refuse with this status. */
bool openapi_may_refuse(const struct route *r, int status);

/* ---- openapi_requests.c ---- */

/* The members "parameters" and "requestBody" of an operation. */
void openapi_request(struct json_out *o, const struct route *r);
/* The member "parameters" of components. */
void openapi_request_components(struct json_out *o);

/* ---- openapi_examples.c ---- */

/* The member "examples" of answers or bodies of that schema, or of the body of that operation; nothing when
 * there are none. */
void openapi_examples(struct json_out *o, const char *of);
