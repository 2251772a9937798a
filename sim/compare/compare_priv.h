/** @file
 * What the parts of the command compare share. Private.
 */
#ifndef SIM_COMPARE_PRIV_H
#define SIM_COMPARE_PRIV_H

#include "sim/base/arena.h"
#include "sim/compare/compare.h"
#include "sim/store/reader.h"

/** A response of the file. */
struct sim_compare_response {
    const char *name, *title, *units; // title: the name when there is none
    int better;                       // -1 less, +1 more, 0 not said
    int var;                          // of the reader
};

/** A results file as compare sees it; texts and arrays live as long as it is open. */
struct sim_compare_file {
    const char *path;
    const struct sim_reader_expected *expected; // by whoever opens it
    int expected_count;
    struct sim_reader *reader;
    struct sim_arena *arena;
    struct sim_compare_study study;
    struct sim_compare_response *responses;
    int response_count;
    const char *baseline; // as the file says; NULL: it does not
    bool is_stopped;      // a sweep that has not ended
    int64_t failed;       // [-] runs
};

/** Into a zero `out` but for what is expected. SIM_INPUT when it is no results file of a study with
 * responses. Close it in any case. */
enum sim_status sim_compare_open(const char *path, struct sim_compare_file *out,
                                 struct sim_err *err) SIM_MUST_USE;
void sim_compare_close(struct sim_compare_file *f);

/** What to tell, resolved. */
struct sim_compare_choice {
    struct sim_compare_ask ask; // `better` is set for each response
    const bool *responses;      // by response: tell it
    bool any_by;
};

/** The tables as text, or one JSON object. */
enum sim_status sim_compare_tell(struct sim_compare_file *f, const struct sim_compare_choice *c,
                                 const struct sim_sink *out, struct sim_err *err) SIM_MUST_USE;
enum sim_status sim_compare_tell_json(struct sim_compare_file *f,
                                      const struct sim_compare_choice *c,
                                      const struct sim_sink *out, struct sim_err *err) SIM_MUST_USE;

/** All rows of one response. */
enum sim_status sim_compare_rows_of(struct sim_compare_file *f, const struct sim_compare_choice *c,
                                    int response, struct sim_compare_rows *out,
                                    struct sim_err *err) SIM_MUST_USE;

#endif
