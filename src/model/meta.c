#include "model/meta.h"

#include "base/limits.h"

const char *const api_version_names[] = {"v1", NULL};
const char *const json_object_names[] = {"object", NULL};

static const struct field metadata_rows[] = {
    FIELD_AT(FIELD_UUID, metadata, id, "id", .flags = FIELD_READ_ONLY,
             .doc = "Given by the server; stays the same for the life of the object."),
    FIELD_AT(FIELD_STR, metadata, name, "name", .flags = FIELD_IMMUTABLE, .max = LIMIT_NAME,
             .pattern = "^[A-Za-z0-9_-]*$",
             .doc = "Unique in the namespace: up to 63 of a-z, 0-9 and hyphens, no hyphen at "
                    "either end."),
    FIELD_AT(FIELD_STR, metadata, display_name, "displayName", .max = 250,
             .doc = "A name for people, any text."),
    FIELD_AT(FIELD_STR, metadata, namespace_name, "namespace", .flags = FIELD_IMMUTABLE,
             .max = LIMIT_NAME, .doc = "The namespace of the path."),
    FIELD_AT(FIELD_TIME, metadata, created_at, "createdAt", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_TIME, metadata, modified_at, "modifiedAt", .flags = FIELD_READ_ONLY),
    FIELD_AT(FIELD_MAP, metadata, labels, "labels", .flags = FIELD_KEEP_EMPTY,
             .doc = "Selected by with labelSelector."),
    FIELD_AT(FIELD_MAP, metadata, annotations, "annotations", .flags = FIELD_KEEP_EMPTY),
    FIELD_AT(FIELD_INT, metadata, resource_version, "resourceVersion", .flags = FIELD_READ_ONLY,
             .doc = "Starts at 1 and rises with each change that is one."),
    FIELD_AT(FIELD_INT, metadata, generation, "generation", .flags = FIELD_READ_ONLY,
             .doc = "Rises with each change of the spec."),
};
const struct fields metadata_fields = {
    .name = "Metadata", .size = sizeof(struct metadata), FIELDS_ROWS(metadata_rows)};

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool name_is_valid(struct str name)
{
    if (name.len == 0 || name.len > LIMIT_NAME)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_lower_or_digit(name.ptr[i]) && name.ptr[i] != '-')
            return false;
    return name.ptr[0] != '-' && name.ptr[name.len - 1] != '-';
}

bool long_name_is_valid(struct str name)
{
    if (name.len == 0 || name.len > 250)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!is_lower_or_digit(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_')
            return false;
    }
    return true;
}
