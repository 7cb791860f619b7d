# SPDX-License-Identifier: GPL-3.0-or-later
# cpp-httplib as Debian and Ubuntu have it: a header with a shared library, and no CMake package of its own before 0.12.
find_path(CppHttplib_INCLUDE httplib.h)
find_library(CppHttplib_LIBRARY cpp-httplib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CppHttplib REQUIRED_VARS CppHttplib_LIBRARY CppHttplib_INCLUDE)
mark_as_advanced(CppHttplib_INCLUDE CppHttplib_LIBRARY)

if(CppHttplib_FOUND AND NOT TARGET CppHttplib::CppHttplib)
    # What the library was built with changes the layout of the header's classes; its pkg-config file says it.
    cmake_path(GET CppHttplib_LIBRARY PARENT_PATH folder)
    set(definitions)
    if(EXISTS "${folder}/pkgconfig/cpp-httplib.pc")
        file(STRINGS "${folder}/pkgconfig/cpp-httplib.pc" flags REGEX "^Cflags:")
        string(REGEX MATCHALL "-DCPPHTTPLIB_[A-Z_]+" definitions "${flags}")
        list(TRANSFORM definitions REPLACE "^-D" "")
    endif()
    find_package(Threads REQUIRED)
    add_library(CppHttplib::CppHttplib UNKNOWN IMPORTED)
    set_target_properties(CppHttplib::CppHttplib PROPERTIES
        IMPORTED_LOCATION "${CppHttplib_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CppHttplib_INCLUDE}"
        INTERFACE_COMPILE_DEFINITIONS "${definitions}"
        INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
