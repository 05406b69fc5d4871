/* Prints docs/problems.md: the table of codes as people read it. */
#include <stdio.h>

#include "base/err.h"

int main(void)
{
    printf(
        "# Problems\n\n"
        "<!-- Printed by problems-doc from src/base/err_codes.h: do not edit. -->\n\n"
        "Every answer with a status from 400 on is `application/problem+json` (RFC 9457). `code` "
        "is stable: its meaning never changes. `detail` (and `message`, which clients of "
        "Ververica Platform read) is for people and may change. `retryable` says whether the "
        "same request may do better later; `requestId` finds it in the log.\n\n"
        "| code | status | retryable | title | what it means | what to do |\n"
        "|---|---|---|---|---|---|\n");
    for (int c = ERR_OK + 1; c < ERR_CODES_N; c++) {
        enum err_code code = (enum err_code)c;
        printf("| `%s` | %d | %s | %s | %s | %s |\n", err_code_name(code), err_http_status(code),
               err_is_retryable(code) ? "yes" : "no", err_title(code), err_meaning(code),
               err_next(code));
    }
    return 0;
}
