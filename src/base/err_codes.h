/* Every code of an error: the one table that answers, logs and docs/problems.md come from.
 *
 * X(CODE, HTTP status, whether the same request may do better later, title, what it means, what to do).
 * Codes are public: their meaning never changes, and one that goes is never used again. */
#pragma once

#define ERR_CODES(X)                                                                               \
    X(OK, 200, false, "ok", "", "")                                                                \
    X(BAD_REQUEST, 400, false, "The request cannot be understood",                                 \
      "Path, query or headers do not make sense; errors[].parameter names the parameter.",         \
      "Correct it. /openapi.json lists the parameters of each path.")                              \
    X(INVALID, 400, false, "A value is not valid",                                                 \
      "The document is understood, but a value in it cannot be; errors[].pointer says where.",     \
      "Correct the value; detail says what is expected.")                                          \
    X(UNKNOWN_FIELD, 400, false, "A field is not known",                                           \
      "The document has a member that no Sluice knows; detail has the nearest name.",              \
      "Correct the name, or send fieldValidation=Warn to have such members passed over.")          \
    X(MALFORMED, 400, false, "The document is not well-formed",                                    \
      "The body is no JSON or YAML, or a key occurs twice in it.", "Correct the document.")        \
    X(FORBIDDEN_KEY, 400, false, "This key is owned by Sluice",                                    \
      "flinkConfiguration has a key that Sluice sets itself.",                                     \
      "Take it out; detail says what to set instead, where there is something.")                   \
    X(UNAUTHENTICATED, 401, false, "Who is asking is not known",                                   \
      "The request has no valid access token.", "Send one: Authorization: Bearer TOKEN.")          \
    X(FORBIDDEN, 403, false, "Not allowed", "Whoever asks may not do this.",                       \
      "Ask the owner of the namespace.")                                                           \
    X(NOT_FOUND, 404, false, "Not found",                                                          \
      "There is no such path, object or namespace, or it is gone.",                                \
      "Look at the list it should be in.")                                                         \
    X(METHOD_NOT_ALLOWED, 405, false, "The method does not fit the resource",                      \
      "The path exists and takes other methods.", "Use one of those in the header Allow.")         \
    X(CONFLICT, 409, false, "Conflict",                                                            \
      "The object's state, or another writer, stands against it; nothing was changed.",            \
      "Read the object again; detail says what it would take.")                                    \
    X(ALREADY_EXISTS, 409, false, "The name is taken", "An object of that name exists.",           \
      "Choose another name, or change the one that exists with PUT or PATCH.")                     \
    X(PLAN_STALE, 409, false, "The plan is stale",                                                 \
      "The Deployment or its job moved on since the plan was made; nothing was changed.",          \
      "Look at the plan newPlanId, made for what is there now, and apply that one.")               \
    X(IN_PROGRESS, 409, true, "The first request is still under way",                              \
      "Another request with the same Idempotency-Key is not answered yet.",                        \
      "Send it again after Retry-After; it gets the first one's answer.")                          \
    X(TEST_FAILED, 409, false, "A test of the patch does not hold",                                \
      "An operation `test` of a JSON patch found another value; nothing was changed.",             \
      "Read the object again and decide anew.")                                                    \
    X(EXPIRED, 410, false, "Too long ago to go on from",                                           \
      "What has changed since then is no longer known, or the server was started anew.",           \
      "List again, and watch from the list's metadata.resourceVersion.")                           \
    X(PRECONDITION_FAILED, 412, false, "The version has moved on",                                 \
      "If-Match or If-None-Match does not hold; nothing was changed.",                             \
      "Read the object again and decide anew.")                                                    \
    X(TOO_LARGE, 413, false, "Too large",                                                          \
      "A body, text, list or answer is beyond its limit; detail has the limit.",                   \
      "Make it smaller; of a list, ask for pages with limit.")                                     \
    X(URI_TOO_LONG, 414, false, "The URL is too long", "The request line is beyond its limit.",    \
      "Shorten the query.")                                                                        \
    X(UNSUPPORTED_MEDIA, 415, false, "The media type is not supported",                            \
      "Content-Type is missing or none that this path reads.",                                     \
      "Send application/json or application/yaml, or with PATCH one of the patch types.")          \
    X(MISDIRECTED, 421, false, "The server goes by no such name",                                  \
      "It listens on this machine only, and Host names something else.",                           \
      "Use localhost or its address.")                                                             \
    X(KEY_REUSED, 422, false, "The Idempotency-Key was used for another request",                  \
      "The key came before with another path or body; nothing was changed.",                       \
      "Make a new key for each new request.")                                                      \
    X(TOO_MANY, 429, true, "Too many",                                                             \
      "There is no room for more of what was asked for; detail says of what.",                     \
      "Delete some, or wait until others have ended theirs.")                                      \
    X(RATE_LIMITED, 429, true, "Too many requests",                                                \
      "This client has sent more requests than the configured rate allows.",                       \
      "Wait for Retry-After seconds.")                                                             \
    X(HEADERS_TOO_LARGE, 431, false, "The headers are too large",                                  \
      "The headers together are beyond their limit.", "Send fewer or shorter ones.")               \
    X(INTERNAL, 500, true, "Internal error", "The server made a mistake.",                         \
      "Report it, with the request id.")                                                           \
    X(STORE_BROKEN, 500, false, "The store cannot be trusted",                                     \
      "The database is damaged, or not one of Sluice's. The daemon says so and does not start.",   \
      "Restore a backup; detail has the way.")                                                     \
    X(UNAVAILABLE, 503, true, "Not available right now",                                           \
      "What it takes does not answer, or whether a write was stored is not known.",                \
      "Look again before repeating a write; with an Idempotency-Key it can be repeated as it is.") \
    X(STORE_FULL, 507, true, "The store has no room", "The disk is full; nothing was changed.",    \
      "Free some room and send it again.")
