/* A library for LD_PRELOAD that ends sluiced with SIGKILL at one exact point of its log.
 *
 * sluiced writes a line by one write(2) when an intent is durable, when its call was sent and when
 * the answer came. KILLPOINT names a file that says at which line to die:
 *
 *     TEXT|INTENT|NTH|DEPLOYMENT      e.g.  intent durable|STOP|1|counter-1
 *
 * The process dies right behind the write of the NTH line, counted since the file got this content,
 * that holds " TEXT " and these two fields. The line is left in the file KILLPOINT.hit, which is how
 * the test knows that it happened. An empty or missing file does nothing, so that a running daemon
 * can be armed. Children inherit neither variable. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MOST = 512 };

typedef ssize_t write_fn(int fd, const void *data, size_t size);

static write_fn *real_write;
static char killpoint_path[TEXT_MOST];
static char armed_for[TEXT_MOST];
static long seen;

__attribute__((constructor)) static void killpoint_begin(void)
{
    const char *path = getenv("KILLPOINT");
    /* As POSIX wants it done: a function pointer through an object pointer. */
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    if (path)
        snprintf(killpoint_path, sizeof(killpoint_path), "%s", path);
    unsetenv("KILLPOINT");
    unsetenv("LD_PRELOAD");
}

/* The file's content without its line end; false when there is nothing to wait for. */
static bool read_killpoint(char text[static TEXT_MOST])
{
    int fd = open(killpoint_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, TEXT_MOST - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return text[0] != '\0';
}

static bool holds(const char *line, const char *before, const char *part, const char *after)
{
    char wanted[TEXT_MOST];
    snprintf(wanted, sizeof(wanted), "%s%s%s", before, part, after);
    return strstr(line, wanted) != NULL;
}

/* The line of which number it waits for; 0 = this line is none of them. */
static long number_wanted(char *killpoint, const char *line)
{
    char *rest = killpoint;
    const char *text = strsep(&rest, "|");
    const char *intent = strsep(&rest, "|");
    const char *nth = strsep(&rest, "|");
    if (!nth || !holds(line, " ", text, " ") ||
        !(holds(line, " intent=", intent, " ") || holds(line, " intent=", intent, "\n")))
        return 0;
    if (rest && *rest && !holds(line, " deployment=", rest, " "))
        return 0;
    return strtol(nth, NULL, 10);
}

static void die(const char *line)
{
    char path[TEXT_MOST + 8];
    snprintf(path, sizeof(path), "%s.hit", killpoint_path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        real_write(fd, line, strlen(line));
    kill(getpid(), SIGKILL);
}

static void look_at(const void *data, size_t size)
{
    char line[2 * TEXT_MOST];
    char killpoint[TEXT_MOST];
    if (size >= sizeof(line) || !killpoint_path[0])
        return;
    memcpy(line, data, size);
    line[size] = '\0';
    if (!strstr(line, " intent=") || !read_killpoint(killpoint))
        return;
    if (strcmp(killpoint, armed_for) != 0) {
        snprintf(armed_for, sizeof(armed_for), "%s", killpoint);
        seen = 0;
    }
    long wanted = number_wanted(killpoint, line);
    if (wanted > 0 && ++seen == wanted)
        die(line);
}

/* Only the loop thread of sluiced writes such lines, one at a time. */
__attribute__((visibility("default"))) ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t n = real_write(fd, data, size);
    int error = errno;
    if (fd == STDERR_FILENO && n == (ssize_t)size)
        look_at(data, size);
    errno = error;
    return n;
}
