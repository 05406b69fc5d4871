/* Job: one start of a Deployment, the attempt. Never written by users. */
#pragma once

#include "model/deployment.h"

enum job_state {
    JOB_UNSET,
    JOB_STARTING,
    JOB_STARTED,
    JOB_TERMINATING,
    JOB_TERMINATED,
    JOB_FINISHED,
    JOB_FAILED,
    JOB_STANDBY, /* its cluster stands ready, and it was not submitted */
};

struct job_metadata {
    struct str id; /* UUID; without dashes it is the Flink job id */
    struct str namespace_name;
    struct str deployment_id;
    struct str deployment_name;
    int64_t created_at;
    int64_t modified_at;
    int64_t terminated_at;
    struct str_map annotations; /* ANNOTATION_SPEC_VERSION */
    int64_t resource_version;
    int64_t attempt; /* ours */
};

struct job_spec {
    struct job_template template_; /* effective flinkConfiguration */
    struct str_map user_flink_configuration;
    struct str_map template_annotations; /* template.metadata.annotations */
    struct str deployment_target_id;     /* of the two the one that the Deployment named */
    struct str deployment_target_name;
    struct str savepoint_location; /* restored from, empty = started empty */
    struct str savepoint_id;       /* ours */
    bool allow_non_restored_state;
};

struct job_failure {
    struct str message;
    struct str reason;
    int64_t failed_at;
};

struct job_status {
    int state; /* enum job_state */
    struct job_failure failure;
    int64_t started_at;
    struct str flink_job_id;
    int64_t last_update_time;
    int64_t observed_flink_job_restarts; /* 0: none was seen */
    struct str observed_flink_job_status;
    struct str rest_url;          /* ours: where this job's Flink REST answers */
    struct str restored_location; /* ours: what Flink says it restored */
    struct str log_directory;     /* ours: local target */
};

struct job {
    struct job_metadata metadata;
    struct job_spec spec;
    struct job_status status;
};

extern const struct fields job_fields;
extern const struct fields job_template_fields;
extern const char *const job_state_names[];
