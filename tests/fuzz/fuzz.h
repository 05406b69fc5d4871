/* What the fuzz targets share. Each begins from the texts in corpus/NAME; bytes that are no text are
 * written by the program itself. */
#pragma once

#include "base/str.h"

/* Tries one input; aborts when a rule does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
/* A target that has some gives them to fuzz_add_seed. */
void fuzz_seeds(void);
void fuzz_add_seed(struct str bytes);

/* A rule that must hold for every input. */
#define FUZZ_RULE(holds)      \
    do {                      \
        if (!(holds))         \
            __builtin_trap(); \
    } while (0)
