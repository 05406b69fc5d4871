/* Stands in for Java in tests of the local target: takes the same command line, listens where the
 * JobManager's REST would, and misbehaves as -Dfake=WORD asks:
 *   stubborn   ignores SIGTERM          mute       never listens
 *   taken      says that a port is taken, exits 1
 *   child      leaves a child in a session of its own
 *   exit       exits 3 with a line on standard error */
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool asked(int argc, char **argv, const char *word)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "-Dfake=", 7) == 0 && strcmp(argv[i] + 7, word) == 0)
            return true;
    return false;
}

static long rest_port(const char *conf)
{
    char path[4096];
    char line[4096];
    long port = 0;
    snprintf(path, sizeof(path), "%s/config.yaml", conf);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "\"rest.port\": \"%ld\"", &port) == 1)
            break;
    if (f)
        fclose(f);
    return port;
}

static void listen_on(long port)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 8) < 0)
        exit(1);
}

int main(int argc, char **argv)
{
    bool jobmanager = false;
    const char *conf = ".";
    for (int i = 1; i < argc; i++) {
        jobmanager |= strstr(argv[i], "StandaloneSessionClusterEntrypoint") != NULL;
        if (strcmp(argv[i], "--configDir") == 0 && i + 1 < argc)
            conf = argv[i + 1];
    }
    printf("hello from a %s\n", jobmanager ? "jobmanager" : "taskmanager");
    fflush(stdout);
    if (asked(argc, argv, "taken")) {
        fprintf(stderr, "java.net.BindException: Could not start rest endpoint on any port in 1\n");
        return 1;
    }
    if (asked(argc, argv, "exit")) {
        fprintf(stderr, "Error: Could not find or load main class\n");
        return 3;
    }
    if (asked(argc, argv, "stubborn"))
        signal(SIGTERM, SIG_IGN);
    if (asked(argc, argv, "child") && fork() == 0)
        setsid();
    else if (jobmanager && !asked(argc, argv, "mute"))
        listen_on(rest_port(conf));
    for (;;)
        pause();
}
