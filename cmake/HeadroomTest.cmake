# SPDX-License-Identifier: GPL-3.0-or-later
# headroom_add_test(NAME [LIBS targets...] [LABELS labels...] [SOURCES more...] [ENVIRONMENT VAR=value...]):
# a Qt Test program from NAME.cpp of this folder, run by ctest and labelled by its folder.

function(headroom_add_test name)
    cmake_parse_arguments(arg "" "" "LIBS;LABELS;SOURCES;ENVIRONMENT" ${ARGN})
    add_executable(${name} ${name}.cpp ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE ${arg_LIBS} Qt6::Core Qt6::Test headroom_warnings)
    target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII
                                               HEADROOM_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${folder};${arg_LABELS}" TIMEOUT 120
                                            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;${arg_ENVIRONMENT}")
endfunction()

# A test that links the engine: one precompiled header for all of them, LibTorch found at run time. Those labelled gpu
# test more where there is a CUDA device and skip it with a reason where there is none.
function(headroom_add_engine_test name)
    headroom_add_test(${name} LIBS headroom::engine ${ARGN})
    target_precompile_headers(${name} REUSE_FROM headroom_engine_test_headers)
    set_target_properties(${name} PROPERTIES BUILD_RPATH "${HEADROOM_LIBTORCH}/lib")
endfunction()

if(TARGET headroom_engine)
    # Same options as the tests, so that they can reuse its header.
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/engine_test_headers.cpp CONTENT "")
    add_library(headroom_engine_test_headers OBJECT ${CMAKE_BINARY_DIR}/generated/engine_test_headers.cpp)
    target_link_libraries(headroom_engine_test_headers PRIVATE headroom::engine Qt6::Core Qt6::Test headroom_warnings)
    target_compile_definitions(headroom_engine_test_headers
                               PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII
                                       HEADROOM_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
    target_precompile_headers(headroom_engine_test_headers PRIVATE <ATen/ATen.h> <nlohmann/json.hpp>)
endif()
