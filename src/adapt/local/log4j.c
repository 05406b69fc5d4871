/* Log configuration of one cluster: files of bounded size beside each other, or the user's own. */
#include "adapt/local/internal.h"

static const char base[] = "monitorInterval=30\n"
                           "rootLogger.appenderRef.file.ref = file\n"
                           "appender.file.name = file\n"
                           "appender.file.type = RollingFile\n"
                           "appender.file.append = true\n"
                           "appender.file.fileName = ${sys:log.file}\n"
                           "appender.file.filePattern = ${sys:log.file}.%i\n"
                           "appender.file.layout.type = PatternLayout\n"
                           "appender.file.layout.pattern = "
                           "%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n\n"
                           "appender.file.policies.type = Policies\n"
                           "appender.file.policies.size.type = SizeBasedTriggeringPolicy\n"
                           "appender.file.policies.size.size = 10MB\n"
                           "appender.file.strategy.type = DefaultRolloverStrategy\n"
                           "appender.file.strategy.max = 3\n"
                           "logger.netty.name = org.jboss.netty.channel.DefaultChannelPipeline\n"
                           "logger.netty.level = OFF\n";

static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '.' || c == '_' || c == '$' || c == '-'))
            return false;
    }
    return s.len > 0;
}

const char *plan_log4j_name(const struct cluster_plan *p)
{
    struct str text = str_trim(p->log_template);
    return str_starts_with(text, STR("<")) ? "log4j.xml" : "log4j.properties";
}

struct str plan_log4j(struct arena *a, const struct cluster_plan *p)
{
    if (p->log_template.len > 0)
        return p->log_template;
    struct buf b = {0};
    struct str root = is_word(p->root_level) ? p->root_level : STR("INFO");
    buf_fmt(&b, "rootLogger.level = %.*s\n%s", STR_ARG(root), base);
    for (size_t i = 0; i < p->loggers.n; i++) {
        struct str_pair x = p->loggers.items[i];
        /* Anything but names and levels could add properties of its own. */
        if (is_word(x.key) && is_word(x.value))
            buf_fmt(&b, "logger.u%d.name = %.*s\nlogger.u%d.level = %.*s\n", (int)i, STR_ARG(x.key),
                    (int)i, STR_ARG(x.value));
    }
    struct str text = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return text;
}
