# SPDX-License-Identifier: GPL-3.0-or-later
# Language level, warnings (on an interface target), sanitizers and ccache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# No path of the machine that built it in a program.
add_compile_options(-fdebug-prefix-map=${CMAKE_SOURCE_DIR}=. -fmacro-prefix-map=${CMAKE_SOURCE_DIR}=.)

find_program(HEADROOM_CCACHE ccache)
if(HEADROOM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Sloppiness: what precompiled headers need (see "Precompiled headers" in ccache's manual). Base folder and no hash of
    # the current one: another preset and another clone, CI's for one, find what was compiled here.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HEADROOM_CCACHE})
endif()

add_library(headroom_warnings INTERFACE)
target_compile_options(headroom_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wold-style-cast
                                                   -Woverloaded-virtual)
if(HEADROOM_WERROR)
    target_compile_options(headroom_warnings INTERFACE -Werror)
endif()

if(HEADROOM_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link) # coverage for libFuzzer, in the library under test as well
    add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(HEADROOM_SANITIZER)
    add_compile_options(-fsanitize=${HEADROOM_SANITIZER} -fno-omit-frame-pointer)
    # GCC's manual, -fsanitize: what they add makes warnings like this one come up that are not so (LibTorch's headers).
    add_compile_options(-Wno-error=maybe-uninitialized)
    add_link_options(-fsanitize=${HEADROOM_SANITIZER})
    if(HEADROOM_SANITIZER STREQUAL "address")
        add_compile_options(-fsanitize=undefined)
        add_link_options(-fsanitize=undefined)
    endif()
endif()
