# SPDX-License-Identifier: GPL-3.0-or-later
# headroom_add_test(NAME [LIBS targets...] [SOURCES more...] [DEFINITIONS NAME=value...] [LABELS labels...]
#                   [ENVIRONMENT VAR=value...]): a Qt Test program from NAME.cpp of this folder, run by ctest and labelled
# by its folder.
# What a test runs is kept in no history of the user's.
# OpenMP threads wait passively: two tests at a time on two cores would spin each other out.
# headroom_add_engine_test(NAME ...): the same for a test that links the engine. Those labelled gpu test more where there
# is a CUDA device, and skip it with a reason where there is none.

# What all tests have in common, their precompiled header too: it is compiled once, and no definition that its headers
# read may differ between them.
function(headroom_set_up_test target)
    target_link_libraries(${target} PRIVATE ${ARGN} Qt6::Core Qt6::Test headroom_warnings)
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII
                                                 HEADROOM_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
endfunction()

function(headroom_add_test_headers target library)
    set(source ${CMAKE_BINARY_DIR}/generated/${target}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "")
    add_library(${target} OBJECT ${source})
    headroom_set_up_test(${target} ${library})
    target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

function(headroom_add_test name)
    cmake_parse_arguments(arg "" "HEADERS" "LIBS;LABELS;SOURCES;DEFINITIONS;ENVIRONMENT" ${ARGN})
    if(NOT arg_HEADERS)
        # QtTest's own headers hold more where Qt Widgets is linked.
        if(arg_LIBS MATCHES "headroom::(ui|desktop)|Qt6::(Widgets|Gui)")
            set(arg_HEADERS headroom_ui_test_headers)
            list(APPEND arg_LIBS headroom::ui)
        else()
            set(arg_HEADERS headroom_test_headers)
        endif()
    endif()
    add_executable(${name} ${name}.cpp ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    headroom_set_up_test(${name} headroom::core ${arg_LIBS})
    target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
    target_precompile_headers(${name} REUSE_FROM ${arg_HEADERS})
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${folder};${arg_LABELS}" TIMEOUT 300
                                            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;OMP_WAIT_POLICY=passive;XDG_DATA_HOME=${CMAKE_BINARY_DIR}/data-of-tests;${arg_ENVIRONMENT}"
                                            ENVIRONMENT_MODIFICATION "HEADROOM_HISTORY=unset:")
endfunction()

function(headroom_add_engine_test name)
    headroom_add_test(${name} HEADERS headroom_engine_test_headers LIBS headroom::engine ${ARGN})
    set_target_properties(${name} PROPERTIES BUILD_RPATH "${HEADROOM_LIBTORCH}/lib")
endfunction()

headroom_add_test_headers(headroom_test_headers headroom::core <nlohmann/json.hpp> <fmt/format.h> <QtTest>)
if(TARGET headroom::ui)
    headroom_add_test_headers(headroom_ui_test_headers headroom::ui <nlohmann/json.hpp> <fmt/format.h> <QtTest> <QtWidgets>)
endif()
if(TARGET headroom::engine)
    headroom_add_test_headers(headroom_engine_test_headers headroom::engine <ATen/ATen.h> <nlohmann/json.hpp> <QtTest>)
endif()
