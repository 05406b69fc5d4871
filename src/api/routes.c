/* The one table of routes: dispatch, 405, OpenAPI and the labels of /metrics come from it. */
#include "api/api_impl.h"
#include "api/hint.h"
#include "api/lineage.h"
#include "api/operations.h"
#include "api/plan.h"
#include "api/savepoint.h"

#define NS      "/api/v1/namespaces/{namespace}"
#define BIT(q)  (1U << QUERY_##q)
#define WRITES  (BIT(DRY_RUN) | BIT(FIELD_VALIDATION))
#define REVISES (WRITES | BIT(MESSAGE) | BIT(PLAN_ID))
#define GET     .method = "GET", .status = 200
#define POST    .method = "POST"
#define PUT     .method = "PUT", .status = 200
#define PATCH   .method = "PATCH", .status = 200, .is_patch = true
#define DELETE_ .method = "DELETE", .status = 200

/* clang-format off */
const struct route routes[] = {
{ GET, .path = NS "/deployments", .fn = get_deployments, .id = "listDeployments",
  .list_of = "DeploymentList", .doc = "All Deployments, by name.",
  .queries = BIT(LABEL_SELECTOR) | BIT(LIMIT) | BIT(CONTINUE) | BIT(WATCH) },
{ POST, .path = NS "/deployments", .fn = post_deployment, .id = "createDeployment",
  .takes = &deployment_fields, .gives = &deployment_fields, .status = 201, .status_too = 200,
  .queries = REVISES | BIT(FORK_OF) | BIT(STATE),
  .doc = "Creates a Deployment; what it leaves out comes from the defaults, or from the one that it "
         "is a fork of." },
{ GET, .path = NS "/deployments/{name}", .fn = get_deployment, .id = "getDeployment",
  .gives = &deployment_fields, .queries = BIT(WATCH), .doc = "One Deployment, by name or id." },
{ PUT, .path = NS "/deployments/{name}", .fn = put_deployment, .id = "putDeployment",
  .takes = &deployment_fields, .gives = &deployment_fields, .status_too = 201,
  .queries = REVISES | BIT(APPLY_DEFAULTS), .doc = "Creates it, or replaces all of it." },
{ PATCH, .path = NS "/deployments/{name}", .fn = patch_deployment, .id = "patchDeployment",
  .takes = &deployment_fields, .gives = &deployment_fields, .queries = REVISES,
  .doc = "JSON merge patch (RFC 7396): what is given is merged, null removes." },
{ DELETE_, .path = NS "/deployments/{name}", .fn = delete_deployment, .id = "deleteDeployment",
  .gives = &deployment_fields, .queries = BIT(DRY_RUN),
  .doc = "Only while its desired state is CANCELLED or SUSPENDED. Data of snapshots stays." },
{ GET, .path = NS "/deployments/{name}/restore-decision", .fn = get_restore_decision,
  .id = "getRestoreDecision", .gives = &restore_decision_fields,
  .doc = "What the next job would be restored from, by what may come next." },
{ POST, .path = NS "/deployments/{name}/plans", .fn = post_plan, .id = "plan",
  .takes = &deployment_fields, .gives = &plan_fields, .status = 201,
  .queries = BIT(FIELD_VALIDATION) | BIT(APPLY_DEFAULTS), .is_patch = true,
  .doc = "What a change would do. The body is a merge patch; of a Deployment that does not exist, "
         "all of it. The Plan can be applied by its id for 15 minutes." },
{ GET, .path = NS "/plans/{name}", .fn = get_plan, .id = "getPlan", .gives = &plan_fields,
  .doc = "A Plan that was made, by its id, for 15 minutes." },
{ POST, .path = NS "/deployments/{name}/operations", .fn = post_operation, .id = "operate",
  .takes = &operation_request_fields, .gives = &operation_request_fields, .status = 202,
  .queries = BIT(DRY_RUN) | BIT(MESSAGE),
  .doc = "RETRY: counts anew and goes on. RESTART: takes a new job though nothing was edited. "
         "ROLLBACK: takes the spec of a revision." },
{ GET, .path = NS "/deployments/{name}/revisions", .fn = get_revisions, .id = "listRevisions",
  .list_of = "RevisionList", .doc = "Accepted changes of its spec, by rising number." },
{ GET, .path = NS "/deployments/{name}/revisions/{number}", .fn = get_revision,
  .id = "getRevision", .gives = &revision_fields, .doc = "One of them, with the whole spec." },
{ GET, .path = NS "/deployments/{name}/revisions/{number}/changes", .fn = get_revision_changes,
  .id = "getRevisionChanges", .gives = &revision_changes_fields, .queries = BIT(FROM_REVISION),
  .doc = "What is different in it from another one." },
{ GET, .path = NS "/deployments/{name}/lineage", .fn = get_lineage, .id = "getLineage",
  .gives = &lineage_fields, .queries = BIT(SINCE) | BIT(LIMIT),
  .doc = "Jobs, snapshots, and what came of what." },
{ GET, .path = NS "/deployments/{name}/logs", .fn = get_logs, .id = "getLogs",
  .gives_type = "text/plain", .queries = BIT(PROCESS) | BIT(ATTEMPT) | BIT(LIMIT_BYTES),
  .doc = "The end of a Flink process's log." },

{ GET, .path = NS "/jobs", .fn = get_jobs, .id = "listJobs", .list_of = "JobList",
  .queries = BIT(DEPLOYMENT_ID), .doc = "Jobs, by Deployment and attempt." },
{ GET, .path = NS "/jobs/{name}", .fn = get_job, .id = "getJob", .gives = &job_fields,
  .doc = "One Job, by id." },
{ GET, .path = NS "/savepoints", .fn = get_savepoints, .id = "listSavepoints",
  .list_of = "SavepointList", .queries = BIT(DEPLOYMENT_ID) | BIT(JOB_ID),
  .doc = "Savepoints, by Deployment and age." },
{ POST, .path = NS "/savepoints", .fn = post_savepoint, .id = "createSavepoint",
  .takes = &savepoint_fields, .gives = &savepoint_fields, .status = 201, .status_too = 200,
  .queries = WRITES,
  .doc = "Takes a savepoint of the running job; or, with spec.savepointLocation, registers one "
         "that exists." },
{ GET, .path = NS "/savepoints/{name}", .fn = get_savepoint, .id = "getSavepoint",
  .gives = &savepoint_fields, .doc = "One Savepoint, by id." },
{ PATCH, .path = NS "/savepoints/{name}", .fn = patch_savepoint, .id = "patchSavepoint",
  .takes = &savepoint_fields, .gives = &savepoint_fields, .queries = WRITES,
  .doc = "JSON merge patch of metadata.annotations and spec.pinned." },
{ DELETE_, .path = NS "/savepoints/{name}", .fn = delete_savepoint, .id = "deleteSavepoint",
  .gives = &savepoint_fields, .queries = BIT(FORCE) | BIT(DRY_RUN),
  .doc = "Deletes its data, when nobody needs it." },
{ POST, .path = NS "/savepoints/{name}/verification", .fn = post_verification,
  .id = "verifySavepoint", .gives = &verification_fields, .status = 200, .queries = BIT(DRY_RUN),
  .doc = "Reads its data again, and records how far it is whole." },
{ POST, .path = NS "/savepoints/{name}/compatibility", .fn = post_compatibility,
  .id = "compareSavepoint", .takes = &compat_request_fields, .gives = &compat_answer_fields,
  .status = 200,
  .doc = "Whether a job of this plan can be restored from it. Nothing is stored. The body is what "
         "Flink's REST gives for /jars/{id}/plan, /jobs/{id}/plan or /jobs/{id}." },
{ GET, .path = NS "/events", .fn = get_events, .id = "listEvents", .list_of = "EventList",
  .queries = BIT(DEPLOYMENT_ID) | BIT(JOB_ID) | BIT(SESSION_CLUSTER_ID) | BIT(SINCE) | BIT(LIMIT),
  .doc = "Events, oldest first: the newest of all, or with `since` the next ones." },

{ GET, .path = NS "/deployment-targets", .fn = get_targets, .id = "listDeploymentTargets",
  .list_of = "DeploymentTargetList", .doc = "All targets; `local` is built in." },
{ POST, .path = NS "/deployment-targets", .fn = post_target, .id = "createDeploymentTarget",
  .takes = &target_fields, .gives = &target_fields, .status = 201, .status_too = 200,
  .queries = WRITES, .doc = "Creates a target." },
{ GET, .path = NS "/deployment-targets/{name}", .fn = get_target, .id = "getDeploymentTarget",
  .gives = &target_fields, .doc = "One target, by name or id." },
{ PUT, .path = NS "/deployment-targets/{name}", .fn = put_target, .id = "putDeploymentTarget",
  .takes = &target_fields, .gives = &target_fields, .status_too = 201, .queries = WRITES,
  .doc = "Creates a target, or changes its labels and annotations." },
{ DELETE_, .path = NS "/deployment-targets/{name}", .fn = delete_target,
  .id = "deleteDeploymentTarget", .gives = &target_fields, .queries = BIT(DRY_RUN),
  .doc = "Only while no Deployment names it." },
{ GET, .path = NS "/deployment-defaults", .fn = get_defaults, .id = "getDeploymentDefaults",
  .gives = &defaults_fields, .doc = "What new Deployments get where their author wrote nothing." },
{ PUT, .path = NS "/deployment-defaults", .fn = put_defaults, .id = "putDeploymentDefaults",
  .takes = &defaults_fields, .gives = &defaults_fields, .queries = WRITES,
  .doc = "Replaces them. Deployments that exist do not change." },
{ PATCH, .path = NS "/deployment-defaults", .fn = patch_defaults, .id = "patchDeploymentDefaults",
  .takes = &defaults_fields, .gives = &defaults_fields, .queries = WRITES,
  .doc = "JSON merge patch." },
{ GET, .path = "/api/v1/global-deployment-defaults", .fn = get_global_defaults,
  .id = "getGlobalDeploymentDefaults", .gives = &defaults_fields,
  .doc = "The configured defaults; those of a namespace come before them." },

{ GET, .path = "/namespaces/v1/namespaces", .fn = get_namespaces, .id = "listNamespaces",
  .list_of = "NamespaceAnswers", .doc = "All namespaces." },
{ GET, .path = "/namespaces/v1/namespaces/{namespace}", .fn = get_namespace, .id = "getNamespace",
  .list_of = "NamespaceAnswer", .doc = "One namespace." },

{ GET, .path = "/api/v1/status", .fn = get_status, .id = "getStatus", .list_of = "Status",
  .doc = "Whether the server answers." },
{ GET, .path = "/api/v1/status/system-info", .fn = get_system_info, .id = "getSystemInformation",
  .list_of = "SystemInformation", .doc = "What the server is." },
{ GET, .path = "/healthz", .fn = get_healthz, .id = "getHealthz", .gives_type = "text/plain",
  .doc = "200 while the process answers." },
{ GET, .path = "/readyz", .fn = get_readyz, .id = "getReadyz", .gives_type = "text/plain",
  .doc = "200 while it can do its work; 503 when its store cannot be trusted." },
{ GET, .path = "/version", .fn = get_version, .id = "getVersion", .list_of = "Version",
  .doc = "The server's version and the Flink versions it knows." },
{ GET, .path = "/metrics", .fn = get_metrics, .id = "getMetrics", .gives_type = "text/plain",
  .doc = "For Prometheus." },
{ GET, .path = "/openapi.json", .fn = get_openapi, .id = "getOpenapi",
  .gives_type = "application/json", .doc = "This description." },
};
/* clang-format on */

const size_t n_routes = sizeof(routes) / sizeof(routes[0]);
_Static_assert(sizeof(routes) / sizeof(routes[0]) <= MOST_ROUTES, "the counters are by route");
