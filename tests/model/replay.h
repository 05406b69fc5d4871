/* The list of labels for replay.pml: numbers, one a line, in the file that REPLAY_LABELS names. How far
 * any execution came is printed at the end. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

enum { REPLAY_MOST = 32000, REPLAY_LAST_COMMIT = 11 };
static short replay_labels[REPLAY_MOST + 1]; /* ends with 0 */
static int replay_n = -1;
static int replay_best;

static void replay_tell(void)
{
    printf("followed %d of %d labels\n", replay_best, replay_n);
}

static void replay_load(void)
{
    const char *path = getenv("REPLAY_LABELS");
    FILE *f = path ? fopen(path, "r") : NULL;
    int label;
    if (!f) {
        fprintf(stderr, "REPLAY_LABELS names no file\n");
        exit(2);
    }
    for (replay_n = 0; replay_n < REPLAY_MOST && fscanf(f, "%d", &label) == 1; replay_n++)
        replay_labels[replay_n] = (short)label;
    fclose(f);
    atexit(replay_tell);
}

static short replay_label(int at)
{
    if (replay_n < 0)
        replay_load();
    if (at > replay_best)
        replay_best = at;
    return replay_labels[at];
}

/* The next commit from there on. */
static short replay_due(int at)
{
    while (replay_labels[at] && replay_labels[at] / 8 > REPLAY_LAST_COMMIT)
        at++;
    return replay_labels[at];
}
