#include "check.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon.h"
#include "host.h"

__attribute__((format(printf, 2, 3))) static void say(struct verdict *v, const char *fmt, ...)
{
    size_t at = strlen(v->text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(v->text + at, sizeof(v->text) - at, fmt, args);
    va_end(args);
}

static void list(struct verdict *v, const char *title, const struct model *m,
                 const struct model *other)
{
    say(v, "\n  %s:", title);
    for (size_t i = 0; i < m->n; i++) {
        const struct store_row *row = &m->rows[i];
        const struct store_row *twin = model_find(other, row->table, row->id);
        if (!twin || twin->version != row->version || !str_eq(twin->body, row->body))
            say(v, " %d/%.*s:%lld", (int)row->table, STR_ARG(row->id), (long long)row->version);
    }
}

/* Neither the acknowledged contents nor any that were under way. */
static void explain(struct verdict *v, struct daemon_process *d, const struct history *h,
                    size_t time, uint64_t digest)
{
    size_t required = history_required(h, time);
    size_t found = history_find_any(h, digest);
    if (found != HISTORY_NONE) {
        say(v, "it holds %zu transactions; %zu were acknowledged", h->entries[found].state->number,
            h->entries[required].state->number);
        return;
    }
    struct arena *a = arena_new();
    struct model acknowledged = {0};
    struct model read = {0};
    history_model(h, required, &acknowledged);
    if (daemon_read(d, &digest, &read, a)) {
        say(v, "it holds a part of something; last event %lld, acknowledged %lld",
            (long long)read.last_seq, (long long)acknowledged.last_seq);
        list(v, "acknowledged, not read (table/id:version)", &acknowledged, &read);
        list(v, "read, not acknowledged", &read, &acknowledged);
    }
    model_free(&acknowledged);
    model_free(&read);
    arena_free(a);
}

static bool takes_another_commit(struct verdict *v, struct daemon_process *d)
{
    struct store_row row = {
        .table = STORE_NAMESPACE, .id = STR("after"), .version = 1, .body = STR("the cut")};
    struct store_write put = {STORE_PUT, row, 0};
    struct daemon_answers a = {0};
    daemon_send(d, &(struct txn){&put, 1}, &a);
    if (!daemon_await(d, &a))
        say(v, "a further commit is not answered");
    else if (a.outcomes[0] != STORE_DONE)
        say(v, "a further commit has outcome %d: %s", (int)a.outcomes[0], a.text);
    return !v->text[0];
}

static void look(struct verdict *v, struct daemon_process *d, const struct history *h, size_t time)
{
    uint64_t digest;
    if (!daemon_read(d, &digest, NULL, NULL)) {
        say(v, "it opens, but cannot be read: %s", d->err.text);
        return;
    }
    v->entry = history_find(h, digest, time);
    if (v->entry == HISTORY_NONE)
        explain(v, d, h, time, digest);
    else
        v->good = takes_another_commit(v, d);
}

struct verdict check_image(const struct disk *image, const struct history *h, size_t time)
{
    struct verdict v = {.entry = HISTORY_NONE};
    struct daemon_process d;
    v.looked_at = h->entries[history_required(h, time)].state->number;
    host_boot(image, false, FAULT_NONE, disk_hash(image));
    if (daemon_begin(&d, FAULT_NONE)) {
        look(&v, &d, h, time);
        daemon_end(&d);
    } else {
        say(&v, "it does not open: %s", d.err.text);
    }
    struct journal none = host_shut_down();
    journal_free(&none);
    return v;
}
