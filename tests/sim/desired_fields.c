/* Every field with its values. Bounds and defaults are written down here as the API promises them,
 * and not taken from the table that is judged. */
#include "desired.h"

const char *const grid_kind_names[GRID_KINDS] = {
    "smallest", "largest", "typical", "other", "absent", "below", "above", "of a wrong type"};

#define VALUE(kind_, written_, ...) {.kind = (kind_), .written = (written_), __VA_ARGS__}
#define SMALLEST(...)               VALUE(GRID_SMALLEST, __VA_ARGS__, )
#define LARGEST(...)                VALUE(GRID_LARGEST, __VA_ARGS__, )
#define TYPICAL(...)                VALUE(GRID_TYPICAL, __VA_ARGS__, )
#define OTHER(...)                  VALUE(GRID_OTHER, __VA_ARGS__, )
#define ABSENT(...)                 VALUE(GRID_ABSENT, "null", __VA_ARGS__)
#define BELOW(...)                  VALUE(GRID_BELOW, __VA_ARGS__, )
#define ABOVE(...)                  VALUE(GRID_ABOVE, __VA_ARGS__, )
#define WRONG(...)                  VALUE(GRID_WRONG, __VA_ARGS__, )

#define ARTIFACT_AT      "/spec/template/spec/artifact"
#define CONFIGURATION_AT "/spec/template/spec/flinkConfiguration/"

/* clang-format off */
#define ANY_TEXT \
    { SMALLEST("\"\"", .shown = "null"), LARGEST("\"$x(65536)\""), TYPICAL("\"one\""), OTHER("\"two two\""), \
      ABSENT(), ABOVE("\"$x(65537)\""), WRONG("[7]") }
#define NO_TEXT_YET(at_) \
    { ABSENT(), SMALLEST("\"\"", .shown = "null"), TYPICAL("null"), ABOVE("\"one\"", .at = (at_)), WRONG("[7]") }
#define NO_LIST_YET(at_) \
    { ABSENT(), SMALLEST("[]", .shown = "null"), TYPICAL("null"), ABOVE("[\"one\"]", .at = (at_)), WRONG("7") }
#define YES_OR_NO \
    { TYPICAL("true"), OTHER("false", .shown = "null"), OTHER("\"True\"", .shown = "true"), ABSENT(), \
      WRONG("\"yes\""), WRONG("1") }
#define ANY_MAP(at_) \
    { SMALLEST("{}"), LARGEST("$keys(1024)"), TYPICAL("{\"a\":\"1\"}"), \
      OTHER("{\"a\":2,\"b.c\":true}", .shown = "{\"a\":\"2\",\"b.c\":\"true\"}"), ABSENT(), \
      ABOVE("$keys(1025)"), WRONG("\"a\""), WRONG("{\"a\":[1]}", .at = (at_)) }
#define CPU \
    { SMALLEST("0.1"), LARGEST("1024"), TYPICAL("2"), OTHER("\"500m\"", .shown = "0.5"), \
      ABSENT(.shown = "1"), BELOW("0.099"), ABOVE("1024.001"), WRONG("true"), WRONG("0.1234") }
#define TRIES \
    { SMALLEST("1"), LARGEST("1000"), TYPICAL("7"), OTHER("\"12\"", .shown = "12"), ABSENT(.shown = "4"), \
      BELOW("0"), ABOVE("1001"), WRONG("1.5"), WRONG("\"many\"") }
#define DURATION(default_) \
    { SMALLEST("\"0s\""), LARGEST("\"3650d\""), TYPICAL("\"90s\""), OTHER("\"PT2H\""), \
      ABSENT(.shown = (default_)), BELOW("\"-1s\""), ABOVE("\"3651d\""), WRONG("true"), WRONG("\"soon\"") }

/* A restore from a place, or from one of its own savepoints; each with a nonce of its own. */
#define FROM_PLACE(nonce_) "{\"restoreFrom\":{\"savepointId\":null,\"location\":\"file:/elsewhere/savepoint-1\",\"nonce\":" nonce_ "}}"
#define NO_RESTORE         "{\"restoreFrom\":null}"
#define NO_ID              "{\"deploymentTargetId\":null}"
#define NO_NAME            "{\"deploymentTargetName\":null}"

const struct grid_field grid_fields[] = {
    {"state",
     { TYPICAL("\"RUNNING\""), OTHER("\"SUSPENDED\""), OTHER("\"cancelled\"", .shown = "\"CANCELLED\""),
       ABSENT(.shown = "\"RUNNING\""), BELOW("\"\""), ABOVE("\"FINISHED\""), WRONG("1") }},
    {"deploymentTargetId",
     { TYPICAL("\"$target(0)\"", .with = NO_NAME), OTHER("\"$target(1)\"", .with = NO_NAME),
       ABSENT(.with = "{\"deploymentTargetName\":\"local\"}"),
       ABOVE("\"$target(0)\"", .with = "{\"deploymentTargetName\":\"local\"}", .at = "/spec/deploymentTargetName"),
       WRONG("\"6c6f6361-6c00-4000-8000-000000000001\"", .with = NO_NAME), WRONG("\"6c6f\"", .with = NO_NAME), WRONG("7") }},
    {"deploymentTargetName",
     { SMALLEST("\"t\"", .with = NO_ID), LARGEST("\"$x(63)\"", .with = NO_ID), TYPICAL("\"local\"", .with = NO_ID),
       OTHER("\"other\"", .with = NO_ID), ABSENT(.with = NO_ID, .shown = "\"local\""),
       BELOW("\"-\"", .with = NO_ID), ABOVE("\"$x(251)\"", .with = NO_ID), WRONG("\"nowhere\"", .with = NO_ID), WRONG("[7]") }},
    {"sessionClusterName",
     { ABSENT(), SMALLEST("\"\"", .shown = "null"), TYPICAL("null"), BELOW("\"one\""), ABOVE("\"$x(251)\""), WRONG("[7]") }},
    {"upgradeStrategy.kind",
     { TYPICAL("\"STATEFUL\""), OTHER("\"STATELESS\""), OTHER("\"none\"", .shown = "\"NONE\""),
       ABSENT(.shown = "\"STATEFUL\""), BELOW("\"\""), ABOVE("\"LATEST_STATE\""), WRONG("{}") }},
    {"restoreStrategy.kind",
     { TYPICAL("\"LATEST_STATE\""), OTHER("\"LATEST_SAVEPOINT\""), OTHER("\"None\"", .shown = "\"NONE\""),
       ABSENT(.shown = "\"LATEST_STATE\""), BELOW("\"\""), ABOVE("\"STATELESS\""), WRONG("[]") }},
    {"restoreStrategy.allowNonRestoredState",
     { TYPICAL("true"), OTHER("false"), OTHER("\"TRUE\"", .shown = "true"), ABSENT(.shown = "false"), WRONG("\"yes\""), WRONG("1") }},
    {"restoreStrategy.requireState", YES_OR_NO},
    {"restoreStrategy.maxStateAge",
     { SMALLEST("\"0s\""), LARGEST("\"3650d\""), TYPICAL("\"1h\""), OTHER("\"1ms\""), ABSENT(),
       BELOW("\"-1s\""), ABOVE("\"3651d\""), WRONG("true"), WRONG("\"soon\"") }},
    {"restoreFrom.savepointId",
     { TYPICAL("\"$savepoint\"", .with = "{\"restoreFrom\":{\"location\":null,\"nonce\":\"by id\"}}"),
       OTHER("\"$savepoint\"", .with = "{\"restoreFrom\":{\"location\":null,\"nonce\":\"again\"}}"),
       ABSENT(.with = NO_RESTORE), ABOVE("\"$savepoint\"", .with = FROM_PLACE("\"both\""), .at = "/spec/restoreFrom/location"),
       BELOW("\"$savepoint\"", .with = "{\"restoreFrom\":{\"location\":null,\"nonce\":null}}", .at = "/spec/restoreFrom/nonce"),
       WRONG("\"6c6f6361-6c00-4000-8000-000000000001\"", .with = "{\"restoreFrom\":{\"location\":null,\"nonce\":\"n\"}}"),
       WRONG("\"6c6f\""), WRONG("7") }},
    {"restoreFrom.location",
     { TYPICAL("\"file:/elsewhere/savepoint-1\"", .with = FROM_PLACE("\"by place\"")),
       OTHER("\"file:/elsewhere/savepoint-2/\"", .with = FROM_PLACE("\"by another\"")),
       ABSENT(.with = NO_RESTORE), BELOW("\"file:/nowhere/savepoint-1\"", .with = FROM_PLACE("\"nowhere\"")),
       ABOVE("\"$x(4097)\"", .with = FROM_PLACE("\"long\"")), WRONG("[7]") }},
    {"restoreFrom.nonce",
     { SMALLEST("\"n\"", .with = FROM_PLACE("\"n\"")), LARGEST("\"$x(100)\"", .with = FROM_PLACE("null")),
       TYPICAL("\"2026-01-31\"", .with = FROM_PLACE("null")), ABSENT(.with = NO_RESTORE),
       BELOW("\"\"", .with = FROM_PLACE("null")), BELOW("\"n\"", .with = "{\"restoreFrom\":{\"savepointId\":null,\"location\":null}}"),
       ABOVE("\"$x(101)\"", .with = FROM_PLACE("null")), WRONG("[7]") }},
    {"maxSavepointCreationAttempts", TRIES},
    {"maxJobCreationAttempts", TRIES},
    {"jobFailureExpirationTime", DURATION("\"10m\"")},
    {"savepointFormat",
     { TYPICAL("\"NATIVE\""), OTHER("\"canonical\"", .shown = "\"CANONICAL\""), ABSENT(.shown = "\"CANONICAL\""),
       BELOW("\"\""), ABOVE("\"STATEFUL\""), WRONG("7") }},
    {"stopWithDrain", YES_OR_NO},
    {"warmStandby", YES_OR_NO},
    {"snapshotRetention.maxCount",
     { SMALLEST("1"), LARGEST("1000000"), TYPICAL("5"), OTHER("\"6\"", .shown = "6"), ABSENT(),
       BELOW("0"), ABOVE("1000001"), WRONG("1.5"), WRONG("\"all\"") }},
    {"snapshotRetention.maxAge", DURATION(NULL)},
    {"template.metadata.annotations", ANY_MAP("/spec/template/metadata/annotations/a")},
    {"template.spec.artifact.kind",
     { TYPICAL("\"JAR\""), OTHER("\"jar\"", .shown = "\"JAR\""), ABSENT(.shown = "\"JAR\""),
       BELOW("\"\""), ABOVE("\"PYTHON\""), ABOVE("\"SQLSCRIPT\""), WRONG("7") }},
    {"template.spec.artifact.jarUri",
     { SMALLEST("\"j\""), LARGEST("\"$x(65536)\""), TYPICAL("\"file:/jobs/counter.jar?v=2\""),
       OTHER("\"https://jars/counter-2.jar\""), BELOW("\"\""), BELOW("null"), ABOVE("\"$x(65537)\""), WRONG("[7]") }},
    {"template.spec.artifact.additionalDependencies",
     { SMALLEST("[]", .shown = "null"), LARGEST("$items(100)"), TYPICAL("[\"file:/jobs/lib.jar\"]"),
       OTHER("[\"file:/jobs/lib.jar\",\"file:/jobs/lib-2.jar\"]"), ABSENT(), BELOW("[\" \"]"), ABOVE("$items(101)"),
       WRONG("\"file:/jobs/lib.jar\""), WRONG("[[1]]", .at = ARTIFACT_AT "/additionalDependencies/0") }},
    {"template.spec.artifact.entryClass", ANY_TEXT},
    {"template.spec.artifact.mainArgs", ANY_TEXT},
    {"template.spec.artifact.flinkVersion",
     { SMALLEST("\"1.20\""), TYPICAL("\"1.20.5\""), OTHER("\"2.3.0\""), LARGEST("\"2.3\""), ABSENT(.keeps = true),
       BELOW("\"1.19\""), ABOVE("\"$x(41)\""), WRONG("[2.3]") }},
    {"template.spec.artifact.flinkImageRegistry", ANY_TEXT},
    {"template.spec.artifact.flinkImageRepository", ANY_TEXT},
    {"template.spec.artifact.flinkImageTag", ANY_TEXT},
    {"template.spec.artifact.sqlScript", NO_TEXT_YET(ARTIFACT_AT)},
    {"template.spec.artifact.pythonArtifactUri", NO_TEXT_YET(ARTIFACT_AT)},
    {"template.spec.artifact.entryModule", NO_TEXT_YET(ARTIFACT_AT)},
    {"template.spec.artifact.additionalPythonLibraries", NO_LIST_YET(ARTIFACT_AT)},
    {"template.spec.artifact.additionalPythonArchives", NO_LIST_YET(ARTIFACT_AT)},
    {"template.spec.parallelism",
     { SMALLEST("1"), LARGEST("32768"), TYPICAL("3"), OTHER("\"4\"", .shown = "4"), ABSENT(.shown = "1"),
       BELOW("0"), ABOVE("32769"), WRONG("1.5"), WRONG("\"all\"") }},
    {"template.spec.numberOfTaskManagers",
     { SMALLEST("1"), LARGEST("10000"), TYPICAL("2"), OTHER("\"3\"", .shown = "3"), ABSENT(),
       BELOW("0"), ABOVE("10001"), WRONG("1.5"), WRONG("[2]") }},
    {"template.spec.resources.jobmanager.cpu", CPU},
    {"template.spec.resources.jobmanager.memory",
     { SMALLEST("\"402653184\""), LARGEST("\"1000000G\""), TYPICAL("\"1600m\""), OTHER("2000000000", .shown = "\"2000000000\""),
       ABSENT(.shown = "\"1G\""), BELOW("\"402653183\""), ABOVE("\"1000000000001k\""), WRONG("\"lots\""), WRONG("true") }},
    {"template.spec.resources.taskmanager.cpu", CPU},
    {"template.spec.resources.taskmanager.memory",
     { SMALLEST("\"385875968\""), LARGEST("\"1000000G\""), TYPICAL("\"1600m\""), OTHER("3000000000", .shown = "\"3000000000\""),
       ABSENT(.shown = "\"2G\""), BELOW("\"385875967\""), ABOVE("\"1000000000001k\""), WRONG("\"lots\""), WRONG("true") }},
    {"template.spec.flinkConfiguration",
     { SMALLEST("{\"pipeline.name\":\"\"}"), LARGEST("{\"taskmanager.numberOfTaskSlots\":1024}", .shown = "{\"taskmanager.numberOfTaskSlots\":\"1024\"}"),
       TYPICAL("{\"execution.checkpointing.dir\":\"file:/mine\"}"), OTHER("{\"state.savepoints.dir\":\"file:/kept/\",\"a\":true}", .shown = "{\"state.savepoints.dir\":\"file:/kept/\",\"a\":\"true\"}"),
       ABSENT(), BELOW("{\"taskmanager.numberOfTaskSlots\":0}", .at = CONFIGURATION_AT "taskmanager.numberOfTaskSlots"),
       ABOVE("{\"taskmanager.numberOfTaskSlots\":1025}", .at = CONFIGURATION_AT "taskmanager.numberOfTaskSlots"),
       WRONG("{\"rest.port\":8081}", .at = CONFIGURATION_AT "rest.port"), WRONG("{\"a/b\":[1]}", .at = CONFIGURATION_AT "a~1b"), WRONG("7") }},
    {"template.spec.logging.loggingProfile",
     { SMALLEST("\"\"", .shown = "\"default\""), LARGEST("\"$x(65536)\""), TYPICAL("\"default\""), OTHER("\"quiet\""),
       ABSENT(.shown = "\"default\""), ABOVE("\"$x(65537)\""), WRONG("[7]") }},
    {"template.spec.logging.log4j2ConfigurationTemplate", ANY_TEXT},
    {"template.spec.logging.log4jLoggers", ANY_MAP("/spec/template/spec/logging/log4jLoggers/a")},
    {"template.spec.kubernetes",
     { SMALLEST("{\"a\":0}"), TYPICAL("{\"pods\":{\"labels\":{\"a\":\"1\"}}}"), OTHER("{\"pods\":{\"labels\":{\"b\":2}},\"x\":[1,2]}"), ABSENT(), WRONG("\"\""), WRONG("[]") }},
};
/* clang-format on */
const size_t n_grid_fields = sizeof(grid_fields) / sizeof(grid_fields[0]);
