/* JSON, YAML and field tables: any text is written as JSON, whatever is read is written back as the same
 * value, and a Deployment that is accepted reads back without a difference. The first byte chooses the
 * reader. */
#include "fuzz.h"
#include "model/deployment.h"

static void documents_read_back(struct arena *a, struct json v)
{
    struct json back;
    struct err e;
    FUZZ_RULE(json_parse(a, json_text(a, v), &back, &e) == 0 && json_equal(v, back));
    /* Written out, aliases may be more values than one document may have. */
    if (yaml_parse(a, json_yaml(a, v), &back, &e) == 0)
        FUZZ_RULE(json_equal(v, back));
    else
        FUZZ_RULE(e.code == ERR_TOO_LARGE);
    FUZZ_RULE(json_equal(v, json_copy(a, v)));
    fields_strip(a, &deployment_fields, v);
    fields_unknown_members(a, &deployment_fields, v);
}

static void any_text_is_written_as_json(struct arena *a, struct str text)
{
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct json back;
    struct str read;
    struct err e;
    json_put_str(&o, text);
    FUZZ_RULE(json_parse(a, buf_str(&b), &back, &e) == 0 && json_str(back, &read));
    FUZZ_RULE(!str_is_utf8(text) || str_eq(read, text));
    buf_fini(&b);
}

static void deployments_read_back(struct arena *a, struct json v, enum fields_unknown unknown)
{
    struct deployment d;
    struct deployment back;
    struct json again;
    struct buf b = {0};
    struct json_out o = {.buf = &b};
    struct str_list any_version = {0};
    struct err e = {0};
    if (fields_decode(a, &deployment_fields, v, unknown, &d, &e) < 0) {
        FUZZ_RULE(e.code != ERR_OK && e.text[0] != '\0');
        return;
    }
    fields_encode(&o, &deployment_fields, &d, true);
    FUZZ_RULE(json_parse(a, buf_str(&b), &again, &e) == 0);
    FUZZ_RULE(fields_decode(a, &deployment_fields, again, UNKNOWN_REFUSE, &back, &e) == 0);
    FUZZ_RULE(fields_diff(a, &deployment_fields, &d, &back).n == 0);
    FUZZ_RULE(deployment_validate(&d, &any_version, &e) ==
              deployment_validate(&back, &any_version, &e));
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str text = str_skip((struct str){(const char *)bytes, n}, 1);
    bool yaml = n > 0 && (bytes[0] & 1);
    struct arena *a = arena_new();
    struct json v = {0};
    struct err e = {0};
    any_text_is_written_as_json(a, text);
    if ((yaml ? yaml_parse(a, text, &v, &e) : json_parse(a, text, &v, &e)) == 0) {
        documents_read_back(a, v);
        deployments_read_back(a, v, bytes[0] & 2 ? UNKNOWN_IGNORE : UNKNOWN_REFUSE);
    } else {
        FUZZ_RULE(e.code == ERR_MALFORMED || e.code == ERR_TOO_LARGE);
    }
    arena_free(a);
    return 0;
}
