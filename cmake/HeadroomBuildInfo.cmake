# SPDX-License-Identifier: GPL-3.0-or-later
# Version and git state, written into a source at each build, and only when they changed.

set(HEADROOM_BUILD_INFO "${CMAKE_BINARY_DIR}/generated/core/version/build_info.cpp")
set(HEADROOM_BUILD_INFO_COMMAND
    ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
    -DTEMPLATE=${CMAKE_SOURCE_DIR}/core/version/build_info.cpp.in -DOUTPUT=${HEADROOM_BUILD_INFO} -P
    ${CMAKE_SOURCE_DIR}/cmake/WriteBuildInfo.cmake)
add_custom_target(headroom_build_info COMMAND ${HEADROOM_BUILD_INFO_COMMAND} BYPRODUCTS ${HEADROOM_BUILD_INFO}
                  COMMENT "" VERBATIM)
