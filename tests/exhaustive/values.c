#include "values.h"

struct facts facts_of_values(const unsigned v[MAIN_COLUMNS])
{
    return (struct facts){
        .want = (enum want)v[0],
        .phase = (enum phase)v[1],
        .world = (enum world)v[2],
        .job = (enum job_fact)v[3],
        .intent = (enum intent_kind)v[4],
        .result = (enum result)v[5],
        .drift = (enum drift)v[6],
        .evidence = (enum evidence)v[7],
        .choice = (enum choice_fact)v[8],
        .preflight = (enum preflight)v[9],
        .pace = (enum pace)v[10],
        .request = (enum request)v[11],
        .standby = (enum standby_fact)v[12],
    };
}

void facts_values(const struct facts *f, unsigned ret[MAIN_COLUMNS])
{
    const unsigned values[MAIN_COLUMNS] = {
        f->want,     f->phase,  f->world,     f->job,  f->intent,  f->result,  f->drift,
        f->evidence, f->choice, f->preflight, f->pace, f->request, f->standby,
    };
    for (size_t i = 0; i < MAIN_COLUMNS; i++)
        ret[i] = values[i];
}
