/* Configuration: sluiced's own file, and a user's flinkConfiguration with what is computed from it. The
 * first byte chooses: '0' is the file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/config.h"
#include "fuzz.h"
#include "model/flinkconf.h"
#include "model/flinkver.h"
#include "model/memory.h"

static void try_file(struct arena *a, struct str text)
{
    char path[32];
    char name[] = "sluiced", data[] = "--data", place[] = "/d", config[] = "--config";
    char *argv[] = {name, data, place, config, path, NULL};
    struct config c;
    struct err e = {0};
    int fd = memfd_create("config", MFD_CLOEXEC);
    if (fd < 0 || write(fd, text.ptr, text.len) != (ssize_t)text.len)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    optind = 0;
    if (config_read(a, 5, argv, "0", &c, &e) == 0)
        FUZZ_RULE(c.file.storage_base_uri.len > 0 && c.file.local.kept_logs >= 0);
    else
        FUZZ_RULE(e.code != ERR_OK && e.text[0] != '\0');
    close(fd);
}

struct flink_file {
    struct str_map configuration;
};
static const struct field file_rows[] = {
    FIELD_AT(FIELD_MAP, flink_file, configuration, "flinkConfiguration"),
};
static const struct fields file_fields = {
    .name = "File", .size = sizeof(struct flink_file), FIELDS_ROWS(file_rows)};

static void check_words(struct str value)
{
    struct buf word = {0};
    size_t n = 0;
    size_t most = value.len;
    while (java_options_next(&value, &word)) {
        n += word.len;
        FUZZ_RULE(n <= most);
    }
    FUZZ_RULE(value.len == 0);
    buf_fini(&word);
}

static void check_pair(struct str_pair p)
{
    struct flink_version v;
    int64_t bytes;
    const char *refused = flink_key_refused(p.key);
    if (!refused)
        refused = flink_value_refused(p.key, p.value);
    FUZZ_RULE(!refused || refused[0] != '\0');
    if (flink_memory_parse(p.value, &bytes))
        FUZZ_RULE(bytes >= 0);
    if (flink_version_parse(p.key, &v))
        FUZZ_RULE(v.major >= 0 && v.minor >= 0 && flink_metadata_version_most(v) >= 0);
    check_words(p.value);
}

static void check_options(struct arena *a, const struct memory_taskmanager *m)
{
    struct str_map options = memory_taskmanager_options(a, m);
    int64_t bytes;
    for (size_t i = 0; i < options.n; i++)
        if (str_ends_with(options.items[i].value, STR("b")))
            FUZZ_RULE(flink_memory_parse(options.items[i].value, &bytes) && bytes >= 0);
}

static void check_memory(struct arena *a, int64_t process, const struct str_map *configuration)
{
    struct memory_taskmanager t;
    struct memory_jobmanager j;
    struct err e = {0};
    if (memory_taskmanager(process, configuration, &t, &e) == 0) {
        FUZZ_RULE(t.framework_heap >= 0 && t.task_heap >= 0 && t.managed >= 0 && t.network >= 0);
        FUZZ_RULE(t.framework_off_heap >= 0 && t.task_off_heap >= 0 && t.metaspace >= 0 &&
                  t.overhead >= 0 && t.unused >= 0);
        FUZZ_RULE(t.process == t.framework_heap + t.task_heap + t.managed + t.framework_off_heap +
                                   t.task_off_heap + t.network + t.metaspace + t.overhead +
                                   t.unused);
        check_options(a, &t);
    } else {
        FUZZ_RULE(e.code == ERR_INVALID && e.text[0] != '\0');
    }
    if (memory_jobmanager(process, configuration, &j, &e) == 0)
        FUZZ_RULE(j.heap >= 0 && j.off_heap >= 0 && j.unused >= 0 &&
                  j.process == j.heap + j.off_heap + j.metaspace + j.overhead + j.unused);
}

static void try_flink(struct arena *a, int64_t process, struct str text)
{
    struct flink_file f = {0};
    struct json v;
    struct err e = {0};
    if (yaml_parse(a, text, &v, &e) < 0 ||
        fields_decode(a, &file_fields, v, UNKNOWN_IGNORE, &f, &e) < 0)
        return;
    for (size_t i = 0; i < f.configuration.n; i++)
        check_pair(f.configuration.items[i]);
    check_memory(a, process, &f.configuration);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const int64_t processes[] = {INT64_C(700) << 20, INT64_C(1) << 30, INT64_C(4) << 30};
    if (n < 1)
        return 0;
    struct str text = {(const char *)bytes + 1, n - 1};
    struct arena *a = arena_new();
    if (bytes[0] % 4 == 0)
        try_file(a, text);
    else
        try_flink(a, processes[bytes[0] % 4 - 1], text);
    arena_free(a);
    return 0;
}
