#include "model/job_plan.h"

#include <stdio.h>

#include "base/uuid.h"

#define LINE_END STR("<br/>")

/* Its description is one line with one operator. Where that cannot be said for sure it counts as a
 * chain: "a -> b" of vertex-description-mode CASCADING, "join [a, b]" of chained sources. */
static bool is_single(struct str description)
{
    size_t end = str_find(description, LINE_END);
    bool one_line =
        description.len > 0 && (end == description.len || end + LINE_END.len == description.len);
    return one_line && !str_contains(description, STR("-&gt;")) &&
           !str_contains(description, STR("->")) && !str_contains(description, STR("["));
}

static int read_vertex(struct json node, size_t i, struct plan_vertex *ret, struct err *e)
{
    struct str none = {0};
    char pointer[64];
    *ret = (struct plan_vertex){
        .id = json_str_or(json_get(node, STR("id")), none),
        .description = json_str_or(json_get(node, STR("description")), none),
        .parallelism = json_i64_or(json_get(node, STR("parallelism")), 0),
    };
    if (ret->parallelism < 0)
        ret->parallelism = 0;
    ret->chained = !is_single(ret->description);
    if (hex_id_is_valid(ret->id))
        return 0;
    snprintf(pointer, sizeof(pointer), "/plan/nodes/%zu/id", i);
    return err_at(e, ERR_INVALID, str_of(pointer), "a task has an id of 32 hex digits");
}

static void read_max_parallelism(struct json vertices, const struct job_plan *plan,
                                 const struct map *by_id)
{
    struct json_iter it = json_each(vertices);
    struct str key;
    struct json v;
    while (plan->n && json_next(&it, &key, &v)) {
        struct plan_vertex *known =
            map_find(by_id, json_str_or(json_get(v, STR("id")), (struct str){0}));
        int64_t most = json_i64_or(json_get(v, STR("maxParallelism")), 0);
        if (known && most > 0)
            known->max_parallelism = most;
    }
}

int job_plan_read(struct arena *a, struct json document, struct job_plan *ret, struct err *e)
{
    struct json nodes = json_path(document, "plan.nodes");
    struct json_iter it = json_each(nodes);
    struct str key;
    struct json node;
    struct map by_id = {0};
    *ret = (struct job_plan){0};
    if (json_kind(nodes) != JSON_ARRAY)
        return err_at(e, ERR_INVALID, STR("/plan/nodes"),
                      "a plan as Flink gives it is expected: {\"plan\":{\"nodes\":[...]}}");
    ret->vertices = ARENA_ARRAY(a, struct plan_vertex, json_len(nodes));
    while (json_next(&it, &key, &node)) {
        struct plan_vertex *v = &ret->vertices[ret->n];
        if (read_vertex(node, ret->n, v, e) < 0) {
            map_fini(&by_id);
            return -1;
        }
        map_put(&by_id, v->id, v);
        ret->n_chained += v->chained;
        ret->n++;
    }
    read_max_parallelism(json_get(document, STR("vertices")), ret, &by_id);
    map_fini(&by_id);
    return 0;
}

/* One line of a description without the branches of its tree. */
static struct str line_name(struct str line)
{
    while (line.len && memchr(" :+-|", line.ptr[0], 5))
        line = str_skip(line, 1);
    return line;
}

void job_plan_names(const struct job_plan *plan, struct map *ret)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct str rest = plan->vertices[i].description;
        while (rest.len) {
            size_t end = str_find(rest, LINE_END);
            struct str name = line_name(str_take(rest, end));
            if (name.len)
                map_put(ret, name, &plan->vertices[i]);
            rest = str_skip(rest, end + LINE_END.len);
        }
    }
}
