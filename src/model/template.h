/* The rows of a job template. They stand in spec.template.spec of a Deployment and, together with
 * others, in spec of a Job. */
#pragma once

#include "model/deployment.h"

/* `struct_` holds a struct job_template at `at_` (JOB_TEMPLATE_ROWS(job_spec, template_.)). */
#define JOB_TEMPLATE_ROWS(struct_, at_)                                                           \
    FIELD_AT(FIELD_OBJECT, struct_, at_ artifact, "artifact", .object = &artifact_fields,         \
             .doc = "The program."),                                                              \
        FIELD_AT(FIELD_INT, struct_, at_ parallelism, "parallelism", .min = 1, .max = 32768,      \
                 .fallback = "1"),                                                                \
        FIELD_AT(FIELD_INT, struct_, at_ number_of_task_managers, "numberOfTaskManagers",         \
                 .min = 1, .max = 10000, .doc = "Without it, as many as the parallelism needs."), \
        FIELD_AT(FIELD_OBJECT, struct_, at_ resources, "resources", .object = &resources_fields), \
        FIELD_AT(FIELD_MAP, struct_, at_ flink_configuration, "flinkConfiguration",               \
                 .flags = FIELD_KEEP_EMPTY,                                                       \
                 .doc = "Options of Flink. Those that Sluice sets itself are refused."),          \
        FIELD_AT(FIELD_OBJECT, struct_, at_ logging, "logging", .object = &logging_fields),       \
        FIELD_AT(FIELD_RAW, struct_, at_ kubernetes, "kubernetes", .names = json_object_names,    \
                 .doc = "Pod settings for targets on Kubernetes, kept as they are.")
