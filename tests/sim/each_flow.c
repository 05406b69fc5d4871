#include "each_flow.h"

#include <stdlib.h>

int each_flow(const char *group, CMUnitTestFunction test)
{
    struct CMUnitTest *tests = test_calloc(n_flows, sizeof(*tests));
    struct flow *copies = test_calloc(n_flows, sizeof(*copies));
    if (getenv("SIM_FLOW"))
        cmocka_set_test_filter(getenv("SIM_FLOW"));
    for (size_t i = 0; i < n_flows; i++) {
        copies[i] = flows[i];
        tests[i] = (struct CMUnitTest){
            .name = flows[i].name, .test_func = test, .initial_state = &copies[i]};
    }
    int failed = _cmocka_run_group_tests(group, tests, n_flows, NULL, NULL);
    test_free(copies);
    test_free(tests);
    return failed;
}
