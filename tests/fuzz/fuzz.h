/* What the fuzz targets share. A target defines these two and links fuzz.c; its seeds are written
 * by the program itself, so that none has to be kept. */
#pragma once

#include "base/str.h"

/* Tries one input; aborts when a rule does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
/* Gives each input that fuzzing shall start from to fuzz_add_seed. */
void fuzz_seeds(void);
void fuzz_add_seed(struct str bytes);

/* A rule that must hold for every input. */
#define FUZZ_RULE(holds)      \
    do {                      \
        if (!(holds))         \
            __builtin_trap(); \
    } while (0)
