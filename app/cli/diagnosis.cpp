// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/diagnosis.h"

#include "core/hardware/version_text.h"
#include "core/launch/device_choice.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

Finding workerFinding(const Installation& seen)
{
    if (seen.worker.empty())
    {
        return {"worker", Health::Missing, seen.workerProblem,
                "./dev build    (builds headroom-worker beside headroom-cli)"};
    }
    const std::string place = fmt::format("{} ({})", seen.worker, seen.workerFoundBy);
    if (seen.machine)
    {
        return {"worker", Health::Good, place, ""};
    }
    return {"worker", Health::Missing, fmt::format("{} does not answer: {}", place, seen.workerProblem),
            fmt::format("{} --version    (shows what it lacks)", seen.worker)};
}

Finding libtorchFinding(const Installation& seen)
{
    if (seen.machine)
    {
        const std::string& path = seen.machine->libtorchPath;
        return {"LibTorch", Health::Good,
                fmt::format("{}{}{}", seen.machine->libtorchVersion, path.empty() ? "" : " in ", path), ""};
    }
    if (seen.libtorch.found)
    {
        const LibtorchPlace& place = *seen.libtorch.found;
        return {"LibTorch", Health::Good,
                fmt::format("{} in {} (found by {})", place.version, place.folder.string(), place.foundBy),
                fmt::format("export HEADROOM_LIBTORCH={}    (makes the worker use it)", place.folder.string())};
    }
    const std::string looked = seen.libtorch.rejected.empty()
                                   ? std::string("no Python that was asked has it")
                                   : fmt::format("{}", fmt::join(seen.libtorch.rejected, "; "));
    return {"LibTorch", Health::Missing, fmt::format("no LibTorch {}: {}", kLibtorchSeries, looked),
            fmt::format("python3 -m venv ~/libtorch && ~/libtorch/bin/pip install torch=={0}.0 && "
                        "export HEADROOM_LIBTORCH=~/libtorch",
                        kLibtorchSeries)};
}

Finding driverFinding(const Installation& seen)
{
    const std::string version =
        seen.machine && !seen.machine->driverVersion.empty() ? seen.machine->driverVersion : seen.driver;
    if (version.empty())
    {
        return {"NVIDIA driver", Health::Note, "none is loaded; runs are done on the CPU", ""};
    }
    if (seen.machine && seen.machine->driverCudaVersion > 0)
    {
        const bool tooOld = seen.machine->driverCudaVersion / 1000 < seen.machine->cudaRuntimeVersion / 1000;
        return {"NVIDIA driver", tooOld ? Health::Note : Health::Good,
                fmt::format("{}, takes CUDA up to {}", version, cudaVersionText(seen.machine->driverCudaVersion)),
                tooOld ? fmt::format("LibTorch wants CUDA {}: install a newer driver (580 or later for CUDA 13)",
                                     cudaVersionText(seen.machine->cudaRuntimeVersion))
                       : ""};
    }
    return {"NVIDIA driver", Health::Good, version, ""};
}

Finding cudaFinding(const Circumstances& machine)
{
    if (machine.cudaAvailable)
    {
        return {"CUDA", Health::Good, fmt::format("{}; {}", machine.cudaVersion, listDevices(machine)), ""};
    }
    const std::string why = machine.cudaProblem.empty() ? "no device can be used" : machine.cudaProblem;
    return {"CUDA", Health::Note, machine.cudaBuilt ? why : "this LibTorch was built without CUDA", ""};
}

Finding cudnnFinding(const Circumstances& machine)
{
    if (machine.cudnnVersion == 0)
    {
        return {"cuDNN", Health::Note, "not in use; its attention backend will not be measured", ""};
    }
    return {"cuDNN", Health::Good,
            fmt::format("{}{}{}", cudnnVersionText(machine.cudnnVersion), machine.cudnnPath.empty() ? "" : " in ",
                        machine.cudnnPath),
            ""};
}

Finding kernelsFinding(const Circumstances& machine)
{
    if (machine.cudaKernelsBuilt)
    {
        return {"CUDA kernels", Health::Good, "Headroom's own are in this worker", ""};
    }
    return {"CUDA kernels", Health::Note, "this worker was built without nvcc: clocks are not read with each sample",
            machine.cudaAvailable ? "./dev build    (after nvcc 13.0 is installed)" : ""};
}

} // namespace

std::vector<Finding> diagnose(const Installation& seen)
{
    std::vector<Finding> findings{workerFinding(seen), libtorchFinding(seen), driverFinding(seen)};
    if (seen.machine)
    {
        findings.push_back(cudaFinding(*seen.machine));
        findings.push_back(cudnnFinding(*seen.machine));
        findings.push_back(kernelsFinding(*seen.machine));
    }
    return findings;
}

bool canRun(const std::vector<Finding>& findings)
{
    return std::none_of(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.health == Health::Missing; });
}

} // namespace headroom::cli
