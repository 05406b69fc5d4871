/* Limits on everything that a user or a peer controls. One place, so that they can be read at once.
 * Sizes in bytes, times in microseconds. */
#pragma once

#define LIMIT_REQUEST_BODY     (1U << 20)
#define LIMIT_REQUEST_HEADERS  (16U << 10)
#define LIMIT_URL              2048U
#define LIMIT_JSON_DEPTH       32U
#define LIMIT_YAML_NODES       20000U
#define LIMIT_YAML_ALIASES     64U
#define LIMIT_STRING           (64U << 10)
#define LIMIT_MAP_ENTRIES      1024U
#define LIMIT_MAP_KEY          512U
#define LIMIT_LIST_ENTRIES     256U
#define LIMIT_LABELS           64U
#define LIMIT_NAME             63U
#define LIMIT_DEPLOYMENTS      20000U
#define LIMIT_JOBS_KEPT        50U
#define LIMIT_REVISIONS_KEPT   50U
#define LIMIT_PLANS_KEPT       1000U
#define LIMIT_PLANS_BYTES      (32U << 20)
#define LIMIT_EVENTS_KEPT      1000U
#define LIMIT_WATCHERS         1024U
#define LIMIT_CONNECTIONS      2048U
#define LIMIT_FLINK_ANSWER     (8U << 20)
#define LIMIT_METADATA_FILE    (256U << 20)
#define LIMIT_JAR              (2U << 30)
#define LIMIT_SNAPSHOTS_LISTED 4096U
