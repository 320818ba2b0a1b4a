# The checks of the tree as tests, so that ./test and the hook ask the same questions. Label: check.
find_program(PYTHON3 python3 REQUIRED)
foreach(check check_layers check_tree check_docs)
    add_test(NAME checks/${check} COMMAND ${PYTHON3} ${PROJECT_SOURCE_DIR}/scripts/${check}.py WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(checks/${check} PROPERTIES LABELS check)
endforeach()
add_test(NAME checks/generate_reference COMMAND ${PYTHON3} ${PROJECT_SOURCE_DIR}/scripts/generate_reference.py --check
        --program $<TARGET_FILE:lyceum>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(checks/generate_reference PROPERTIES LABELS check)
