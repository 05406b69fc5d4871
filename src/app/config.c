#include "app/config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"

static const struct field flink_rows[] = {
    FIELD_AT(FIELD_MAP, config_file, flink_homes, "homes"),
};
static const struct fields flink_fields = {.name = "ConfigFlink", FIELDS_ROWS(flink_rows)};

static const struct field storage_rows[] = {
    FIELD_AT(FIELD_STR, config_file, storage_base_uri, "baseUri"),
};
static const struct fields storage_fields = {.name = "ConfigStorage", FIELDS_ROWS(storage_rows)};

static const struct field ports_rows[] = {
    FIELD_AT(FIELD_INT, local_settings, port_first, "first", .min = 1024, .max = 65535),
    FIELD_AT(FIELD_INT, local_settings, port_last, "last", .min = 1024, .max = 65535),
};
static const struct fields ports_fields = {.name = "ConfigPorts", FIELDS_ROWS(ports_rows)};

static const struct field local_rows[] = {
    FIELD_AT(FIELD_STR, local_settings, java, "java"),
    FIELD_AT(FIELD_STR, local_settings, user, "user"),
    FIELD_AT(FIELD_INT, local_settings, max_concurrent_starts, "maxConcurrentStarts", .min = 1,
             .max = 1000),
    FIELD_AT(FIELD_INT, local_settings, kept_logs, "keptLogs", .min = 0, .max = 1000),
    FIELD_AT(FIELD_STR, local_settings, quick_start, "quickStart"),
    FIELD_AT(FIELD_BOOL, local_settings, no_class_data_sharing, "noClassDataSharing"),
    FIELD_FLAT("ports", &ports_fields),
};
static const struct fields local_fields = {
    .name = "ConfigLocal", .size = sizeof(struct local_settings), FIELDS_ROWS(local_rows)};

static const struct field rate_rows[] = {
    FIELD_AT(FIELD_INT, rate_settings, per_second, "requestsPerSecond", .min = 0, .max = 1000000),
    FIELD_AT(FIELD_INT, rate_settings, burst, "burst", .min = 1, .max = 1000000),
};
static const struct fields rate_fields = {
    .name = "ConfigRateLimit", .size = sizeof(struct rate_settings), FIELDS_ROWS(rate_rows)};
static const struct field api_rows[] = {
    FIELD_AT(FIELD_OBJECT, config_file, rate, "rateLimit", .object = &rate_fields),
};
static const struct fields api_fields = {.name = "ConfigApi", FIELDS_ROWS(api_rows)};

static const struct field config_rows[] = {
    FIELD_FLAT("flink", &flink_fields),
    FIELD_FLAT("storage", &storage_fields),
    FIELD_AT(FIELD_OBJECT, config_file, local, "local", .object = &local_fields),
    FIELD_FLAT("api", &api_fields),
    FIELD_AT(FIELD_RAW, config_file, defaults, "deploymentDefaults"),
};
static const struct fields config_fields = {
    .name = "Config", .size = sizeof(struct config_file), FIELDS_ROWS(config_rows)};

static const char usage[] =
    "Usage: sluiced --data DIR [--listen HOST:PORT] [--config FILE] [--log-format text|json]\n"
    "\n"
    "Runs Apache Flink Deployments and keeps them as they are declared.\n"
    "\n"
    "  --data DIR          holds everything it knows; created when missing\n"
    "  --listen HOST:PORT  where the API answers; port 0 takes a free one (127.0.0.1:8080)\n"
    "  --config FILE       YAML or JSON\n"
    "  --log-format FORM   text (default) or json, to standard error\n"
    "  --version, --help\n"
    "\n"
    "When ready it prints: sluiced ready url=http://HOST:PORT\n"
    "SIGTERM ends it; the jobs run on.\n";

static int read_file(struct arena *a, const char *path, struct str *ret, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, ERR_NOT_FOUND, "%s cannot be opened: %s", path, strerrordesc_np(errno));
    char *text = arena_alloc(a, LIMIT_REQUEST_BODY + 1);
    size_t n = 0;
    ssize_t got;
    while (n <= LIMIT_REQUEST_BODY && (got = read(fd, text + n, LIMIT_REQUEST_BODY + 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    if (n > LIMIT_REQUEST_BODY)
        return err_set(e, ERR_TOO_LARGE, "%s is larger than %u bytes", path, LIMIT_REQUEST_BODY);
    *ret = (struct str){text, n};
    return 0;
}

static int read_config_file(struct arena *a, const char *path, struct config_file *ret,
                            struct err *e)
{
    struct str text = {0};
    struct json doc;
    if (read_file(a, path, &text, e) < 0)
        return -1;
    if (yaml_parse(a, text, &doc, e) < 0 ||
        (json_kind(doc) != JSON_NULL &&
         fields_decode(a, &config_fields, doc, UNKNOWN_REFUSE, ret, e) < 0))
        return err_wrap(e, "%s%s%s", path, e->pointer[0] ? " at " : "", e->pointer);
    return 0;
}

static bool is_loopback(struct str host)
{
    return str_eq(host, STR("localhost")) || str_starts_with(host, STR("127.")) ||
           str_eq(host, STR("::1")) || str_eq(host, STR("[::1]"));
}

static int read_listen(struct arena *a, const char *text, struct config *c, struct err *e)
{
    struct str s = str_of(text);
    size_t colon = s.len;
    while (colon > 0 && s.ptr[colon - 1] != ':')
        colon--;
    int64_t port;
    if (colon < 2 || !str_to_i64(str_skip(s, colon), &port) || port < 0 || port > 65535)
        return err_set(e, ERR_INVALID, "--listen %s: expected HOST:PORT", text);
    c->listen_host = arena_str(a, str_take(s, colon - 1));
    c->listen_port = (int)port;
    if (!is_loopback(c->listen_host))
        return err_set(e, ERR_FORBIDDEN,
                       "--listen %s: other than loopback needs access tokens, which do not exist "
                       "yet; use 127.0.0.1 or a proxy that checks who asks",
                       text);
    return 0;
}

/* One option of getopt_long; 1 = it answered by itself, and that is all. */
static int take_option(struct arena *a, int option, const char *version, struct config *c,
                       struct err *e)
{
    switch (option) {
    case 'd': c->data_directory = str_of(optarg); return 0;
    case 'l': return read_listen(a, optarg, c, e);
    case 'v': return printf("sluiced %s\n", version) > 0 ? 1 : -1;
    case 'h': return fputs(usage, stdout) >= 0 ? 1 : -1;
    default: break;
    }
    if (strcmp(optarg, "text") != 0 && strcmp(optarg, "json") != 0)
        return err_set(e, ERR_INVALID, "--log-format %s: expected text or json", optarg);
    c->log_format = strcmp(optarg, "json") == 0 ? LOG_JSON : LOG_TEXT;
    return 0;
}

struct command_line {
    int argc;
    char **argv;
    const char *version; /* of the program */
    const char *file;    /* --config */
};

static int read_options(struct arena *a, struct command_line *line, struct config *c, struct err *e)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'},
        {"listen", required_argument, NULL, 'l'},
        {"config", required_argument, NULL, 'c'},
        {"log-format", required_argument, NULL, 'f'},
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;
    int done = 0;
    opterr = 0;
    while (done == 0 && (option = getopt_long(line->argc, line->argv, "", options, NULL)) != -1) {
        if (option == '?')
            return err_set(e, ERR_INVALID, "%s is not understood; see sluiced --help",
                           line->argv[optind - 1]);
        if (option == 'c')
            line->file = optarg;
        else
            done = take_option(a, option, line->version, c, e);
    }
    if (done == 0 && optind < line->argc)
        return err_set(e, ERR_INVALID, "%s is not understood; see sluiced --help",
                       line->argv[optind]);
    return done;
}

int config_read(struct arena *a, int argc, char **argv, const char *version, struct config *ret,
                struct err *e)
{
    struct command_line line = {argc, argv, version, NULL};
    *ret = (struct config){.listen_host = STR("127.0.0.1"), .listen_port = 8080};
    int done = read_options(a, &line, ret, e);
    if (done != 0)
        return done;
    if (ret->data_directory.len == 0)
        return err_set(e, ERR_INVALID, "--data DIR is missing; see sluiced --help");
    if (ret->data_directory.ptr[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof(here)))
            return err_set(e, ERR_INVALID, "--data must be absolute: this directory has no path");
        ret->data_directory = arena_fmt(a, "%s/%.*s", here, STR_ARG(ret->data_directory));
    }
    if (line.file && read_config_file(a, line.file, &ret->file, e) < 0)
        return -1;
    if (ret->file.storage_base_uri.len == 0)
        ret->file.storage_base_uri =
            arena_fmt(a, "file://%.*s/storage", STR_ARG(ret->data_directory));
    return 0;
}
