#include "shell/words.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One word from the start of *rest, which begins with no blank. */
static struct str next_word(struct arena *a, struct str *rest)
{
    char *word = arena_alloc(a, rest->len + 1);
    size_t n = 0;
    size_t i = 0;
    char quote = '\0';
    for (; i < rest->len && (quote || !is_blank(rest->ptr[i])); i++) {
        char c = rest->ptr[i];
        bool escapes = c == '\\' && quote != '\'' && i + 1 < rest->len;
        if (escapes)
            word[n++] = rest->ptr[++i];
        else if (quote ? c == quote : (c == '\'' || c == '"'))
            quote = quote ? '\0' : c;
        else
            word[n++] = c;
    }
    *rest = str_skip(*rest, i);
    return (struct str){word, n};
}

struct str_list words_split(struct arena *a, struct str line)
{
    struct str_list list = {ARENA_ARRAY(a, struct str, line.len / 2 + 1), 0};
    for (;;) {
        while (line.len && is_blank(line.ptr[0]))
            line = str_skip(line, 1);
        if (line.len == 0)
            return list;
        list.items[list.n++] = next_word(a, &line);
    }
}
