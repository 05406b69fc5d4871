/* api: one request, as it is. */
#include "cli/files.h"

static const char *method_of(struct str word)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (str_eq_nocase(word, str_of(methods[i])))
            return methods[i];
    return NULL;
}

/* The server takes both; what is sent is JSON, whatever the file holds. */
static int read_body(struct cli *c, struct str *ret)
{
    struct str text;
    struct json v;
    struct err e = {0};
    if (!flag_given(c, FLAG_FILE))
        return EXIT_DONE;
    int r = file_read(c, c->flags[FLAG_FILE], &text);
    if (r == EXIT_DONE && yaml_parse(c->a, text, &v, &e) < 0)
        r = file_unreadable(c, c->flags[FLAG_FILE], str_of(e.text));
    if (r == EXIT_DONE)
        *ret = json_text(c->a, v);
    return r;
}

int cmd_api(struct cli *c)
{
    const char *method = method_of(c->words[0]);
    struct str path = c->words[1];
    struct str body = {0};
    if (!method)
        return fail(c, EXIT_USAGE,
                    arena_fmt(c->a, "there is no method \"%.*s\"", STR_ARG(c->words[0])).ptr,
                    STR("methods: GET, POST, PUT, PATCH, DELETE"), "sluice api GET /version");
    if (!str_starts_with(path, STR("/")))
        return fail(c, EXIT_USAGE, arena_fmt(c->a, "\"%.*s\" is no path", STR_ARG(path)).ptr,
                    STR("it begins with /"), "sluice api GET /openapi.json");
    int r = read_body(c, &body);
    if (r != EXIT_DONE)
        return r;
    struct answer answer = server_ask(c, method, path, body);
    /* The body comes out whatever it is: a problem is an answer too. */
    if (answer.outcome == OUTCOME_DONE) {
        out_str(c, c->tty ? plain(c->a, answer.text) : answer.text);
        if (c->tty && answer.text.len && answer.text.ptr[answer.text.len - 1] != '\n')
            out_str(c, STR("\n"));
    }
    return server_judge(c, &answer, arena_fmt(c->a, "%s %.*s", method, STR_ARG(path)).ptr);
}
