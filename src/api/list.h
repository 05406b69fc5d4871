/* Lists: selected, sorted and cut into pages by the server. */
#pragma once

#include "api/api_impl.h"
#include "data/fields_get.h"

enum { SORT_KEYS = 4 };

/* One object. Without `sort` they come by group, number and id; ids are unique in a list. */
struct list_item {
    const void *object;        /* of the list's table */
    const struct entry *entry; /* of a Deployment: it is shown by its view */
    struct str json;           /* as it is shown, where that is known already */
    struct str group;
    int64_t number;
    struct str id;
    struct scalar keys[SORT_KEYS]; /* made by list_add */
};

struct list_doc {
    struct arena *a;
    const struct resource *resource;
    const struct fields *shown; /* the table that items are encoded by */
    bool is_summary;
    struct field_selector selector;
    struct str sort[SORT_KEYS]; /* paths */
    bool falls[SORT_KEYS];
    size_t n_sort;
    int64_t limit; /* 0 = all */
    bool has_after;
    struct list_item after; /* the last of the page before */
    struct list_item *items;
    size_t n;
    size_t capacity;
    /* for the list's metadata */
    struct str resource_version; /* empty = none */
    int64_t sequence;            /* 0 = none */
};

/* Reads limit, continue, sort, fieldSelector and view. */
int list_begin(struct call *c, enum resource_kind kind, struct list_doc *l,
               struct err *e) ERR_CHECK;
/* Takes it, unless the fieldSelector leaves it out. What it points at lives until list_end. */
void list_add(struct list_doc *l, const struct list_item *item);
enum handled list_end(struct call *c, struct list_doc *l, struct err *e);
/* fieldSelector of the call. */
int list_selector(struct call *c, struct arena *a, const struct fields *f,
                  struct field_selector *ret, struct err *e) ERR_CHECK;
