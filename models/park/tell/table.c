#include "models/park/tell/table.h"

#include "models/park/tell/table_priv.h"

const struct sim_model_table park_table_all[PARK_TABLE_COUNT] = {
    {.name = "flows",
     .about = "what went from whom to whom over the run: mean over the runs of each\n"
              "design, with the half-width of its 95 % confidence",
     .absent = "it has no flows",
     .fill = park_table_flows_means},
    {.name = "flows_by_run",
     .about = "the same for each run by itself",
     .absent = "it has no flows",
     .fill = park_table_flows_by_run},
    {.name = "ledger",
     .about = "all that was booked in each run: quantity, mass, energy, money, carbon",
     .absent = "it has no ledger",
     .fill = park_table_flows_ledger},
    {.name = "nodes",
     .about = "parties, processes, stocks: place, what went in and out (mass and energy of\n"
              "the streams that have them), money, CO2e, full-load hours, levels; means",
     .absent = "it has no parties, processes or stocks",
     .fill = park_table_nodes_fill},
    {.name = "emissions",
     .about = "CO2e by party and scope, and of the park, each tonne once; means",
     .absent = "it has no emissions by party",
     .fill = park_table_emissions_fill},
    {.name = "held_back",
     .about = "what processes could have made more, by cause: hours and amount; means",
     .absent = "it has nothing of what was held back",
     .fill = park_table_held_fill},
};
