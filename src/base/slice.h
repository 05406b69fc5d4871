/* How long a thread may keep a core before others get it, and how soon it gets one. */
#pragma once

/* For this thread and all that it starts: a step takes microseconds, and on a machine full of JVMs
 * each change of thread would otherwise wait for one of them to use up its slice. Changes no
 * priority and needs no right; without effect before Linux 6.12. */
void slice_short(void);

/* The kernel's default again, for what is started on behalf of others. */
void slice_default(void);
