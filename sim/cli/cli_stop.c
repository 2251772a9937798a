#include "sim/base/err.h"
#include "sim/cli/cli_priv.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// The only mutable globals of the program: a handler has nowhere else to look.
static atomic_int level = 0;
static atomic_bool is_one_run = false;

static void tell(const char *text)
{
    const ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written; // nobody to tell
}

static void on_signal(int number)
{
    (void)number;
    switch (atomic_fetch_add(&level, 1)) {
    case 0:
        tell(atomic_load(&is_one_run)
                 ? "\nstopping the run; nothing of it is written\n"
                 : "\nstopping: no new run starts; once more stops the running ones\n");
        break;
    case 1:
        tell("\nstopping now\n");
        break;
    default:
        _exit(SIM_STOPPED);
    }
}

/** Under nohup the end of the terminal is to be ignored, and stays so. */
static bool is_ignored(int number)
{
    struct sigaction now = {0};

    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {0};

    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGUSR1, &action, NULL); // as clusters warn
    if (!is_ignored(SIGHUP)) {
        (void)sigaction(SIGHUP, &action, NULL);
    }
}

void sim_cli_stop_listen(int64_t runs)
{
    atomic_store(&is_one_run, runs == 1);
    atomic_store(&level, 0);
    handle(on_signal);
}

// Once stopped, the program stays one that was stopped until its end: another signal on the way
// there must not turn its exit code into that of a killed one.
void sim_cli_stop_end(void)
{
    if (atomic_load(&level) == 0) {
        handle(SIG_DFL);
    }
}

int sim_cli_stop_level(void *unused)
{
    (void)unused;
    return atomic_load(&level);
}
