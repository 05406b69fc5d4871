#include "malformed.h"

#define NS                          "/api/v1/namespaces/default"
#define DEPLOYMENT                  NS "/deployments/one"
#define UUID                        "11111111-2222-4333-8444-555555555555"
#define AT(method_, path_, status_) {.method = (method_), .path = (path_), .status = (status_)}
#define GET(path_, status_)         AT("GET", path_, status_)
#define MEDIA(type_)                                  \
    {.method = "PATCH",                               \
     .path = DEPLOYMENT,                              \
     .body = "{'spec':{'maxJobCreationAttempts':9}}", \
     .type = (type_),                                 \
     .status = 415,                                   \
     .pointer = ""}
#define QUERY(query_)               \
    {.method = "PATCH",             \
     .path = DEPLOYMENT "?" query_, \
     .status = 400,                 \
     .body = "{'spec':{'maxJobCreationAttempts':9}}"}

static const struct malformed items[] = {
    /* methods */
    AT("POST", DEPLOYMENT, 405),
    AT("DELETE", NS "/deployments", 405),
    AT("PUT", NS "/deployments", 405),
    AT("PATCH", NS "/savepoints/" UUID, 404),
    AT("PUT", NS "/savepoints/" UUID, 405),
    AT("POST", NS "/jobs", 405),
    AT("DELETE", NS "/jobs/" UUID, 405),
    AT("DELETE", NS "/events", 405),
    AT("POST", NS "/events", 405),
    AT("DELETE", NS "/deployment-defaults", 405),
    AT("PATCH", NS "/deployment-targets/local", 405),
    AT("PUT", "/api/v1/global-deployment-defaults", 405),
    AT("DELETE", "/namespaces/v1/namespaces/default", 405),
    AT("POST", "/healthz", 405),
    AT("PUT", "/metrics", 405),
    AT("TRACE", DEPLOYMENT, 405),
    AT("CONNECT", DEPLOYMENT, 405),
    AT("get", DEPLOYMENT, 405),
    AT("BREW", DEPLOYMENT, 405),
    AT("GET", DEPLOYMENT "/plans", 405),
    AT("GET", DEPLOYMENT "/operations", 405),
    AT("POST", DEPLOYMENT "/restore-decision", 405),
    AT("DELETE", DEPLOYMENT "/logs", 405),

    /* paths */
    GET("", 404),
    GET("/", 404),
    GET("//", 404),
    GET("/api", 404),
    GET("/api/v1", 404),
    GET("/api/v2/namespaces/default/deployments", 404),
    GET("/api/v1/namespaces", 404),
    GET("/api/v1/namespaces/", 404),
    GET("/api/v1/namespaces//deployments", 404),
    GET("/api/v1//namespaces/default/deployments", 404),
    GET(NS "/deployments/", 404),
    GET(NS "/deployments//", 404),
    GET(NS "/deployments/one/", 404),
    GET(NS "/deployments/one/x", 404),
    GET(NS "/deployments/one/logs/x", 404),
    GET(NS "/deployments/ONE", 404),
    GET(NS "/deployments/one ", 404),
    GET(NS "/deployments/../deployments/one", 404),
    GET(NS "/deployments/..", 404),
    GET(NS "/deployments/{name}", 404),
    GET(NS "/deployments/%", 404),
    GET(NS "/deployments/one;v=1", 404),
    GET(NS "/deployments/" UUID, 404),
    GET("/api/v1/namespaces/other/deployments", 404),
    GET("/api/v1/namespaces/DEFAULT/deployments", 404),
    GET("/api/v1/namespaces/default\xc3\xa9/deployments", 404),
    GET("/API/v1/namespaces/default/deployments", 404),
    GET(NS "/jobs/one", 404),
    GET(NS "/savepoints/../../x", 404),
    GET(NS "/savepoints/one", 404),
    GET(NS "/sessionclusters", 404),
    GET(NS "/secret-values", 404),
    GET("/namespaces/v1/namespaces/other", 404),
    GET("/openapi.yaml", 404),
    GET("/etc/passwd", 404),
    AT("DELETE", NS "/deployments/two", 404),
    AT("DELETE", NS "/savepoints/" UUID, 404),
    AT("DELETE", NS "/deployment-targets/moon", 404),
    AT("DELETE", NS "/deployment-targets/local", 409),
    {.method = "PUT", .path = NS "/deployments/" UUID, .body = "{}", .status = 404},
    {.method = "PATCH", .path = NS "/deployments/two", .body = "{}", .status = 404},
    {.method = "PUT",
     .path = "/api/v1/namespaces/other/deployments/one",
     .body = "{}",
     .status = 404},

    /* no body, foreign media */
    {.method = "PATCH", .path = DEPLOYMENT, .status = 400, .pointer = ""},
    {.method = "PUT", .path = DEPLOYMENT, .status = 400, .pointer = ""},
    {.method = "POST", .path = NS "/deployments", .status = 400, .pointer = ""},
    {.method = "POST", .path = NS "/savepoints", .status = 400, .pointer = ""},
    {.method = "POST", .path = DEPLOYMENT "/operations", .status = 400, .pointer = ""},
    {.method = "POST", .path = DEPLOYMENT "/plans", .status = 400, .pointer = ""},
    MEDIA("text/plain"),
    MEDIA("application/x-www-form-urlencoded"),
    MEDIA("multipart/form-data; boundary=x"),
    MEDIA("application/json-patch+json"),
    MEDIA("application/strategic-merge-patch+json"),
    MEDIA("application/json; charset=utf-16"),
    MEDIA("application/json; charset=iso-8859-1"),
    MEDIA("application/jsonx"),
    MEDIA("application/xml"),
    MEDIA("json"),
    MEDIA("*/*"),
    MEDIA(";"),
    MEDIA("application/js\x8an"),

    /* queries */
    QUERY("dryRun"),
    QUERY("dryRun="),
    QUERY("dryRun=None"),
    QUERY("dryrun=All"),
    QUERY("dry-run=All"),
    QUERY("dryRun=All&dryRun=All"),
    QUERY("fieldValidation=lax"),
    QUERY("fieldValidation"),
    QUERY("nonsense=1"),
    QUERY("=1"),
    QUERY("dryRun=%zz"),
    QUERY("dryRun=%"),
    QUERY("dryRun=%f"),
    QUERY("dryRun=%ff"),
    QUERY("dryRun=A%00ll"),
    QUERY("dry%52un=Nil"),
    /* quoted up to within a character */
    QUERY(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%C3%A4=1"),
    GET(NS "/deployments?limit=-1", 400),
    GET(NS "/deployments?limit=x", 400),
    GET(NS "/deployments?limit=1e3", 400),
    GET(NS "/deployments?limit=99999999999999999999", 400),
    GET(NS "/deployments?continue=x", 400),
    GET(NS "/deployments?watch=2", 400),
    GET(NS "/deployments?labelSelector=%3D", 400),
    GET(NS "/deployments?labelSelector=a%20in%20b", 400),
    GET(NS "/deployments?labelSelector=a,,b", 400),
    GET(NS "/deployments?labelSelector=a%20in%20(", 400),
    GET(NS "/deployments?state=RUNNING", 400),
    GET(NS "/jobs?deploymentId=one", 400),
    GET(NS "/jobs?jobId=" UUID, 400),
    GET(NS "/savepoints?jobId=x", 400),
    GET(NS "/savepoints?deploymentId=", 400),
    GET(NS "/events?since=now", 400),
    GET(NS "/events?since=-1", 400),
    GET(NS "/events?limit=1001", 400),
    GET(NS "/events?jobId=../..", 400),
    GET(DEPLOYMENT "/logs?attempt=first", 400),
    GET(DEPLOYMENT "/logs?limitBytes=1048577", 400),
    GET(DEPLOYMENT "/logs?process=..", 400),
    GET(DEPLOYMENT "/logs?process=%2Fetc%2Fpasswd", 400),
    GET(DEPLOYMENT "/logs?process=a%0Ab", 400),
    GET("/metrics?x=1", 400),
    AT("DELETE", DEPLOYMENT "?force=true", 400),
    AT("DELETE", DEPLOYMENT "?dryRun=yes", 400),
};

const struct malformed_list malformed_requests = {items, sizeof(items) / sizeof(items[0])};
