/* Deployment: what the user wants to run, in which state, how to upgrade it and what to restore
 * from. reference: VVP 2.x "Deployment"; additions of ours are marked. */
#pragma once

#include "model/meta.h"

enum desired_state { DESIRED_UNSET, DESIRED_RUNNING, DESIRED_SUSPENDED, DESIRED_CANCELLED };
enum upgrade_kind { UPGRADE_UNSET, UPGRADE_STATEFUL, UPGRADE_STATELESS, UPGRADE_NONE };
enum restore_kind { RESTORE_UNSET, RESTORE_LATEST_STATE, RESTORE_LATEST_SAVEPOINT, RESTORE_NONE };
enum savepoint_format { FORMAT_UNSET, FORMAT_CANONICAL, FORMAT_NATIVE };
enum artifact_kind { ARTIFACT_UNSET, ARTIFACT_JAR, ARTIFACT_PYTHON, ARTIFACT_SQLSCRIPT };
enum observed_state {
    OBSERVED_UNSET,
    OBSERVED_RUNNING,
    OBSERVED_SUSPENDED,
    OBSERVED_CANCELLED,
    OBSERVED_TRANSITIONING,
    OBSERVED_FAILED,
    OBSERVED_FINISHED,
};
enum health { HEALTH_UNSET, HEALTH_OK, HEALTH_DEGRADED, HEALTH_FAILING, HEALTH_UNKNOWN };

struct artifact {
    int kind; /* enum artifact_kind */
    struct str jar_uri;
    struct str_list additional_dependencies;
    struct str entry_class;
    struct str main_args; /* one string, split as a shell splits words, nothing expanded */
    struct str flink_version;
    struct str flink_image_registry;
    struct str flink_image_repository;
    struct str flink_image_tag;
    /* Of kinds that are refused by name for now; understood so that the refusal can say so. */
    struct str sql_script;
    struct str python_artifact_uri;
    struct str entry_module;
    struct str_list additional_python_libraries;
    struct str_list additional_python_archives;
};

struct resource_spec {
    int64_t cpu_milli;
    struct memory_val memory;
};

struct resources {
    struct resource_spec jobmanager;
    struct resource_spec taskmanager;
};

struct logging {
    struct str logging_profile;
    struct str log4j2_configuration_template;
    struct str_map log4j_loggers;
};

/* Everything below spec.template.spec: a change of any of it is an upgrade. */
struct job_template {
    struct artifact artifact;
    int64_t parallelism;
    int64_t number_of_task_managers; /* 0 = what the parallelism needs */
    struct resources resources;
    struct str_map flink_configuration;
    struct logging logging;
    struct json kubernetes;
};

struct deployment_template {
    struct str_map annotations; /* template.metadata.annotations */
    struct job_template spec;
};

struct restore_from { /* ours: used once per nonce */
    struct str savepoint_id;
    struct str location;
    struct str nonce;
};

struct snapshot_retention { /* ours */
    int64_t max_count;
    struct duration_val max_age;
};

struct deployment_spec {
    int state; /* enum desired_state */
    struct str deployment_target_id;
    struct str deployment_target_name;
    struct str session_cluster_name;
    int upgrade_strategy; /* enum upgrade_kind; spec.upgradeStrategy.kind */
    int restore_strategy; /* enum restore_kind; spec.restoreStrategy.kind */
    bool allow_non_restored_state;
    bool require_state;                /* ours: refuse to start empty */
    struct duration_val max_state_age; /* ours: refuse state older than this; us 0 = any */
    struct restore_from restore_from;
    int64_t max_savepoint_creation_attempts;
    int64_t max_job_creation_attempts;
    struct duration_val job_failure_expiration_time;
    int savepoint_format; /* ours; enum savepoint_format */
    bool stop_with_drain; /* ours; VVP's annotation is understood too */
    bool warm_standby;    /* ours */
    struct snapshot_retention snapshot_retention;
    struct deployment_template template_;
};

struct condition {
    struct str type;
    struct str status; /* True, False, Unknown */
    struct str reason;
    struct str message;
    int64_t last_transition_time;
    int64_t last_update_time;
    int64_t observed_generation;
};

/* Derived and stored for readers; nobody decides by it. */
struct deployment_status {
    int state; /* enum observed_state */
    struct str running_job_id;
    int64_t running_transition_time;
    struct list running_conditions; /* struct condition */
    int health;                     /* ours; enum health */
    struct str health_message;
    struct str reason;     /* ours: code of what it waits for or failed by */
    struct str message;    /* ours: one sentence: what for, and what happens next */
    int64_t rule;          /* ours: rule number of the last decision */
    int64_t waiting_since; /* ours: wall microseconds, 0 = not waiting */
    int64_t next_try_at;   /* ours */
    bool pending_change;   /* ours */
    int64_t observed_generation;
    int64_t spec_version;    /* that runs, or ran last */
    struct str_list choices; /* ours: ways out of FAILED or BLOCKED */
    struct list conditions;  /* ours; struct condition; made when it is shown: see conditions.h */
};

struct deployment {
    struct metadata metadata;
    struct deployment_spec spec;
    struct deployment_status status;
};

extern const struct fields deployment_fields;      /* struct deployment, kind and apiVersion too */
extern const struct fields deployment_spec_fields; /* struct deployment_spec */
extern const struct fields deployment_status_fields; /* struct deployment_status */
extern const struct fields artifact_fields;          /* struct artifact */
extern const struct fields resources_fields;         /* struct resources */
extern const struct fields logging_fields;           /* struct logging */
extern const char *const desired_state_names[];
extern const char *const observed_state_names[];
extern const char *const upgrade_kind_names[];
extern const char *const restore_kind_names[];
extern const char *const savepoint_format_names[];
extern const char *const artifact_kind_names[];
extern const char *const health_names[];

/* Checks that span fields, after decoding a complete document: name rules, one target, artifact kind
 * supported, keys of flinkConfiguration that Sluice owns (FORBIDDEN_KEY), memory that cannot work,
 * flinkVersion known (`versions`: those configured; empty list = not checked). */
int deployment_validate(const struct deployment *d, const struct str_list *versions,
                        struct err *e) ERR_CHECK;
/* TaskManagers to start: the explicit number or ceil(parallelism / slots), at least 1. */
int64_t deployment_task_managers(const struct job_template *t);
/* Slots per TaskManager: taskmanager.numberOfTaskSlots of the configuration, else 1. */
int64_t deployment_slots(const struct job_template *t);
