/* See live.h. */
#include "cli/live.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

void live_begin(const struct cli *c, struct live *l, FILE *to)
{
    const char *term = getenv("TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    *l = (struct live){.to = to};
    l->on = isatty(fileno(to)) && !dumb && !is_set("CI") && !flag_given(c, FLAG_NO_PROGRESS);
}

struct cli live_look(const struct cli *c, const struct live *l)
{
    struct cli look = *c;
    look.tty = l->on;
    look.color = l->on && (c->color || !is_set("NO_COLOR")) && !flag_given(c, FLAG_NO_COLOR);
    return look;
}

/* Bytes of the control sequence that begins here; 0 = none does. */
static size_t sequence_length(struct str s)
{
    size_t n = 2;
    if (!str_starts_with(s, STR("\033[")))
        return 0;
    while (n < s.len && s.ptr[n] != 'm')
        n++;
    return n < s.len ? n + 1 : s.len;
}

/* At most so many columns of it; colours end where it ends. */
static void add_cut(struct buf *b, struct str s, size_t room)
{
    mbstate_t state = {0};
    size_t used = 0;
    bool colored = false;
    while (s.len) {
        wchar_t ch;
        size_t n = sequence_length(s);
        int columns = 0;
        colored = colored || n > 0;
        if (n == 0) {
            n = mbrtowc(&ch, s.ptr, s.len, &state);
            if (n == 0 || n > s.len)
                break;
            columns = wcwidth(ch) > 0 ? wcwidth(ch) : 0;
        }
        if (used + (size_t)columns > room)
            break;
        used += (size_t)columns;
        buf_add(b, str_take(s, n));
        s = str_skip(s, n);
    }
    if (colored && s.len)
        buf_add(b, STR("\033[0m"));
}

static void add_back(struct buf *b, const struct live *l)
{
    buf_add(b, STR("\r"));
    if (l->shown)
        buf_fmt(b, "\033[%zuA", l->shown);
}

void live_show(struct live *l, const struct str *lines, size_t n)
{
    struct winsize size = {0};
    struct buf b = {0};
    if (!l->on)
        return;
    if (ioctl(fileno(l->to), TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    /* The last column stays free: some terminals wrap there at once. */
    size_t room = size.ws_col > 1 ? (size_t)size.ws_col - 1 : 1;
    size_t most = size.ws_row > 1 ? (size_t)size.ws_row - 1 : 1;
    size_t first = n > most ? n - most : 0;
    add_back(&b, l);
    for (size_t i = first; i < n; i++) {
        buf_add(&b, STR("\033[K"));
        add_cut(&b, lines[i], room);
        buf_add(&b, STR("\n"));
    }
    buf_add(&b, STR("\033[J"));
    fwrite(b.ptr, 1, b.len, l->to);
    fflush(l->to);
    buf_fini(&b);
    l->shown = n - first;
}

void live_clear(struct live *l)
{
    struct buf b = {0};
    if (!l->on || !l->shown)
        return;
    add_back(&b, l);
    buf_add(&b, STR("\033[J"));
    fwrite(b.ptr, 1, b.len, l->to);
    fflush(l->to);
    buf_fini(&b);
    l->shown = 0;
}

void live_leave(struct live *l)
{
    l->shown = 0;
}
