#include "sim/sweep/sink.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

Test(sink, gathers_text_in_memory)
{
    struct sim_sink_buffer b;
    char long_text[2000];

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    sim_sink_buffer_init(&b);
    const struct sim_sink sink = sim_sink_buffer_sink(&b);

    cr_assert(eq(str, b.text, ""));
    sim_sink_text(&sink, "a ");
    sim_sink_print(&sink, "%d %s", 7, "b");
    cr_assert(eq(str, b.text, "a 7 b"));
    sim_sink_print(&sink, "%s", long_text); // longer than what fits on the stack
    cr_assert(eq(sz, b.length, 5 + strlen(long_text)));
    cr_assert(eq(str, b.text + 5, long_text));
    sim_sink_buffer_fini(&b);
}

Test(sink, drops_what_nobody_wants)
{
    const struct sim_sink nobody = {0};

    sim_sink_text(NULL, "a");
    sim_sink_print(&nobody, "%d", 1);
}
