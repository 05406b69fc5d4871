/* Prints docs/rules.md: the table of rules as people read it. */
#include <stdio.h>

#include "core/rules.h"

static void print_value_set(size_t column, fact_set set)
{
    size_t n = fact_columns[column].n;
    size_t allowed = 0;
    for (size_t v = 0; v < n; v++)
        allowed += set >> v & 1U;
    /* "not" where that is shorter. */
    bool negated = 2 * allowed > n;
    printf("%s", negated ? "not " : "");
    const char *between = "";
    for (size_t v = 0; v < n; v++) {
        if ((bool)(set >> v & 1U) == negated)
            continue;
        printf("%s%s", between, fact_columns[column].values[v]);
        between = negated ? " nor " : " or ";
    }
}

static void print_conditions(const struct rule *r)
{
    const char *between = "";
    for (size_t c = 0; c < FACT_COLUMNS; c++) {
        fact_set set = rules_column(r, c);
        if (set == 0)
            continue;
        printf("%s**%s** ", between, fact_columns[c].name);
        print_value_set(c, set);
        between = ", ";
    }
    if (!*between)
        printf("anything else");
}

static void print_section(size_t i)
{
    int end = i + 1 < n_rule_sections ? rule_sections[i + 1].from : rule_sections[i].from + 100;
    printf("\n## %d %s\n\n| rule | when | then | because |\n|---|---|---|---|\n",
           rule_sections[i].from, rule_sections[i].title);
    for (size_t k = 0; k < n_rules; k++) {
        if (rules[k].number < rule_sections[i].from || rules[k].number >= end)
            continue;
        printf("| %d | ", rules[k].number);
        print_conditions(&rules[k]);
        printf(" | %s | %s |\n", action_name(rules[k].then), rules[k].why);
    }
}

int main(void)
{
    printf("# Rules\n\n"
           "<!-- Printed by rules-doc from src/core/rules.c: do not edit. -->\n\n"
           "What Sluice does next about a Deployment is decided by the first row whose conditions "
           "all hold; a fact that a row does not name may be anything. The number of the row is "
           "stored with every event and shown by `sluice explain rule N`. Numbers never change "
           "their meaning.\n\n"
           "A test walks every combination of the facts: each has its row, no row is dead, and "
           "none does what the invariants forbid.\n\n"
           "| fact | values |\n|---|---|\n");
    for (size_t c = 0; c < FACT_COLUMNS; c++) {
        printf("| %s |", fact_columns[c].name);
        for (size_t v = 0; v < fact_columns[c].n; v++)
            printf("%s %s", v ? " ·" : "", fact_columns[c].values[v]);
        printf(" |\n");
    }
    for (size_t i = 0; i < n_rule_sections; i++)
        print_section(i);
    return 0;
}
