# SPDX-License-Identifier: GPL-3.0-or-later
# headroom_header_check: each header of core (but the engine's) and of the command line compiles alone, without the
# precompiled header that hides a forgotten include from a normal build.

file(GLOB_RECURSE headroom_headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS core/*.h app/cli/*.h)
list(FILTER headroom_headers EXCLUDE REGEX "^core/engine/")
set(headroom_header_sources "")
foreach(header ${headroom_headers})
    set(source ${CMAKE_BINARY_DIR}/generated/header_check/${header}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND headroom_header_sources ${source})
endforeach()

add_library(headroom_header_check OBJECT EXCLUDE_FROM_ALL ${headroom_header_sources})
target_include_directories(headroom_header_check PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_options(headroom_header_check PRIVATE -fsyntax-only)
target_link_libraries(headroom_header_check PRIVATE headroom::core CLI11::CLI11 headroom_warnings)
