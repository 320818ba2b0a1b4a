# lyceum_library(<folder> STOREY <n> [ADAPTER] [DEPS <folder>...] [SOURCES <file>...] [LINK <target>...])
#
# The one line a folder needs. Makes lyceum::<folder>, its unit tests (tests/*_test.cc), its fuzz
# targets (fuzz/*_fuzz.cc) and a check that each of its headers compiles alone.
# scripts/check_layers.py reads the same line.
function(lyceum_library folder)
    cmake_parse_arguments(arg "ADAPTER" "STOREY" "DEPS;SOURCES;LINK" ${ARGN})
    string(REPLACE "/" "_" name lyceum_${folder})
    string(REPLACE "/" "_" deps "${arg_DEPS}")
    list(TRANSFORM deps PREPEND lyceum::)
    file(GLOB headers CONFIGURE_DEPENDS *.h)

    if(arg_SOURCES)
        add_library(${name} STATIC ${arg_SOURCES})
        set(scope PUBLIC)
        target_precompile_headers(${name} REUSE_FROM lyceum_pch)
    else()
        add_library(${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    string(REPLACE "/" "_" alias lyceum::${folder})
    add_library(${alias} ALIAS ${name})
    target_link_libraries(${name} ${scope} lyceum_options ${deps} ${arg_LINK})

    foreach(h ${headers})
        file(RELATIVE_PATH rel ${PROJECT_SOURCE_DIR}/src ${h})
        string(MAKE_C_IDENTIFIER ${rel} id)
        file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/headers/${id}.cc CONTENT "#include \"${rel}\"\n")
        target_sources(lyceum_headers PRIVATE ${CMAKE_BINARY_DIR}/headers/${id}.cc)
    endforeach()

    file(GLOB tests CONFIGURE_DEPENDS tests/*_test.cc)
    file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/*_fuzz.cc)
    if(BUILD_TESTING AND tests)
        add_executable(${name}_tests ${tests})
        target_link_libraries(${name}_tests PRIVATE ${name} GTest::gtest_main)
        target_precompile_headers(${name}_tests REUSE_FROM lyceum_test_pch)
        add_test(NAME ${folder} COMMAND ${name}_tests WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/tests)
        set_tests_properties(${folder} PROPERTIES LABELS unit)
    endif()

    # A fuzz target is one function, LLVMFuzzerTestOneInput. The fuzz preset links it with libFuzzer;
    # every other preset links it with a small main that replays fuzz/corpus/<target>/ as a test.
    foreach(f ${fuzzers})
        get_filename_component(t ${f} NAME_WE)
        if(LYCEUM_FUZZ)
            add_executable(${t} ${f})
            target_link_libraries(${t} PRIVATE ${name} -fsanitize=fuzzer)
            add_dependencies(lyceum_fuzz_targets ${t})
        elseif(BUILD_TESTING)
            add_executable(${t}_replay ${f} ${PROJECT_SOURCE_DIR}/tests/fuzz_replay/main.cc)
            target_link_libraries(${t}_replay PRIVATE ${name})
            target_precompile_headers(${t}_replay REUSE_FROM lyceum_pch)
            add_test(NAME ${folder}/${t} COMMAND ${t}_replay ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${t})
            set_tests_properties(${folder}/${t} PROPERTIES LABELS fuzz_replay)
        endif()
    endforeach()
endfunction()

# lyceum_mutates_sip(<fuzz target>...): libFuzzer changes what it feeds them as SIP messages, not as octets.
# Elsewhere the mutator is a target that is built for nobody: clang-tidy finds its files there.
function(lyceum_mutates_sip)
    set(mutator ${PROJECT_SOURCE_DIR}/src/protocol/sip/fuzz/custom_mutator.cc
        ${PROJECT_SOURCE_DIR}/src/protocol/sip/fuzz/sip_mutator.cc)
    if(LYCEUM_FUZZ)
        foreach(t ${ARGN})
            target_sources(${t} PRIVATE ${mutator})
        endforeach()
    elseif(BUILD_TESTING AND NOT TARGET lyceum_sip_mutator)
        add_library(lyceum_sip_mutator OBJECT EXCLUDE_FROM_ALL ${mutator})
        target_link_libraries(lyceum_sip_mutator PRIVATE lyceum::protocol_sip)
        target_precompile_headers(lyceum_sip_mutator REUSE_FROM lyceum_pch)
    endif()
endfunction()

# lyceum_program(<binary> DEPS <folder>... SOURCES <file>... [LINK <target>...])
#
# A program of src/apps: a main.cc beside the storey-4 library of its folder.
function(lyceum_program binary)
    cmake_parse_arguments(arg "" "" "DEPS;SOURCES;LINK" ${ARGN})
    string(REPLACE "/" "_" deps "${arg_DEPS}")
    list(TRANSFORM deps PREPEND lyceum::)
    add_executable(${binary} ${arg_SOURCES})
    target_link_libraries(${binary} PRIVATE lyceum_options ${deps} ${arg_LINK})
    set_target_properties(${binary} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    add_dependencies(lyceum_programs ${binary})
endfunction()
