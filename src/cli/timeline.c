/* See timeline.h. */
#include "cli/timeline.h"

#include "base/buf.h"
#include "base/timefmt.h"

#define DAY_US    (86400 * US_PER_S)
#define TICK_ROOM 14 /* columns from one time on the axis to the next, at least */

/* A column of a row is one of these, or a letter. */
enum { CELL_NONE, CELL_BEGIN, CELL_LINE, CELL_END, CELL_FAILED, CELL_RUNS, CELLS };

static const char *const utf8_cells[CELLS] = {" ", "├", "─", "┘", "✕", "►"};
static const char *const ascii_cells[CELLS] = {" ", "|", "-", "'", "x", ">"};

static size_t column_of(const struct timeline *t, int64_t at)
{
    int64_t span = t->to_us - t->from_us;
    double part = (double)(at - t->from_us) / (double)span;
    size_t last = t->columns - 1;
    if (part <= 0)
        return 0;
    return part >= 1 ? last : (size_t)(part * (double)last + 0.5);
}

static size_t label_width(const struct timeline *t)
{
    size_t width = 0;
    for (size_t i = 0; i < t->n_jobs; i++)
        width = t->jobs[i].label.len > width ? t->jobs[i].label.len : width;
    return width;
}

/* "11-22 16:40", or the day alone where a tick is more than a day. */
static struct str tick_text(struct arena *a, const struct timeline *t, int64_t at)
{
    struct str text = time_rfc3339(a, at);
    bool days = t->to_us - t->from_us > 4 * DAY_US;
    struct str day = str_take(str_skip(text, 5), 5);
    struct str time = str_take(str_skip(text, 11), 5);
    return days ? day : arena_fmt(a, "%.*s %.*s", STR_ARG(day), STR_ARG(time));
}

static struct str axis(struct arena *a, const struct timeline *t, size_t width)
{
    struct buf b = {0};
    size_t ticks = t->columns / TICK_ROOM;
    buf_fmt(&b, "%*s", (int)(width + 2), "");
    for (size_t i = 0; i < ticks; i++) {
        size_t column = t->columns / ticks * i;
        double part = (double)column / (double)(t->columns - 1);
        int64_t at = t->from_us + (int64_t)(part * (double)(t->to_us - t->from_us));
        while (b.len < width + 2 + column)
            buf_add_char(&b, ' ');
        buf_add(&b, tick_text(a, t, at));
    }
    while (b.len < width + 2 + t->columns - 3)
        buf_add_char(&b, ' ');
    buf_add(&b, STR("now"));
    struct str line = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return line;
}

static void draw_job(const struct timeline *t, const struct timeline_job *job, char *cells)
{
    static const char ends[] = {CELL_RUNS, CELL_END, CELL_FAILED};
    int64_t end = job->end == TIMELINE_RUNS ? t->to_us : job->ended_us;
    if (end < t->from_us || job->begun_us > t->to_us)
        return;
    size_t first = column_of(t, job->begun_us);
    size_t last = column_of(t, end);
    for (size_t i = first; i <= last; i++)
        cells[i] = CELL_LINE;
    if (job->begun_us >= t->from_us)
        cells[first] = CELL_BEGIN;
    cells[last] = ends[job->end];
}

static void draw_marks(const struct timeline *t, size_t job, char *cells)
{
    for (size_t i = 0; i < t->n_marks; i++) {
        const struct timeline_mark *m = &t->marks[i];
        if (m->job != job || m->at_us < t->from_us || m->at_us > t->to_us)
            continue;
        char *cell = &cells[column_of(t, m->at_us)];
        bool free = *cell < CELLS;
        *cell = free || *cell == m->letter ? m->letter : '*';
    }
}

static struct str row(struct arena *a, const struct timeline *t, size_t job, size_t width)
{
    const char *const *shapes = t->utf8 ? utf8_cells : ascii_cells;
    char *cells = arena_alloc(a, t->columns);
    struct buf b = {0};
    draw_job(t, &t->jobs[job], cells);
    draw_marks(t, job, cells);
    buf_fmt(&b, "%-*.*s  ", (int)width, STR_ARG(t->jobs[job].label));
    for (size_t i = 0; i < t->columns; i++) {
        if (cells[i] < CELLS)
            buf_add(&b, str_of(shapes[(size_t)cells[i]]));
        else
            buf_add_char(&b, cells[i]);
    }
    buf_fmt(&b, "  %.*s", STR_ARG(t->jobs[job].note));
    struct str line = arena_str(a, buf_str(&b));
    buf_fini(&b);
    return line;
}

size_t timeline_lines(struct arena *a, const struct timeline *t, struct str *lines)
{
    size_t width = label_width(t);
    size_t n = 0;
    lines[n++] = axis(a, t, width);
    for (size_t i = 0; i < t->n_jobs; i++)
        if (t->jobs[i].end == TIMELINE_RUNS || t->jobs[i].ended_us >= t->from_us)
            lines[n++] = row(a, t, i, width);
    return n;
}
