# SPDX-License-Identifier: GPL-3.0-or-later
# Run by the target headroom_build_info: writes OUTPUT from TEMPLATE when version or git state changed.

find_program(GIT git)
set(HASH "")
set(DIRTY false)
if(GIT)
    execute_process(COMMAND ${GIT} rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE HASH
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    execute_process(COMMAND ${GIT} status --porcelain --untracked-files=no WORKING_DIRECTORY ${SOURCE_DIR}
                    OUTPUT_VARIABLE CHANGES ERROR_QUIET)
    if(CHANGES)
        set(DIRTY true)
    endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
