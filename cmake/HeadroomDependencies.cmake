# SPDX-License-Identifier: GPL-3.0-or-later
# What core, the programs and the tests are built with; a missing package explains itself.

include(FeatureSummary)

find_package(fmt QUIET)
set_package_properties(fmt PROPERTIES TYPE REQUIRED URL "https://fmt.dev" PURPOSE "text (libfmt-dev)")
find_package(nlohmann_json 3.11 QUIET)
set_package_properties(nlohmann_json PROPERTIES TYPE REQUIRED URL "https://json.nlohmann.me"
                       PURPOSE "JSON (nlohmann-json3-dev)")
find_package(CLI11 QUIET)
set_package_properties(CLI11 PROPERTIES TYPE REQUIRED URL "https://github.com/CLIUtils/CLI11"
                       PURPOSE "the command line (libcli11-dev)")
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.74 QUIET COMPONENTS filesystem)
set_package_properties(Boost PROPERTIES TYPE REQUIRED URL "https://www.boost.org"
                       PURPOSE "child processes, distributions (libboost-dev libboost-filesystem-dev)")
find_package(SQLiteCpp QUIET)
set_package_properties(SQLiteCpp PROPERTIES TYPE REQUIRED URL "https://github.com/SRombauts/SQLiteCpp"
                       PURPOSE "the index of the history (libsqlitecpp-dev libsqlite3-dev)")
find_package(CppHttplib QUIET)
set_package_properties(CppHttplib PROPERTIES TYPE REQUIRED URL "https://github.com/yhirose/cpp-httplib"
                       PURPOSE "the endpoint of headroom-cli monitor (libcpp-httplib-dev)")
find_package(Threads REQUIRED)
if(HEADROOM_DESKTOP OR HEADROOM_TESTS)
    find_package(Qt6 6.4 QUIET COMPONENTS Core OPTIONAL_COMPONENTS Widgets Charts Svg PrintSupport DBus Test)
    set_package_properties(Qt6 PROPERTIES TYPE REQUIRED URL "https://www.qt.io"
                           PURPOSE "desktop and tests (qt6-base-dev qt6-charts-dev qt6-svg-dev)")
endif()
if(HEADROOM_DESKTOP AND NOT (TARGET Qt6::Charts AND TARGET Qt6::Svg))
    message(FATAL_ERROR "The desktop needs Qt Charts and Qt Svg (qt6-charts-dev qt6-svg-dev); "
                        "-DHEADROOM_DESKTOP=OFF builds all but the desktop")
endif()
if(HEADROOM_TESTS AND TARGET Qt6::Test)
    # Qt hands each test its folders as macros, which would keep tests from sharing a precompiled header.
    set_property(TARGET Qt6::Test PROPERTY INTERFACE_COMPILE_DEFINITIONS QT_TESTLIB_LIB)
endif()
