# SPDX-License-Identifier: GPL-3.0-or-later
# headroom_add_cuda_kernels(target sources...): compiles .cu files with nvcc by a custom command, so that configuring
# stays fast and a machine without nvcc builds all the rest. HEADROOM_HAS_CUDA_KERNELS says whether it did.

# The first nvcc of LibTorch's own CUDA series: the machine's, else PyPI's beside LibTorch.
function(headroom_find_nvcc result)
    find_program(HEADROOM_NVCC_ON_PATH nvcc HINTS /usr/local/cuda/bin)
    foreach(nvcc ${HEADROOM_NVCC} ${HEADROOM_NVCC_ON_PATH} "${HEADROOM_LIBTORCH}/../nvidia/cu13/bin/nvcc")
        if(EXISTS ${nvcc})
            execute_process(COMMAND ${nvcc} --version OUTPUT_VARIABLE version ERROR_QUIET)
            if(version MATCHES "release 13\\.")
                set(${result} ${nvcc} PARENT_SCOPE)
                return()
            endif()
            message(STATUS "CUDA kernels: ${nvcc} is not of CUDA 13 and is passed over")
        endif()
    endforeach()
    set(${result} "" PARENT_SCOPE)
endfunction()

function(headroom_add_cuda_kernels target)
    set(nvcc "")
    if(HEADROOM_LIBTORCH_HAS_CUDA)
        headroom_find_nvcc(nvcc)
    endif()
    if(NOT nvcc)
        if(HEADROOM_CUDA STREQUAL "ON")
            message(FATAL_ERROR "HEADROOM_CUDA=ON, and no nvcc of CUDA 13 was found; name one with HEADROOM_NVCC")
        endif()
        message(STATUS "CUDA kernels: left out")
        set(HEADROOM_HAS_CUDA_KERNELS 0 PARENT_SCOPE)
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
            COMMAND ${nvcc} -std=c++17 -O3 ${architectures} -Xcompiler=-fPIC -I${CMAKE_SOURCE_DIR} -c
                    ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object} -MD -MF ${object}.d
            DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
            DEPFILE ${object}.d
            COMMENT "Compiling CUDA kernels ${source}"
            VERBATIM)
        target_sources(${target} PRIVATE ${object})
        set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    endforeach()
    set(HEADROOM_HAS_CUDA_KERNELS 1 PARENT_SCOPE)
    message(STATUS "CUDA kernels: built with ${nvcc}")
endfunction()
