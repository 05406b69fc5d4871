#include "model/template.h"

#include "model/job.h"

const char *const artifact_kind_names[] = {"", "JAR", "PYTHON", "SQLSCRIPT", NULL};

static const struct field artifact_rows[] = {
    FIELD_AT(FIELD_ENUM, artifact, kind, "kind", .names = artifact_kind_names,
             .fallback = "\"JAR\"", .doc = "JAR; the others are not supported yet."),
    FIELD_AT(FIELD_STR, artifact, jar_uri, "jarUri",
             .doc = "Where the jar is. A change of its query string is a change: that is how a "
                    "new start is forced."),
    FIELD_AT(FIELD_STR_LIST, artifact, additional_dependencies, "additionalDependencies",
             .doc = "URIs of further jars for the class path."),
    FIELD_AT(FIELD_STR, artifact, entry_class, "entryClass",
             .doc = "Without it, the Main-Class of the jar's manifest."),
    FIELD_AT(FIELD_STR, artifact, main_args, "mainArgs",
             .doc = "Split into words as a shell does; nothing is expanded."),
    FIELD_AT(FIELD_STR, artifact, flink_version, "flinkVersion", .max = 40,
             .doc = "1.20 or 1.20.5: one of those the server knows."),
    FIELD_AT(FIELD_STR, artifact, flink_image_registry, "flinkImageRegistry"),
    FIELD_AT(FIELD_STR, artifact, flink_image_repository, "flinkImageRepository"),
    FIELD_AT(FIELD_STR, artifact, flink_image_tag, "flinkImageTag"),
    FIELD_AT(FIELD_STR, artifact, sql_script, "sqlScript"),
    FIELD_AT(FIELD_STR, artifact, python_artifact_uri, "pythonArtifactUri"),
    FIELD_AT(FIELD_STR, artifact, entry_module, "entryModule"),
    FIELD_AT(FIELD_STR_LIST, artifact, additional_python_libraries, "additionalPythonLibraries"),
    FIELD_AT(FIELD_STR_LIST, artifact, additional_python_archives, "additionalPythonArchives"),
};
const struct fields artifact_fields = {
    .name = "Artifact", .size = sizeof(struct artifact), FIELDS_ROWS(artifact_rows)};

/* VVP's defaults: JobManager 1 cpu and 1G, TaskManager 1 cpu and 2G. */
#define RESOURCE_ROWS(memory_)                                                                   \
    FIELD_AT(FIELD_CPU, resource_spec, cpu_milli, "cpu", .min = 100, .max = 1024000,             \
             .fallback = "1", .doc = "Cores, at least 0.1."),                                    \
        FIELD_AT(FIELD_MEMORY, resource_spec, memory, "memory", .min = 1, .fallback = (memory_), \
                 .doc = "Of the whole process; k, m and g are powers of ten.")

static const struct field jobmanager_rows[] = {RESOURCE_ROWS("\"1G\"")};
static const struct fields jobmanager_fields = {.name = "JobManagerResources",
                                                .size = sizeof(struct resource_spec),
                                                FIELDS_ROWS(jobmanager_rows)};
static const struct field taskmanager_rows[] = {RESOURCE_ROWS("\"2G\"")};
static const struct fields taskmanager_fields = {.name = "TaskManagerResources",
                                                 .size = sizeof(struct resource_spec),
                                                 FIELDS_ROWS(taskmanager_rows)};
static const struct field resources_rows[] = {
    FIELD_AT(FIELD_OBJECT, resources, jobmanager, "jobmanager", .object = &jobmanager_fields),
    FIELD_AT(FIELD_OBJECT, resources, taskmanager, "taskmanager", .object = &taskmanager_fields,
             .doc = "Of each TaskManager."),
};
const struct fields resources_fields = {
    .name = "Resources", .size = sizeof(struct resources), FIELDS_ROWS(resources_rows)};

static const struct field logging_rows[] = {
    FIELD_AT(FIELD_STR, logging, logging_profile, "loggingProfile", .fallback = "\"default\""),
    FIELD_AT(FIELD_STR, logging, log4j2_configuration_template, "log4j2ConfigurationTemplate"),
    FIELD_AT(FIELD_MAP, logging, log4j_loggers, "log4jLoggers",
             .doc = "Level by logger; the root logger is \"\"."),
};
const struct fields logging_fields = {
    .name = "Logging", .size = sizeof(struct logging), FIELDS_ROWS(logging_rows)};

static const struct field job_template_rows[] = {JOB_TEMPLATE_ROWS(job_template, )};
const struct fields job_template_fields = {.name = "DeploymentTemplateSpec",
                                           .size = sizeof(struct job_template),
                                           FIELDS_ROWS(job_template_rows),
                                           .doc =
                                               "What runs. A change of any of it takes a new job."};
