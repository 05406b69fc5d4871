/* components.schemas: from the tables of fields, and by hand for what no table has. */
#include "api/openapi_impl.h"
#include "api/plan.h"
#include "model/revision.h"
#include "model/summary.h"

#define REF(name) "{'$ref':'#/components/schemas/" name "'}"
#define POINTER   "{'type':'string','pattern':'^(/([^~/]|~[01])*)*$'}"

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
     "'message':{'type':'string'},'newPlanId':{'type':'string','pattern':'^p-[0-9a-f]{12}$',"
     "'description':'With PLAN_STALE: what can be applied now.'},'retryable':{'type':'boolean',"
     "'description':'Whether the same request may do better later.'},'next':{'type':'array','items':"
     "{'type':'string'},'description':'What to do.'},'requestId':{'type':'string','description':'As "
     "in X-Request-Id; the HTTP server itself gives none.'},'code':" REF(
         "ErrorCode") ","
                      "'errors':{'type':'array','items':" REF(
                          "ProblemPlace") "}},'additionalProperties':false}"},
    {"ProblemPlace",
     "{'type':'object','required':['detail'],'properties':{'pointer':{'type':'string','pattern':"
     "'^(/|$)','description':'JSON pointer into the body.'},'parameter':{'type':'string',"
     "'description':'Of the query.'},'detail':{'type':'string'}},'additionalProperties':false}"},
    {"ListMetadata",
     "{'type':'object','properties':{'continue':{'type':'string','description':'There when there is "
     "more: the parameter for the next page.'},'remainingItemCount':{'type':'integer','minimum':1,"
     "'description':'So many are behind this page.'},'resourceVersion':{'type':'string','pattern':"
     "'" PLACE_PATTERN "','description':'Of Deployments: from here a watch goes on.'},'sequence':{"
     "'type':'integer','format':'int64','minimum':0,'description':'Of Events: the next `since`.'}},"
     "'additionalProperties':false}"},
    {"JsonPatch",
     "{'type':'array','maxItems':1000,'description':'RFC 6902, made on the whole object as GET shows "
     "it.','items':{'oneOf':["
     "{'type':'object','required':['op','path','value'],'properties':{'op':{'enum':['add','replace',"
     "'test']},'path':" POINTER ",'value':{}}},"
     "{'type':'object','required':['op','path'],'properties':{'op':{'enum':['remove']},'path':" POINTER
     "}},"
     "{'type':'object','required':['op','path','from'],'properties':{'op':{'enum':['move','copy']},"
     "'path':" POINTER ",'from':" POINTER "}}]}}"},
    {"WatchMessage",
     "{'type':'object','description':'One message of a watch.','required':['type','object'],"
     "'properties':{'type':{'type':'string','enum':['ADDED','MODIFIED','DELETED','BOOKMARK']},"
     "'resourceVersion':{'type':'string','pattern':'" PLACE_PATTERN "','description':'Behind this "
     "message; from here a watch goes on.'},'object':{'description':'With view=summary, and of a "
     "deletion that was missed, less than a whole Deployment.','anyOf':[" REF("Deployment") "," REF(
         "DeploymentSummary") "," REF("Bookmark") "]}},'additionalProperties':false}"},
    {"WatchEvent",
     "{'type':'object','description':'A server-sent event.','required':['event','data'],"
     "'properties':{'id':{'type':'string','pattern':'" PLACE_PATTERN "','description':'For "
     "Last-Event-ID.'},'event':{'type':'string','enum':['ADDED','MODIFIED','DELETED','BOOKMARK']},"
     "'data':{'type':'string','contentMediaType':'application/json','contentSchema':" REF(
         "WatchMessage") "}}}"},
    {"Bookmark",
     "{'type':'object','description':'Nothing changed; the stream is alive.','required':['kind',"
     "'apiVersion','metadata'],'properties':{'kind':{'const':'Bookmark'},'apiVersion':{'const':"
     "'v1'},'metadata':{'type':'object','required':['resourceVersion','sequence'],'properties':{"
     "'resourceVersion':{'type':'string','pattern':'" PLACE_PATTERN "'},'sequence':{'type':"
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
     "'revisionInformation','resourceQuota'],'properties':{'revisionInformation':{'type':'object','required':["
     "'buildVersion'],'properties':{'buildVersion':{'type':'string'}},'additionalProperties':"
     "false},'resourceQuota':" REF("ResourceQuota") "},'additionalProperties':false}},"
                                                    "'additionalProperties':false}"},
    {"ResourceQuota",
     "{'type':'object','description':'There is none; clients of Ververica Platform ask for it.',"
     "'required':['kind','apiVersion','spec'],'properties':{'kind':{'const':'ResourceQuota'},"
     "'apiVersion':{'const':'v1'},'spec':{'type':'object','required':['type'],'properties':{'type':"
     "{'const':'UNLIMITED'}},'additionalProperties':false}},'additionalProperties':false}"},
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
    json_key(o, STR("ErrorCode"));
    json_begin_object(o);
    doc_str(o, "type", STR("string"));
    doc_str(o, "description",
            STR("Stable: a code never changes its meaning. docs/problems.md has all."));
    json_key(o, STR("enum"));
    json_begin_array(o);
    for (int code = ERR_OK + 1; code < ERR_CODES_N; code++)
        json_put_str(o, str_of(err_code_name((enum err_code)code)));
    json_end_array(o);
    json_end_object(o);
}

/* What view=summary gives instead of it; NULL: there is no such view. */
static const struct fields *summary_of(const struct resource *r)
{
    return r->fields == &deployment_fields ? &deployment_summary_fields
           : r->fields == &job_fields      ? &job_summary_fields
                                           : NULL;
}

static void put_list_schema(struct json_out *o, const struct resource *r)
{
    struct buf b = {0};
    struct buf item = {0};
    const struct fields *summary = summary_of(r);
    buf_fmt(&item, REF("%s"), r->fields->name);
    if (summary) {
        buf_clear(&item);
        buf_fmt(&item, "{'anyOf':[" REF("%s") "," REF("%s") "]}", r->fields->name, summary->name);
    }
    buf_fmt(&b,
            "{'type':'object','required':['kind','apiVersion','metadata','items'],'properties':{"
            "'kind':{'const':'%s'},'apiVersion':{'const':'v1'},'metadata':" REF(
                "ListMetadata") ",'items':{'type':'array','items':%.*s}},"
                                "'additionalProperties':false}",
            r->list_kind, STR_ARG(buf_str(&item)));
    buf_fini(&item);
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
    fields_schemas(o, &done, &deployment_summary_fields, SCHEMA_WRITTEN);
    fields_schemas(o, &done, &job_summary_fields, SCHEMA_WRITTEN);
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
