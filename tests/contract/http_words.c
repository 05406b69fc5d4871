/* What tests of the server say of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "http_rig.h"

int rig_set_up(void **state)
{
    *state = rig_new(NULL);
    return 0;
}

int rig_tear_down(void **state)
{
    rig_free(*state);
    return 0;
}

void assert_has(const char *answer, const char *part)
{
    if (!strstr(answer, part))
        fail_msg("no '%s' in: %.2000s", part, answer);
}

void assert_status(const char *answer, int status, const char *request)
{
    char line[32];
    snprintf(line, sizeof(line), "HTTP/1.1 %d ", status);
    if (strncmp(answer, line, strlen(line)) != 0)
        fail_msg("not %d after '%.200s': %.2000s", status, request, answer);
}

void assert_problem(const char *answer, int status, const char *request)
{
    assert_status(answer, status, request);
    assert_has(answer, "Content-Type: application/problem+json\r\n");
    assert_has(answer, "\"code\":\"");
    assert_has(answer, "\"message\":\"");
}

void assert_still_serves(struct rig *r)
{
    assert_status(ask(r, "GET /size " END), 200, "GET /size");
}
