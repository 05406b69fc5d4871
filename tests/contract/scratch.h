/* A directory for one test program, removed with all that is in it. */
#pragma once

/* Makes it, or empties it when it is there; the path stays the same within one process. */
const char *scratch_fresh(void);
void scratch_remove(void);
