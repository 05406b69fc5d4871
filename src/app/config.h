/* Configuration of sluiced: command line and file. Unknown keys are refused: a typo must not become a
 * default. */
#pragma once

#include "base/log.h"
#include "data/fields.h"

struct local_settings {
    struct str java;
    struct str user;
    int64_t max_concurrent_starts;
    int64_t port_first;
    int64_t port_last;
    int64_t kept_logs;
    struct str quick_start;
    bool no_class_data_sharing;
};

struct rate_settings {
    int64_t per_second; /* 0 = no limit */
    int64_t burst;
};

struct config_file {
    struct str_map flink_homes; /* flink.homes.{version} */
    struct str storage_base_uri;
    struct local_settings local;
    struct rate_settings rate;
    struct json defaults; /* global DeploymentDefaults' spec */
};

struct config {
    struct str data_directory; /* absolute */
    struct str listen_host;
    int listen_port;
    enum log_format log_format;
    struct config_file file;
};

/* argv as main got it. 0; 1 = --help or --version was printed; -1 = *e says what is wrong. */
int config_read(struct arena *a, int argc, char **argv, const char *version, struct config *ret,
                struct err *e) ERR_CHECK;
