# What every target of ours is compiled with, and the third-party libraries, found once.
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(PkgConfig REQUIRED)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE3 soci_sqlite3 REQUIRED)
if(BUILD_TESTING)
    find_package(GTest REQUIRED)
endif()

add_library(lyceum_options INTERFACE)
target_include_directories(lyceum_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(lyceum_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
target_compile_definitions(lyceum_options INTERFACE
    _GLIBCXX_ASSERTIONS
    LYCEUM_VERSION="${PROJECT_VERSION}"
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED
    SPDLOG_FMT_EXTERNAL)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(lyceum_options INTERFACE -fpch-preprocess)
    # GCC 12 warns about its own optimised std::string and std::variant code.
    target_compile_options(lyceum_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread)
endif()
target_link_options(lyceum_options INTERFACE -fuse-ld=mold)
if(LYCEUM_SANITIZE)
    # A target with the property LYCEUM_PLAIN is left alone: a driver of somebody else's client, whose faults are not ours.
    set(ours $<NOT:$<BOOL:$<TARGET_PROPERTY:LYCEUM_PLAIN>>>)
    target_compile_options(lyceum_options INTERFACE $<${ours}:-fsanitize=${LYCEUM_SANITIZE}> -fno-omit-frame-pointer)
    target_link_options(lyceum_options INTERFACE $<${ours}:-fsanitize=${LYCEUM_SANITIZE}>)
    if(LYCEUM_SANITIZE MATCHES "undefined")
        target_compile_options(lyceum_options INTERFACE $<${ours}:-fno-sanitize-recover=undefined>)
    endif()
    if(LYCEUM_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(lyceum_options INTERFACE -Wno-tsan)
    endif()
endif()
if(LYCEUM_BREAK_SIGNATURE)
    target_compile_definitions(lyceum_options INTERFACE LYCEUM_BREAK_SIGNATURE)
endif()

# The shared precompiled headers: std only, and std with gtest. Nothing of ours or of Asio.
set(lyceum_std_headers <algorithm> <array> <charconv> <chrono> <cstdint> <cstring> <expected> <functional>
    <map> <memory> <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/pch.cc CONTENT "")
add_library(lyceum_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cc)
target_link_libraries(lyceum_pch PRIVATE lyceum_options)
target_precompile_headers(lyceum_pch PRIVATE ${lyceum_std_headers})
if(BUILD_TESTING)
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/test_pch.cc CONTENT "")
    add_library(lyceum_test_pch OBJECT ${CMAKE_BINARY_DIR}/test_pch.cc)
    target_link_libraries(lyceum_test_pch PRIVATE lyceum_options GTest::gtest)
    target_precompile_headers(lyceum_test_pch PRIVATE ${lyceum_std_headers} <gtest/gtest.h>)
endif()

# What ./run needs: the programs without the tests.
add_custom_target(lyceum_programs)
# What live fuzzing needs: ninja lyceum_fuzz_targets, in the fuzz preset.
if(LYCEUM_FUZZ)
    add_custom_target(lyceum_fuzz_targets)
endif()

# Every header of ours, compiled alone: ninja lyceum_headers
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/headers/none.cc CONTENT "")
add_library(lyceum_headers OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/headers/none.cc)
target_link_libraries(lyceum_headers PRIVATE lyceum_options)
