/* Columns, aligned by what a terminal shows rather than by bytes. */
#include <wchar.h>

#include "cli/cli.h"

void table_cell(struct cli *c, struct table *t, struct str text, enum tone tone)
{
    if (t->n == t->capacity) {
        size_t capacity = t->capacity ? t->capacity * 2 : 64;
        struct str *cells = ARENA_ARRAY(c->a, struct str, capacity);
        enum tone *tones = ARENA_ARRAY(c->a, enum tone, capacity);
        if (t->n) {
            memcpy(cells, t->cells, t->n * sizeof(*cells));
            memcpy(tones, t->tones, t->n * sizeof(*tones));
        }
        t->cells = cells;
        t->tones = tones;
        t->capacity = capacity;
    }
    t->cells[t->n] = text;
    t->tones[t->n++] = tone;
}

/* Columns that the text takes on a terminal; main has chosen a UTF-8 locale for this. */
static size_t width(struct str s)
{
    mbstate_t state = {0};
    size_t columns = 0;
    while (s.len) {
        wchar_t ch;
        size_t n = mbrtowc(&ch, s.ptr, s.len, &state);
        if (n == 0 || n > s.len)
            return columns + s.len;
        int w = wcwidth(ch);
        columns += w > 0 ? (size_t)w : 0;
        s = str_skip(s, n);
    }
    return columns;
}

static void print_row(struct cli *c, const struct table *t, const struct str *cells,
                      const enum tone *tones, const size_t *widths)
{
    for (size_t i = 0; i < t->columns; i++) {
        bool last = i + 1 == t->columns;
        if (c->format == FORMAT_TSV) {
            out_str(c, cells[i]);
            out_str(c, last ? STR("") : STR("\t"));
            continue;
        }
        out_str(c, toned(c, cells[i], tones ? tones[i] : TONE_PLAIN));
        for (size_t k = width(cells[i]); !last && k < widths[i] + 2; k++)
            out_str(c, STR(" "));
    }
    out_str(c, STR("\n"));
}

void table_print(struct cli *c, struct table *t, bool heads)
{
    size_t *widths = ARENA_ARRAY(c->a, size_t, t->columns);
    struct str *names = ARENA_ARRAY(c->a, struct str, t->columns);
    for (size_t i = 0; i < t->columns; i++) {
        names[i] = str_of(t->heads[i]);
        widths[i] = width(names[i]);
    }
    for (size_t row = 0; row + t->columns <= t->n; row += t->columns) {
        for (size_t i = 0; i < t->columns; i++) {
            size_t w = width(t->cells[row + i]);
            widths[i] = w > widths[i] ? w : widths[i];
        }
    }
    if (heads)
        print_row(c, t, names, NULL, widths);
    for (size_t i = 0; i + t->columns <= t->n; i += t->columns)
        print_row(c, t, &t->cells[i], &t->tones[i], widths);
    t->n = 0;
}
