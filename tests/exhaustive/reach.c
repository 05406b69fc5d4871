#include "reach.h"

#include "core/pace.h"

static bool may_run(const struct facts *f)
{
    return f->phase == PHASE_SUBMITTED || f->phase == PHASE_UP;
}

static bool is_before_start(const struct facts *f)
{
    return f->phase == PHASE_RESERVED || f->phase == PHASE_PROVISIONED;
}

static bool owns_cluster(const struct facts *f)
{
    return f->phase != PHASE_NONE && f->phase != PHASE_GONE && f->phase != PHASE_DONE;
}

static bool stopping(const struct facts *f)
{
    return f->want == WANT_SUSPEND || f->drift == DRIFT_STATEFUL;
}

static bool finished_while_stopped(const struct facts *f)
{
    return f->phase == PHASE_DONE && f->want != WANT_RUN;
}

static bool cluster_of_nobody(const struct facts *f)
{
    return !owns_cluster(f) && f->world >= WORLD_STARTING && f->world <= WORLD_HALFDEAD;
}

static bool job_without_jobmanager(const struct facts *f)
{
    return !may_run(f) && !is_before_start(f) && f->phase != PHASE_READ && f->job != SIGHT_UNKNOWN;
}

static bool late_start_of_another_sight(const struct facts *f)
{
    if (f->phase != PHASE_READ)
        return false;
    bool listed = f->job != SIGHT_UNKNOWN && f->job != SIGHT_ABSENT;
    return (f->evidence == EVIDENCE_NONE && f->job != SIGHT_UNKNOWN) ||
           (f->evidence == EVIDENCE_CONFLICT && !listed);
}

/* This process told its cluster to end, and looks no more. */
static bool late_start_after_the_call(const struct facts *f)
{
    bool ours = f->intent == INTENT_TEARDOWN && f->result != RESULT_UNKNOWN;
    return f->phase == PHASE_READ && ours && f->evidence != EVIDENCE_READY;
}

static bool job_before_submission(const struct facts *f)
{
    return is_before_start(f) && f->job != SIGHT_UNKNOWN; /* it is not asked for */
}

static bool starting_after_up(const struct facts *f)
{
    return f->phase == PHASE_UP && f->job == SIGHT_STARTING;
}

static bool intent_of_other_phase(const struct facts *f)
{
    switch (f->intent) {
    case INTENT_PROVISION: return !is_before_start(f) && !may_run(f);
    case INTENT_UPLOAD: return f->phase != PHASE_RESERVED;
    case INTENT_SUBMIT: return f->phase != PHASE_SUBMITTED;
    case INTENT_STOP:
    case INTENT_SAVEPOINT:
    case INTENT_CANCEL: return !may_run(f);
    case INTENT_DISCARD:
        return f->phase != PHASE_UP && f->phase != PHASE_NONE && f->phase != PHASE_DONE;
    case INTENT_NONE:
    case INTENT_TEARDOWN:
    default: return false;
    }
}

static bool result_of_nothing(const struct facts *f)
{
    return f->intent == INTENT_NONE && f->result != RESULT_WAITING;
}

static bool partial_of_another(const struct facts *f)
{
    return f->result == RESULT_PARTIAL && f->intent != INTENT_STOP;
}

static bool stopped_and_running(const struct facts *f)
{
    return f->intent == INTENT_STOP && f->result == RESULT_DONE && f->job != SIGHT_FINISHED &&
           f->job != SIGHT_UNKNOWN;
}

static bool drift_of_nothing(const struct facts *f)
{
    return (f->phase == PHASE_NONE || f->phase == PHASE_DONE) && f->drift != DRIFT_NONE;
}

static bool drift_before_submission(const struct facts *f)
{
    return is_before_start(f) && f->drift != DRIFT_NONE && f->drift != DRIFT_STATELESS;
}

static bool evidence_of_nothing(const struct facts *f)
{
    return f->phase != PHASE_UP && f->phase != PHASE_ENDED && f->phase != PHASE_READ &&
           f->phase != PHASE_GONE && f->evidence != EVIDENCE_NONE;
}

static bool conflict_while_reading(const struct facts *f)
{
    return f->phase == PHASE_ENDED && f->evidence == EVIDENCE_CONFLICT;
}

static bool choice_not_asked(const struct facts *f)
{
    bool asked = f->want == WANT_RUN && (f->phase == PHASE_NONE || f->phase == PHASE_PROVISIONED);
    return !asked && f->choice != CHOICE_UNKNOWN;
}

static bool late_without_wait(const struct facts *f)
{
    return f->pace == PACE_LATE && (!may_run(f) || f->job == SIGHT_UP);
}

static bool tries_of_nothing(const struct facts *f)
{
    return f->pace == PACE_SPENT && may_run(f) && !stopping(f) && f->drift != DRIFT_STATELESS;
}

static bool late_for_nobody(const struct facts *f)
{
    return f->pace == PACE_LATE && !stopping(f) && f->request != REQUEST_SAVEPOINT;
}

static bool removed_while_wanted(const struct facts *f)
{
    return f->request == REQUEST_REMOVE && f->want == WANT_RUN;
}

static bool conflict_that_nobody_cares_for(const struct facts *f)
{
    return f->phase == PHASE_GONE && f->evidence == EVIDENCE_CONFLICT &&
           (f->want == WANT_CANCEL || f->request == REQUEST_REMOVE);
}

/* A back-off ends within a minute, and statistics are waited for shorter; every deadline but the one
 * of a teardown is a minute or longer. */
static bool times_contradict(const struct facts *f)
{
    bool overdue = f->intent != INTENT_NONE && f->result == RESULT_OVERDUE;
    bool a_minute = overdue && f->intent != INTENT_TEARDOWN;
    if (a_minute && f->pace == PACE_WAIT)
        return true;
    return overdue && f->phase == PHASE_ENDED && f->evidence == EVIDENCE_NONE;
}

static bool standby_of_nobody(const struct facts *f)
{
    bool edited = may_run(f) && (f->drift == DRIFT_STATELESS || f->drift == DRIFT_STATEFUL);
    bool starts = f->phase == PHASE_NONE && f->want == WANT_RUN;
    return (f->standby == STANDBY_DUE && !edited) ||
           (f->standby == STANDBY_READY && !edited && !starts);
}

const struct unreachable unreachable[] = {
    {"a finished job belongs to a Deployment that should run", AT_PHASE, finished_while_stopped},
    {"without an attempt no cluster is its own", AT_WORLD, cluster_of_nobody},
    {"before the submission its JobManager lists no job", AT_JOB, job_before_submission},
    {"no JobManager is asked in this phase", AT_JOB, job_without_jobmanager},
    {"a job that was up is restarting, not starting", AT_JOB, starting_after_up},
    {"the intent is not made in this phase, and ends before it", AT_INTENT, intent_of_other_phase},
    {"no intent, no result", AT_RESULT, result_of_nothing},
    {"only a stop can succeed by half", AT_RESULT, partial_of_another},
    {"a stop is done when the job is seen finished", AT_RESULT, stopped_and_running},
    {"without an attempt nothing differs", AT_DRIFT, drift_of_nothing},
    {"before the submission an edit costs nothing, whatever the strategy", AT_DRIFT,
     drift_before_submission},
    {"no evidence is awaited in this phase", AT_EVIDENCE, evidence_of_nothing},
    {"a job that was given up is listed, or not, or not seen", AT_EVIDENCE,
     late_start_of_another_sight},
    {"who told a cluster to end looks no more", AT_EVIDENCE, late_start_after_the_call},
    {"statistics are read or not", AT_EVIDENCE, conflict_while_reading},
    {"what to restore is not asked in this phase", AT_CHOICE, choice_not_asked},
    {"only a job that is not up is waited for", AT_PACE, late_without_wait},
    {"tries are spent on a stop that is wanted", AT_PACE, tries_of_nothing},
    {"a Deployment that should run is not deleted", AT_REQUEST, removed_while_wanted},
    {"CANCELLED and a deletion do without the evidence", AT_REQUEST,
     conflict_that_nobody_cares_for},
    {"nobody waits for a savepoint", AT_REQUEST, late_for_nobody},
    {"the times contradict each other", AT_REQUEST, times_contradict},
    {"a standby is of use to an edit and to a start", AT_STANDBY, standby_of_nobody},
};
const size_t n_unreachable = sizeof(unreachable) / sizeof(unreachable[0]);

const struct unreachable *why_unreachable(const struct facts *f)
{
    for (size_t i = 0; i < n_unreachable; i++)
        if (unreachable[i].fails(f))
            return &unreachable[i];
    return NULL;
}

size_t unreachable_by(const struct facts *f, size_t column)
{
    size_t i = 0;
    while (i < n_unreachable && ((size_t)unreachable[i].last != column || !unreachable[i].fails(f)))
        i++;
    return i;
}
