/* The three outcomes of anything asked of the world.
 *
 * REFUSED means: the other side answered, and by that answer nothing was done (or, for a read, the
 * thing is proven absent). UNKNOWN is everything else: time-outs, resets, 5xx, garbage, the wrong
 * process answering. Only a later observation settles an UNKNOWN. */
#pragma once

enum outcome { OUTCOME_UNKNOWN, OUTCOME_DONE, OUTCOME_REFUSED };
