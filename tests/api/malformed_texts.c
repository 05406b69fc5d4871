#include "malformed.h"

#define DEPLOYMENT "/api/v1/namespaces/default/deployments/one"
/* A text with its zero bytes. */
#define RAW(text_, type_)               \
    {.method = "PATCH",                 \
     .path = DEPLOYMENT,                \
     .raw = {text_, sizeof(text_) - 1}, \
     .type = (type_),                   \
     .status = 400,                     \
     .pointer = ""}
#define JSON(text_) RAW(text_, "application/json")
#define YAML(text_) RAW(text_, "application/yaml")

static const struct malformed items[] = {
    JSON(" "),
    JSON("{"),
    JSON("}"),
    JSON("{]"),
    JSON("[}"),
    JSON("{\"spec\":{}"),
    JSON("{\"spec\":}"),
    JSON("{\"spec\"}"),
    JSON("{\"spec\":{}}}"),
    JSON("{\"spec\":{}} {}"),
    JSON("{\"spec\":{},}"),
    JSON("{spec:{}}"),
    JSON("{'spec':{}}"),
    JSON("{\"a\":1,\"a\":2}"),
    JSON("{\"spec\":{\"state\":\"RUNNING\",\"state\":\"CANCELLED\"}}"),
    JSON("{\"a\":01}"),
    JSON("{\"a\":+1}"),
    JSON("{\"a\":.5}"),
    JSON("{\"a\":1.}"),
    JSON("{\"a\":0x1}"),
    JSON("{\"a\":NaN}"),
    JSON("{\"a\":Infinity}"),
    JSON("{\"a\":True}"),
    JSON("{\"a\":nul}"),
    JSON("{\"a\":\"\\x\"}"),
    JSON("{\"a\":\"\\u12\"}"),
    JSON("{\"a\":\"\\ud800\"}"),
    JSON("{\"a\":\"\n\"}"),
    JSON("{\"a\":\"\t\"}"),
    JSON("{\"a\":\"unclosed}"),
    JSON("{\"a\":\"\xff\"}"),
    JSON("{\"a\":\"\xc0\xaf\"}"),
    JSON("{\"a\":\"\xed\xa0\x80\"}"),
    JSON("{\"\xfe\":1}"),
    JSON("{\"a\":\"x\0y\"}"),
    JSON("{\"a\":\"\\u0000\"}"),
    JSON("\0{}"),
    JSON("{}\0"),
    JSON("{\"a\":1}/* no */"),
    JSON("// no\n{}"),
    JSON("null"),
    JSON("true"),
    JSON("5"),
    JSON("\"text\""),
    JSON("[]"),
    JSON("[{\"spec\":{}}]"),
    JSON("<xml/>"),
    JSON("spec: {}"),
    JSON("\xff\xfe{\0}\0"),
    YAML("spec: ["),
    YAML("spec: {a: b"),
    YAML("spec: 'unclosed"),
    YAML("a: b\n c: d\n  - e"),
    YAML("a: b: c"),
    YAML("\tspec: {}"),
    YAML("spec: {}\nspec: {}"),
    YAML("spec: {}\n---\nspec: {}"),
    YAML("a: *nowhere"),
    YAML("a: &x [*x]"),
    YAML("- a\n- b"),
    YAML("just text"),
    YAML("5"),
    YAML("~"),
    YAML("? [a, b]\n: c"),
    YAML("a: !!binary AAAA\nb: @x"),
    YAML("%YAML 9.9\n---\n{"),
    YAML("a: \"\\xZZ\""),
    YAML("a: \xff"),
    YAML("\x01\x02"),
};

const struct malformed_list malformed_texts = {items, sizeof(items) / sizeof(items[0])};
