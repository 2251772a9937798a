#include "models/park/tell/show.h"

#include "models/park/ask/responses.h"
#include "models/park/base/park.h"
#include "models/park/read/load.h"
#include "models/park/tell/why.h"
#include "sim/base/file.h"

#include <stdlib.h>
#include <string.h>

static enum sim_status act_show(const struct sim_model_call *call, struct sim_err *err)
{
    (void)err;
    char *text = park_load_show(call->data, sim_option_is_given(call->args, "origin"));
    sim_sink_text(call->out, text);
    free(text);
    return SIM_OK;
}

/** The tables of the park file, of the study file, then what responses may be; owned by the caller
 * (free). */
static char *reference(const char *study)
{
    char *park = park_load_reference(park_kinds);
    char *responses = park_responses_reference();
    char *text =
        sim_base_format("%s\n%s\n## responses of a study\n\nWhat `of` may be. Units are those "
                        "taken when a response says none.\n\n%s",
                        park, study, responses);
    free(park);
    free(responses);
    return text;
}

enum sim_status park_show_update(const char *text, const char *study, char **out,
                                 struct sim_err *err)
{
    const char *begin = strstr(text, PARK_SHOW_BEGIN);
    const char *end = begin != NULL ? strstr(begin, PARK_SHOW_END) : NULL;
    *out = NULL;
    if (end == NULL) {
        return sim_err_set(err, SIM_INPUT, "there are no two lines\n%sand\n%sto put it between",
                           PARK_SHOW_BEGIN, PARK_SHOW_END);
    }
    char *tables = reference(study);
    const int before = (int)(begin - text) + (int)strlen(PARK_SHOW_BEGIN);
    *out = sim_base_format("%.*s\n%s\n%s", before, text, tables, end);
    free(tables);
    return SIM_OK;
}

static enum sim_status act_reference(const struct sim_model_call *call, struct sim_err *err)
{
    const char *path = sim_option_text(call->args, "update");
    char *text = NULL;
    char *updated = NULL;
    size_t length = 0;
    if (path != NULL) {
        SIM_TRY(sim_file_read(path, (size_t)1 << 24, &text, &length, err));
    }
    char *study = call->study_reference();
    if (path == NULL) {
        text = reference(study);
        sim_sink_text(call->out, text);
        free(text);
        free(study);
        return SIM_OK;
    }
    enum sim_status status = park_show_update(text, study, &updated, err);
    free(study);
    if (status != SIM_OK) {
        status = sim_err_wrap(err, "%s", path);
    } else if (updated != NULL && strcmp(text, updated) != 0) {
        status = sim_file_write(path, updated, strlen(updated), err);
    }
    free(text);
    free(updated);
    return status;
}

static const struct sim_option show_options[] = {
    {.name = "design", .value = "NAME", .help = "this design of the park [base]"},
    {.name = "origin", .help = "name the place of each value in a comment"},
    SIM_OPTION_END};

static const struct sim_option reference_options[] = {
    {.name = "update", .value = "FILE", .help = "put it between the markers of this file instead"},
    SIM_OPTION_END};

const struct sim_model_command park_show_commands[PARK_SHOW_COMMANDS] = {
    {.name = "show",
     .usage = "PARK [--design NAME]",
     .help = "print the park as resolved",
     .details =
         "Overrides are applied, short forms written out and defaults filled in; what is\n"
         "printed is a park file that means the same. Designs are named in comments; print one\n"
         "with --design.\n",
     .options = show_options,
     .loads_park = true,
     .positional_min = 1,
     .positional_max = 1,
     .act = act_show},
    {.name = "reference",
     .usage = "",
     .help = "print the reference of the park file and of the study file",
     .options = reference_options,
     .act = act_reference},
    {.name = "why",
     .usage = "PARK --at TIME ENTITY",
     .help = "tell why something runs as it does at one instant",
     .details =
         "The park runs to that instant; then the chain of causes is told: what holds ENTITY, who\n"
         "is served before it and who shares with it, what holds those, up to a capacity, a stock\n"
         "or a circle. ENTITY is a process (mill.paper), a contract, a link, a trade with a "
         "market\n"
         "as the trace names it, a stock (mill.yard) or a junction (mill:steam).\n",
     .options = park_why_options,
     .loads_park = true,
     .positional_min = 2,
     .positional_max = 2,
     .act = park_why_act},
};
