/** @file
 * Options of a command as a table, from which the parser, the hint for a misspelt one and the help
 * text are made, so that all commands of the engine and of the model read alike.
 *
 * "--name VALUE" and "--name=VALUE" mean the same; "-o FILE" and "-oFILE" too; "--" ends the
 * options; options and positional arguments mix freely. An option that is marked `repeats` may come
 * often, any other is a mistake the second time.
 *
 * Floor 3. Thread-safe.
 */
#ifndef SIM_SWEEP_OPTION_H
#define SIM_SWEEP_OPTION_H

#include "sim/base/base.h"
#include "sim/base/err.h"

struct sim_option {
    const char *name;  // "replications", without dashes
    char letter;       // 'o', or 0 for none
    bool repeats;      // may be given more than once
    const char *value; // "N", "FILE": what follows it; NULL: a plain switch
    const char *help;  // one line, no full stop
};

/** The end of a table of options. */
#define SIM_OPTION_END                                                                             \
    {                                                                                              \
        .name = NULL                                                                               \
    }

struct sim_option_args; // opaque: what was given

/** Read argv[0 .. argc) (the words after the command's name) against the table. SIM_USAGE with a
 * sentence when an option is unknown (the nearest is named), lacks its value, or comes twice.
 * `*out` is owned by the caller; argv and the table are borrowed for its life. */
enum sim_status sim_option_parse(const struct sim_option *table, int argc, char *const *argv,
                                 struct sim_option_args **out, struct sim_err *err) SIM_MUST_USE;
void sim_option_args_destroy(struct sim_option_args *args); // NULL is fine

/** The value of an option (the last one given), NULL when it was not given. */
const char *sim_option_text(const struct sim_option_args *args, const char *name);
bool sim_option_is_given(const struct sim_option_args *args, const char *name);

/** All values of an option that repeats, `*out_count` of them; borrowed until the next call. */
const char *const *sim_option_texts(struct sim_option_args *args, const char *name, int *out_count);

/** A whole number between `least` and `most`; `out` stays as it is when not given. SIM_USAGE when
 * it is something else. */
enum sim_status sim_option_int(const struct sim_option_args *args, const char *name, int64_t least,
                               int64_t most, int64_t *out, struct sim_err *err) SIM_MUST_USE;

/** What was given besides options. */
int sim_option_positional_count(const struct sim_option_args *args);
const char *sim_option_positional(const struct sim_option_args *args, int index);

#endif
