#include <time.h>

#include "adapt/artifacts/parts.h"
#include "base/limits.h"

/* Forgetting costs no more than one hashing. */
#define MOST LIMIT_DEPLOYMENTS

struct remembered {
    char *key;
    struct known what;
};

/* What was changed a moment ago may change again within the same second. */
#define SETTLED_S 60

static void keep_text(char *to, struct str text)
{
    to[0] = '\0';
    if (text.len > 0 && text.len < VALIDATOR_MOST) {
        memcpy(to, text.ptr, text.len);
        to[text.len] = '\0';
    }
}

static bool is_settled(struct str last_modified)
{
    char text[VALIDATOR_MOST];
    struct tm tm = {0};
    keep_text(text, last_modified);
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    return end && *end == '\0' && timegm(&tm) < time(NULL) - SETTLED_S;
}

void known_validators(struct known *k, struct str etag, struct str last_modified)
{
    k->etag[0] = k->last_modified[0] = '\0';
    if (str_starts_with(etag, STR("\""))) /* a weak one, W/"...", is of like content */
        keep_text(k->etag, etag);
    else if (is_settled(last_modified))
        keep_text(k->last_modified, last_modified);
}

static struct remembered *find(const struct memory *m, struct str key)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(str_of(m->all[i].key), key))
            return &m->all[i];
    return NULL;
}

const struct known *memory_find(const struct memory *m, struct str key)
{
    const struct remembered *r = find(m, key);
    return r ? &r->what : NULL;
}

static struct remembered *new_place(struct memory *m)
{
    if (m->n == MOST) {
        struct remembered *place = &m->all[m->oldest];
        m->oldest = (m->oldest + 1) % MOST;
        mem_free(place->key);
        return place;
    }
    m->all = mem_realloc(m->all, (m->n + 1) * sizeof(*m->all));
    return &m->all[m->n++];
}

void memory_keep(struct memory *m, struct str key, const struct known *what)
{
    struct remembered *place = find(m, key);
    if (!place) {
        place = new_place(m);
        place->key = mem_alloc(key.len + 1);
        memcpy(place->key, key.ptr, key.len);
    }
    place->what = *what;
}

void memory_fini(struct memory *m)
{
    for (size_t i = 0; i < m->n; i++)
        mem_free(m->all[i].key);
    mem_free(m->all);
}
