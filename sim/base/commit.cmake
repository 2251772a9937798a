# Write HEADER with the commit of SOURCE: " (1a2b3c4)", "+" when the program's own files changed since,
cmake_minimum_required(VERSION 3.25)
# "" where there is no git or the sources came without their history.
set(text "")
if(EXISTS ${SOURCE}/.git)
    execute_process(COMMAND git -C ${SOURCE} rev-parse --short=7 HEAD
        OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(failed STREQUAL "0")
        execute_process(COMMAND git -C ${SOURCE} diff --quiet HEAD -- sim models CMakeLists.txt
            ERROR_QUIET RESULT_VARIABLE changed)
        if(changed STREQUAL "0")
            set(text " (${commit})")
        else()
            set(text " (${commit}+)")
        endif()
    endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define ECO_COMMIT \"@text@\"\n" @ONLY)
