# SPDX-License-Identifier: GPL-3.0-or-later
# headroom_add_cuda_kernels(target sources...): compiles .cu files with nvcc by a custom command, so that configuring
# stays fast and a machine without nvcc builds all the rest.

find_program(HEADROOM_NVCC nvcc HINTS /usr/local/cuda/bin "${HEADROOM_LIBTORCH}/../nvidia/cu13/bin")

function(headroom_add_cuda_kernels target)
    if(NOT HEADROOM_LIBTORCH_HAS_CUDA OR NOT HEADROOM_NVCC)
        message(STATUS "CUDA kernels: left out (nvcc: ${HEADROOM_NVCC})")
        target_compile_definitions(${target} PUBLIC HEADROOM_HAS_CUDA_KERNELS=0)
        return()
    endif()
    set(architectures "")
    foreach(architecture 80 86 89 90 100 120)
        list(APPEND architectures --generate-code=arch=compute_${architecture},code=sm_${architecture})
    endforeach()
    list(APPEND architectures --generate-code=arch=compute_80,code=compute_80)
    foreach(source ${ARGN})
        get_filename_component(name ${source} NAME_WE)
        set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.cu.o")
        add_custom_command(
            OUTPUT ${object}
            COMMAND ${HEADROOM_NVCC} -std=c++17 -O3 ${architectures} -Xcompiler=-fPIC -I${CMAKE_SOURCE_DIR} -c
                    ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object} -MD -MF ${object}.d
            DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
            DEPFILE ${object}.d
            COMMENT "Compiling CUDA kernels ${source}"
            VERBATIM)
        target_sources(${target} PRIVATE ${object})
        set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    endforeach()
    target_compile_definitions(${target} PUBLIC HEADROOM_HAS_CUDA_KERNELS=1)
    message(STATUS "CUDA kernels: built with ${HEADROOM_NVCC}")
endfunction()
