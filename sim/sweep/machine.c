#include "sim/sweep/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double to_seconds(struct timespec t)
{
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double sim_machine_wall_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return to_seconds(now);
}

double sim_machine_cpu_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return to_seconds(now);
}

/** getrusage would not do alone: its maximum goes back to before the program was started, when the
 * process was a copy of its parent, maybe a large one. */
double sim_machine_peak_mb(void)
{
    struct rusage usage = {0};
    FILE *status = fopen("/proc/self/status", "r");
    char line[200];
    long kib = 0;

    (void)getrusage(RUSAGE_SELF, &usage);
    while (status != NULL && kib == 0 && fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    if (status != NULL) {
        (void)fclose(status);
    }
    return (double)(kib > 0 ? kib : usage.ru_maxrss) / 1024.0; // Linux counts in KiB
}

void sim_machine_host(char out[256])
{
    if (gethostname(out, 256) != 0) {
        (void)snprintf(out, 256, "unknown");
    }
    out[255] = '\0';
}

void sim_machine_utc(char out[32])
{
    const time_t now = time(NULL);
    struct tm parts = {0};

    (void)gmtime_r(&now, &parts);
    (void)strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
