/* What a request says beside its path: query, headers, body. */
#include "api/api_impl.h"
#include "base/uuid.h"

#define POSITIVE "'format':'int64','minimum':0"

const struct query_info query_infos[QUERIES] = {
    [QUERY_LABEL_SELECTOR] = {"labelSelector", "string", "k=v,k2!=v2,k3,!k4,k in (a,b)",
                              "'examples':['team=a,env in (test,prod)']"},
    [QUERY_LIMIT] = {"limit", "integer", "At most so many items; 0 for all.",
                     "'minimum':0,'maximum':10000,'default':0"},
    [QUERY_EVENT_LIMIT] = {"limit", "integer", "At most so many events.",
                           "'minimum':0,'maximum':1000,'default':100", "eventLimit"},
    [QUERY_LINEAGE_LIMIT] = {"limit", "integer", "At most so many jobs, the newest.",
                             "'minimum':0,'maximum':50,'default':50", "lineageLimit"},
    [QUERY_CONTINUE] = {"continue", "string",
                        "metadata.continue of the page before, whose `sort` was the same.",
                        "'pattern':'^[A-Za-z0-9_-]+$'"},
    [QUERY_SORT] = {"sort", "string", "Up to four single values to order by; - before one falls.",
                    "'examples':['-metadata.modifiedAt,metadata.name']"},
    [QUERY_FIELD_SELECTOR] = {"fieldSelector", "string", "By any single value.",
                              "'examples':['status.state=RUNNING,spec.state!=CANCELLED']"},
    [QUERY_VIEW] = {"view", "string", "summary: what a table shows.",
                    "'enum':['full','summary'],'default':'full'"},
    [QUERY_WATCH] = {"watch", "boolean", "Stay, and stream what changes. 1 and 0 will do.",
                     "'default':false"},
    [QUERY_RESOURCE_VERSION] = {"resourceVersion", "string",
                                "With watch: go on behind it, as a list or a message gave it.",
                                "'examples':['1a2b3c4d-17']"},
    [QUERY_DRY_RUN] = {"dryRun", "string", "All: answer with the Plan, change nothing.",
                       "'enum':['All']"},
    [QUERY_APPLY_DEFAULTS] = {"applyDefaults", "boolean",
                              "Put the configured and the namespace's defaults below the body.",
                              "'default':false"},
    [QUERY_FIELD_VALIDATION] = {"fieldValidation", "string",
                                "Strict refuses unknown fields, Warn names them in Warning "
                                "headers, Ignore passes over them.",
                                "'enum':['Strict','Warn','Ignore'],'default':'Strict'"},
    [QUERY_DEPLOYMENT_ID] = {"deploymentId", "string", "Of this Deployment only.",
                             "'format':'uuid'"},
    [QUERY_JOB_ID] = {"jobId", "string", "Of this Job only.", "'format':'uuid'"},
    [QUERY_SESSION_CLUSTER_ID] = {"sessionClusterId", "string", "There are none: no items.",
                                  "'format':'uuid'"},
    [QUERY_SINCE] = {"since", "integer",
                     "Only what is newer: events of a higher sequence, jobs of a later attempt.",
                     POSITIVE},
    [QUERY_FORCE] = {"force", "boolean", "Forget the record, leave the data where it is.",
                     "'default':false"},
    [QUERY_PROCESS] = {"process", "string", "jobmanager or a TaskManager's id.",
                       "'pattern':'^[A-Za-z0-9_-][A-Za-z0-9._-]*$','maxLength':100,'default':"
                       "'jobmanager'"},
    [QUERY_ATTEMPT] = {"attempt", "integer", "Of which attempt; 0 for the newest.",
                       POSITIVE ",'default':0"},
    [QUERY_MESSAGE] = {"message", "string",
                       "Why, for the history; or the header X-Sluice-Message."},
    [QUERY_FROM_REVISION] = {"from", "integer", "The other revision; the one before by default.",
                             POSITIVE},
    [QUERY_PLAN_ID] =
        {"planId", "string",
         "Instead of a body: the Plan to apply. 409 PLAN_STALE when the Deployment or "
         "its job moved on since; newPlanId names one for what is there now.",
         "'pattern':'^p-[0-9a-f]{12}$'"},
    [QUERY_FORK_OF] =
        {"forkOf", "string",
         "A Deployment whose spec is the base; the body is merged into it. The new one "
         "is CANCELLED unless the body says otherwise."},
    [QUERY_STATE] = {"state", "string",
                     "With forkOf: latest (the default), none, or the id of a Savepoint of that "
                     "Deployment that the first start begins from."},
    [QUERY_LIMIT_BYTES] = {"limitBytes", "integer", "At most so many bytes from the end.",
                           "'minimum':0,'maximum':1048576,'default':65536"},
};

/* Of a query, where + is a space. False when it is no valid UTF-8 text. */
static bool decode(struct arena *a, struct str s, struct str *ret)
{
    char *text = arena_cstr(a, s);
    for (size_t i = 0; i < s.len; i++)
        if (text[i] == '+')
            text[i] = ' ';
    *ret = (struct str){text, 0};
    return str_percent_decode((struct str){text, s.len}, text, &ret->len) && str_is_utf8(*ret);
}

static int unknown_query(const struct call *c, struct str name, struct err *e)
{
    const char *near = NULL;
    size_t least = name.len / 2 + 1;
    for (size_t q = 0; q < QUERIES; q++) {
        size_t distance = str_distance(str_of(query_infos[q].name), name);
        if ((c->route->queries >> q & 1U) && distance < least) {
            least = distance;
            near = query_infos[q].name;
        }
    }
    struct str shown = arena_fmt(c->a, "?%.*s", STR_ARG(str_take(name, 80)));
    if (near)
        return err_at(e, ERR_BAD_REQUEST, shown,
                      "there is no query parameter \"%.*s\" here; did you mean %s?",
                      STR_ARG(str_skip(shown, 1)), near);
    return err_at(e, ERR_BAD_REQUEST, shown, "there is no query parameter \"%.*s\" here",
                  STR_ARG(str_skip(shown, 1)));
}

static int take_query(struct call *c, struct str part, struct err *e)
{
    struct str value;
    struct str name = str_split(part, '=', &value);
    struct str text;
    if (!decode(c->a, name, &name) || !decode(c->a, value, &text))
        return err_set(e, ERR_BAD_REQUEST, "the query string is not well-formed");
    for (size_t q = 0; q < QUERIES; q++) {
        if (!str_eq(name, str_of(query_infos[q].name)) || !(c->route->queries >> q & 1U))
            continue;
        if (c->query[q].ptr)
            return fail_query(e, (enum query)q, "is given twice");
        c->query[q] = text;
        return 0;
    }
    return unknown_query(c, name, e);
}

int query_parse(struct call *c, struct err *e)
{
    struct str rest = c->r->query;
    while (rest.len) {
        struct str part = str_split(rest, '&', &rest);
        if (part.len && take_query(c, part, e) < 0)
            return -1;
    }
    return 0;
}

int query_bool(const struct call *c, enum query q, bool *ret, struct err *e)
{
    struct str s = c->query[q];
    *ret = s.ptr && (s.len == 0 || str_eq(s, STR("1")) || str_eq_nocase(s, STR("true")));
    if (!s.ptr || *ret || str_eq(s, STR("0")) || str_eq_nocase(s, STR("false")))
        return 0;
    return fail_query(e, q, "must be true or false");
}

int query_number(const struct call *c, enum query q, int64_t fallback, int64_t most, int64_t *ret,
                 struct err *e)
{
    *ret = fallback;
    if (!query_given(c, q))
        return 0;
    if (str_to_i64(c->query[q], ret) && *ret >= 0 && *ret <= most)
        return 0;
    return fail_query(e, q,
                      arena_fmt(c->a, "must be a number from 0 to %lld", (long long)most).ptr);
}

int query_uuid(const struct call *c, enum query q, struct err *e)
{
    if (!query_given(c, q) || uuid_is_valid(c->query[q]))
        return 0;
    return fail_query(e, q, "must be a UUID");
}

int query_dry_run(const struct call *c, bool *ret, struct err *e)
{
    *ret = query_given(c, QUERY_DRY_RUN);
    if (!*ret || str_eq_nocase(c->query[QUERY_DRY_RUN], STR("All")))
        return 0;
    return fail_query(e, QUERY_DRY_RUN, "must be All");
}

int query_unknown(const struct call *c, enum fields_unknown *ret, struct err *e)
{
    struct str s = c->query[QUERY_FIELD_VALIDATION];
    bool strict = !s.ptr || str_eq_nocase(s, STR("Strict"));
    *ret = strict ? UNKNOWN_REFUSE : UNKNOWN_IGNORE;
    if (strict || str_eq_nocase(s, STR("Warn")) || str_eq_nocase(s, STR("Ignore")))
        return 0;
    return fail_query(e, QUERY_FIELD_VALIDATION, "must be Strict, Warn or Ignore");
}

/* In a header, a quoted string of visible ASCII. */
static struct str header_text(struct arena *a, struct str s)
{
    char *to = arena_cstr(a, s);
    for (size_t i = 0; i < s.len; i++)
        if (to[i] < 0x20 || to[i] > 0x7e || to[i] == '"' || to[i] == '\\')
            to[i] = '?';
    return (struct str){to, s.len};
}

void warn_unknown(struct call *c, const struct fields *f, struct json body)
{
    enum { MOST = 8 };
    if (!str_eq_nocase(c->query[QUERY_FIELD_VALIDATION], STR("Warn")))
        return;
    struct str_list list = fields_unknown_members(c->a, f, body);
    for (size_t i = 0; i < list.n && i < MOST; i++) {
        struct str text = header_text(c->a, str_take(list.items[i], 300));
        reply_header(c, STR("Warning"), arena_fmt(c->a, "299 - \"%.*s\"", STR_ARG(text)));
    }
}

struct str request_header(const struct http_request *r, struct str name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq(r->headers[i].name, name))
            return r->headers[i].value;
    return (struct str){0};
}

static const char *const json_types[] = {"application/json", "application/merge-patch+json", NULL};
static const char *const yaml_types[] = {
    "application/yaml", "application/x-yaml",           "text/yaml",
    "text/x-yaml",      "application/merge-patch+yaml", NULL};

static const char *const patch_types[] = {"application/json-patch+json", NULL};

static bool is_one_of(struct str type, const char *const *types)
{
    for (; *types; types++)
        if (str_eq_nocase(type, str_of(*types)))
            return true;
    return false;
}

bool accepts_first(const struct http_request *r, const char *const *types)
{
    static const char *const known[] = {"application/json", "*/*", "application/x-ndjson",
                                        "text/event-stream", NULL};
    struct str rest = request_header(r, STR("accept"));
    while (rest.len) {
        struct str parameters;
        struct str type = str_trim(str_split(str_split(rest, ',', &rest), ';', &parameters));
        if (is_one_of(type, types))
            return true;
        if (is_one_of(type, known))
            return false;
    }
    return false;
}

bool accepts_yaml(const struct http_request *r)
{
    return accepts_first(r, yaml_types);
}

enum media { MEDIA_JSON, MEDIA_YAML, MEDIA_JSON_PATCH };

/* A request without Content-Type is refused too: browsers send such to foreign servers without
 * asking them first. */
static int check_media(const struct call *c, enum media *ret, struct err *e)
{
    struct str rest;
    struct str given = request_header(c->r, STR("content-type"));
    struct str type = str_trim(str_split(given, ';', &rest));
    struct str encoding = request_header(c->r, STR("content-encoding"));
    if (encoding.len && !str_eq_nocase(encoding, STR("identity")))
        return err_set(e, ERR_UNSUPPORTED_MEDIA, "a body with Content-Encoding is not read");
    bool patches = c->route->is_patch && is_one_of(type, patch_types);
    *ret = patches ? MEDIA_JSON_PATCH : is_one_of(type, yaml_types) ? MEDIA_YAML : MEDIA_JSON;
    if (*ret == MEDIA_JSON && !is_one_of(type, json_types))
        return err_set(e, ERR_UNSUPPORTED_MEDIA,
                       "Content-Type \"%.*s\" is not read here; send application/json%s or "
                       "application/yaml",
                       STR_ARG(str_take(given, 100)),
                       c->route->is_patch ? ", application/json-patch+json" : "");
    while (rest.len) {
        struct str value;
        struct str name = str_trim(str_split(str_split(rest, ';', &rest), '=', &value));
        value = str_trim(value);
        if (str_eq_nocase(name, STR("charset")) && !str_eq_nocase(value, STR("utf-8")) &&
            !str_eq_nocase(value, STR("\"utf-8\"")))
            return err_set(e, ERR_UNSUPPORTED_MEDIA, "only UTF-8 is read");
    }
    return 0;
}

int body_parse(struct call *c, struct json *ret, struct err *e)
{
    enum media media = MEDIA_JSON;
    if (c->r->body.len == 0)
        return err_set(e, ERR_MALFORMED, "the request has no body; an object is expected");
    if (check_media(c, &media, e) < 0)
        return -1;
    int r = media == MEDIA_YAML ? yaml_parse(c->a, c->r->body, ret, e)
                                : json_parse(c->a, c->r->body, ret, e);
    if (r < 0)
        return -1;
    c->is_json_patch = media == MEDIA_JSON_PATCH;
    if (c->is_json_patch)
        return json_kind(*ret) == JSON_ARRAY
                   ? 0
                   : err_set(e, ERR_INVALID, "the body must be a list of operations (RFC 6902)");
    if (json_kind(*ret) != JSON_OBJECT)
        return err_set(e, ERR_INVALID, "the body must be an object");
    return 0;
}

int body_patched(struct call *c, struct json body, struct str now, struct json *ret, struct err *e)
{
    struct json object;
    if (json_parse(c->a, now, &object, e) < 0 || json_patch(c->a, object, body, ret, e) < 0)
        return -1;
    return json_kind(*ret) == JSON_OBJECT
               ? 0
               : err_set(e, ERR_INVALID, "the patch makes something else than an object of it");
}

/* "41", a list of such, or *. */
int check_if_match(const struct call *c, int64_t version, struct err *e)
{
    struct str rest = request_header(c->r, STR("if-match"));
    struct str is = arena_fmt(c->a, "\"%lld\"", (long long)version);
    if (rest.len == 0)
        return 0;
    while (rest.len) {
        struct str tag = str_trim(str_split(rest, ',', &rest));
        if (str_eq(tag, STR("*")) || str_eq(tag, is))
            return 0;
    }
    return err_set(e, ERR_PRECONDITION_FAILED,
                   "If-Match does not hold: the resourceVersion is %lld", (long long)version);
}

int check_body_version(struct json body, int64_t version, struct err *e)
{
    struct json v = json_path(body, "metadata.resourceVersion");
    struct str pointer = STR("/metadata/resourceVersion");
    struct str text;
    int64_t given = 0;
    if (json_is_none(v) || json_kind(v) == JSON_NULL)
        return 0;
    if (!json_i64(v, &given) && !(json_str(v, &text) && str_to_i64(text, &given)))
        return err_at(e, ERR_INVALID, pointer, "resourceVersion must be a number");
    if (given == version)
        return 0;
    return err_at(e, ERR_CONFLICT, pointer,
                  "the object has moved on: its resourceVersion is %lld, not %lld",
                  (long long)version, (long long)given);
}
