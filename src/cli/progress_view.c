/* What progress looks like. See progress.h. */
#include "base/timefmt.h"
#include "cli/progress.h"

/* "0:47", "12:03", "1:02:03" */
static struct str clock_text(struct arena *a, int64_t us)
{
    long long s = us < 0 ? 0 : us / US_PER_S;
    if (s < 3600)
        return arena_fmt(a, "%lld:%02lld", s / 60, s % 60);
    return arena_fmt(a, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static struct str took_text(struct arena *a, int64_t us)
{
    if (us >= 60 * US_PER_S)
        return clock_text(a, us);
    return arena_fmt(a, "%.1fs", us < 0 ? 0.0 : (double)us / US_PER_S);
}

static struct str step_mark(const struct cli *c, enum step_state state)
{
    static const char *const symbols[] = {"◐", "✔", "✕"};
    static const char *const letters[] = {">", "+", "x"};
    static const enum tone tones[] = {TONE_BUSY, TONE_GOOD, TONE_BAD};
    return toned(c, str_of(c->utf8 ? symbols[state] : letters[state]), tones[state]);
}

static struct str step_line(const struct cli *c, const struct progress_step *s, int64_t now_us)
{
    /* Of what was not seen to begin, only the end is known. */
    struct str took = s->ended_us == s->begun_us
                          ? (struct str){0}
                          : took_text(c->a, (s->ended_us ? s->ended_us : now_us) - s->begun_us);
    enum tone tone = s->state == STEP_FAILED ? TONE_BAD : TONE_QUIET;
    return arena_fmt(c->a, "  %.*s %-10s %8.*s  %.*s", STR_ARG(step_mark(c, s->state)), s->name,
                     STR_ARG(took), STR_ARG(toned(c, plain_line(c->a, str_of(s->text)), tone)));
}

/* "the cluster is starting (rule 209), for 12s, next try in 3s" */
static struct str why_text(const struct cli *c, const struct progress *p, int64_t now_us)
{
    struct buf b = {0};
    buf_fmt(&b, "%.*s", STR_ARG(plain_line(c->a, p->message)));
    if (p->rule)
        buf_fmt(&b, " (rule %lld)", (long long)p->rule);
    if (p->waiting_since_us)
        buf_fmt(&b, ", for %.*s", STR_ARG(age_text(c->a, now_us - p->waiting_since_us)));
    if (p->next_try_us > now_us)
        buf_fmt(&b, ", next try in %.*s", STR_ARG(age_text(c->a, p->next_try_us - now_us)));
    struct str text = arena_str(c->a, buf_str(&b));
    buf_fini(&b);
    return text;
}

static struct str state_text(const struct cli *c, struct str state)
{
    enum tone tone = state_tone(state);
    return toned(c, marked(c, plain_line(c->a, state), tone), tone);
}

/* Since its first step, until it ended. */
static struct str elapsed_text(struct arena *a, const struct progress *p, int64_t now_us)
{
    if (!p->n)
        return (struct str){0};
    int64_t end = p->over ? p->steps[p->n - 1].ended_us : now_us;
    return clock_text(a, end - p->steps[0].begun_us);
}

size_t progress_lines(const struct cli *c, const struct progress *p, int64_t now_us,
                      struct str *lines)
{
    size_t n = 0;
    bool moves = !str_eq(p->state, p->desired);
    lines[n++] = arena_fmt(
        c->a, "%.*s  %.*s%s%s%s%.*s%s%.*s  %.*s", STR_ARG(plain_line(c->a, p->name)),
        STR_ARG(state_text(c, p->state)), moves ? " " : "", moves ? arrow(c) : "", moves ? " " : "",
        STR_ARG(moves ? plain_line(c->a, p->desired) : (struct str){0}), p->health.len ? "  " : "",
        STR_ARG(p->health.len ? state_text(c, p->health) : p->health),
        STR_ARG(elapsed_text(c->a, p, now_us)));
    for (size_t i = 0; i < p->n; i++)
        lines[n++] = step_line(c, &p->steps[i], now_us);
    if (p->message.len)
        lines[n++] = arena_fmt(c->a, "  %.*s", STR_ARG(why_text(c, p, now_us)));
    return n;
}

struct str progress_line(const struct cli *c, const struct progress *p, int64_t now_us,
                         size_t name_width)
{
    const struct progress_step *last = p->n && !p->over ? &p->steps[p->n - 1] : NULL;
    struct str step = {0};
    if (last && last->state != STEP_DONE)
        step = arena_fmt(
            c->a, "%s %.*s: ", last->name,
            STR_ARG(took_text(c->a, (last->ended_us ? last->ended_us : now_us) - last->begun_us)));
    return arena_fmt(c->a, "%-*.*s  %.*s  %.*s%s%.*s%.*s", (int)name_width,
                     STR_ARG(plain_line(c->a, p->name)), STR_ARG(state_text(c, p->state)),
                     STR_ARG(p->health.len ? state_text(c, p->health) : p->health),
                     p->health.len ? "  " : "", STR_ARG(step), STR_ARG(why_text(c, p, now_us)));
}
