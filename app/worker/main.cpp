// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/libtorch_engine.h"
#include "core/run/worker_service.h"
#include "core/version/build_info.h"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include <unistd.h>

namespace
{

constexpr std::string_view kUsage =
    "headroom-worker: runs attention through LibTorch for headroom and headroom-cli.\n"
    "\n"
    "  headroom-worker               serve requests, one JSON line each, on standard input\n"
    "  headroom-worker --plan FILE   run a plan with no front end, for a debugger or a profiler; events go to "
    "standard\n"
    "                                output\n"
    "  headroom-worker --version\n";

} // namespace

int main(int argc, char** argv)
{
    const std::string_view command = argc > 1 ? argv[1] : "";
    if (command == "--help" || command == "-h")
    {
        std::cout << kUsage;
        return 0;
    }
    if (command == "--version")
    {
        std::cout << "headroom-worker " << headroom::buildInfo().version << '\n';
        return 0;
    }
    // Shapes follow each other, and segments that cannot grow leave holes that only cudaFree, which waits for the
    // device, can fill. Read by LibTorch at its first allocation; a setting of the user's own stays.
    setenv("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True", 0);
    const int output = headroom::moveProtocolOffStdout();
    int status = 3;
    if (command.empty())
    {
        headroom::engine::LibtorchEngine engine;
        status = headroom::serveWorker(engine, STDIN_FILENO, output);
    }
    else if (command == "--plan" && argc == 3)
    {
        headroom::engine::LibtorchEngine engine;
        status = headroom::runPlanFile(engine, argv[2], output);
    }
    else
    {
        std::cerr << kUsage;
    }
    std::cout.flush();
    _exit(status); // static destructors of CUDA libraries may crash on the way out
}
