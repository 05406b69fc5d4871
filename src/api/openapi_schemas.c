/* components.schemas: from the tables of fields, and by hand for what no table has. */
#include "api/openapi_impl.h"
#include "api/plan.h"
#include "model/revision.h"

#define REF(name) "{'$ref':'#/components/schemas/" name "'}"

static const struct {
    const char *name;
    const char *json; /* ' stands for " */
} plain_schemas[] = {
    {"Problem",
     "{'type':'object','description':'RFC 9457; message is detail, for clients of Ververica "
     "Platform.','required':['type','title','status','detail','code','message'],'properties':{"
     "'type':{'type':'string','format':'uri','description':'urn:sluice:problem: and the code.'},"
     "'title':{'type':'string'},'status':{'type':'integer','minimum':400,'maximum':599},"
     "'detail':{'type':'string','description':'What is wrong, and what was expected.'},"
     "'code':" REF(
         "ErrorCode") ",'newPlanId':{'type':'string','pattern':'^p-[0-9a-f]{12}$','description':'With "
                      "PLAN_STALE: what can be applied now.'},'message':{'type':'string'},'errors':{'type':'array','items':" REF(
                          "ProblemPlace") "}},'additionalProperties':false}"},
    {"ProblemPlace",
     "{'type':'object','required':['detail'],'properties':{'pointer':{'type':'string','pattern':"
     "'^(/|$)','description':'JSON pointer into the body.'},'parameter':{'type':'string',"
     "'description':'Of the query.'},'detail':{'type':'string'}},'additionalProperties':false}"},
    {"ListMetadata", "{'type':'object','properties':{'continue':{'type':'string','description':"
                     "'There when there is more: the parameter for the next page.'}},"
                     "'additionalProperties':false}"},
    {"WatchMessage",
     "{'type':'object','description':'One message of a watch.','required':['type','object'],"
     "'properties':{'type':{'type':'string','enum':['ADDED','MODIFIED','DELETED','BOOKMARK']},"
     "'object':{'oneOf':[" REF("Deployment") "," REF(
         "Bookmark") "]}},'additionalProperties':false}"},
    {"WatchEvent",
     "{'type':'object','description':'A server-sent event.','required':['event','data'],"
     "'properties':{'event':{'type':'string','enum':['ADDED','MODIFIED','DELETED','BOOKMARK']},"
     "'data':{'type':'string','contentMediaType':'application/json','contentSchema':" REF(
         "WatchMessage") "}}}"},
    {"Bookmark",
     "{'type':'object','description':'Nothing changed; the stream is alive.','required':['kind',"
     "'apiVersion','metadata'],'properties':{'kind':{'const':'Bookmark'},'apiVersion':{'const':"
     "'v1'},'metadata':{'type':'object','required':['sequence'],'properties':{'sequence':{'type':"
     "'integer','format':'int64','minimum':0,'description':'Of the newest event.'}},"
     "'additionalProperties':false}},'additionalProperties':false}"},
    {"NamespaceAnswer", "{'type':'object','required':['namespace'],'properties':{'namespace':" REF(
                            "Namespace") "},'additionalProperties':false}"},
    {"NamespaceAnswers",
     "{'type':'object','required':['namespaces'],'properties':{'namespaces':{'type':'array',"
     "'items':" REF("Namespace") "}},'additionalProperties':false}"},
    {"RevisionList",
     "{'type':'object','required':['kind','apiVersion','metadata','items'],'properties':{'kind':{"
     "'const':'RevisionList'},'apiVersion':{'const':'v1'},'metadata':" REF(
         "ListMetadata") ",'items':{'type':'array','items':" REF("RevisionHead") "}},"
                                                                                 "'additionalProperties':false}"},
    {"Status", "{'type':'object','description':'Nothing: that it comes is the answer.',"
               "'maxProperties':0}"},
    {"SystemInformation",
     "{'type':'object','required':['kind','apiVersion','status'],'properties':{'kind':{'const':"
     "'SystemInformation'},'apiVersion':{'const':'v1'},'status':{'type':'object','required':["
     "'revisionInformation'],'properties':{'revisionInformation':{'type':'object','required':["
     "'buildVersion'],'properties':{'buildVersion':{'type':'string'}},'additionalProperties':"
     "false}},'additionalProperties':false}},'additionalProperties':false}"},
    {"Version",
     "{'type':'object','required':['name','version','api','flinkVersions'],'properties':{'name':{"
     "'const':'sluiced'},'version':{'type':'string'},'api':{'const':'v1'},'flinkVersions':{'type':"
     "'array','items':{'type':'string'},'description':'That Deployments can name.'}},"
     "'additionalProperties':false}"},
    {"OpenapiDocument",
     "{'type':'object','description':'As the OpenAPI Specification 3.1 says.','required':["
     "'openapi','info','paths','components'],'properties':{'openapi':{'type':'string','pattern':"
     "'^3\\\\.1\\\\.'},'info':{'type':'object'},'paths':{'type':'object'},'components':{'type':"
     "'object'}}}"},
};

static void put_error_codes(struct json_out *o)
{
    static const enum err_code codes[] = {
#define CODE(code, status, title) ERR_##code,
        ERR_CODES(CODE)
#undef CODE
    };
    json_key(o, STR("ErrorCode"));
    json_begin_object(o);
    doc_str(o, "type", STR("string"));
    doc_str(o, "description", STR("Stable: a code never changes its meaning."));
    json_key(o, STR("enum"));
    json_begin_array(o);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i] != ERR_OK)
            json_put_str(o, str_of(err_code_name(codes[i])));
    json_end_array(o);
    json_end_object(o);
}

static void put_list_schema(struct json_out *o, const struct resource *r)
{
    struct buf b = {0};
    buf_fmt(&b,
            "{'type':'object','required':['kind','apiVersion','metadata','items'],'properties':{"
            "'kind':{'const':'%s'},'apiVersion':{'const':'v1'},'metadata':" REF(
                "ListMetadata") ",'items':{'type':'array','items':{'$ref':'#/components/schemas/"
                                "%s'}}},'additionalProperties':false}",
            r->list_kind, r->fields->name);
    buf_add_char(&b, '\0');
    json_key(o, str_of(r->list_kind));
    put_quoted(o, b.ptr);
    buf_fini(&b);
}

void openapi_schemas(struct json_out *o)
{
    struct schemas done = {0};
    json_begin_object(o);
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        fields_schemas(o, &done, resources[i].fields, SCHEMA_WRITTEN);
    fields_schemas(o, &done, &plan_fields, SCHEMA_WRITTEN);
    fields_schemas(o, &done, &revision_head_fields, SCHEMA_WRITTEN);
    for (size_t i = 0; i < n_routes; i++) {
        if (routes[i].gives)
            fields_schemas(o, &done, routes[i].gives, SCHEMA_WRITTEN);
        if (routes[i].takes)
            fields_schemas(o, &done, routes[i].takes, SCHEMA_READ);
    }
    for (size_t i = 0; i < sizeof(plain_schemas) / sizeof(plain_schemas[0]); i++) {
        json_key(o, str_of(plain_schemas[i].name));
        put_quoted(o, plain_schemas[i].json);
    }
    put_error_codes(o);
    for (size_t i = 0; i < RESOURCE_KINDS; i++)
        if (resources[i].list_kind && i != RESOURCE_NAMESPACE)
            put_list_schema(o, &resources[i]);
    json_end_object(o);
}

const char *openapi_gives(const struct route *r)
{
    return r->gives ? r->gives->name : r->list_of;
}
