// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/circumstances.h"

#include <algorithm>

namespace headroom
{
namespace
{

/// Calls visitor(name, member) for each member: the one list behind both directions.
template <typename Self, typename Visitor> void visitMembers(Self& self, Visitor&& visitor)
{
    visitor("headroomVersion", self.headroomVersion);
    visitor("gitHash", self.gitHash);
    visitor("gitDirty", self.gitDirty);
    visitor("libtorchVersion", self.libtorchVersion);
    visitor("libtorchPath", self.libtorchPath);
    visitor("sdpaAvailable", self.sdpaAvailable);
    visitor("cudaBuilt", self.cudaBuilt);
    visitor("cudaAvailable", self.cudaAvailable);
    visitor("cudaProblem", self.cudaProblem);
    visitor("cudaVersion", self.cudaVersion);
    visitor("cudaRuntimeVersion", self.cudaRuntimeVersion);
    visitor("driverCudaVersion", self.driverCudaVersion);
    visitor("driverVersion", self.driverVersion);
    visitor("cudnnVersion", self.cudnnVersion);
    visitor("cudnnPath", self.cudnnPath);
    visitor("cudaKernelsBuilt", self.cudaKernelsBuilt);
    visitor("devices", self.devices);
    visitor("selected", self.selected);
    visitor("threads", self.threads);
    visitor("hostName", self.hostName);
    visitor("operatingSystem", self.operatingSystem);
    visitor("sdpaPriority", self.sdpaPriority);
    visitor("flags", self.flags);
    visitor("environment", self.environment);
    visitor("others", self.others);
}

} // namespace

const DeviceFacts* Circumstances::selectedDevice() const
{
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [this](const DeviceFacts& device)
                                    { return device.kind == selected.kind && device.ordinal == selected.ordinal; });
    return found == devices.end() ? nullptr : &*found;
}

void to_json(Json& json, const Circumstances& circumstances)
{
    json = Json::object();
    visitMembers(circumstances, [&json](const char* name, const auto& member) { json[name] = member; });
}

void from_json(const Json& json, Circumstances& circumstances)
{
    circumstances = {};
    visitMembers(circumstances,
                 [&json](const char* name, auto& member)
                 {
                     if (const auto found = json.find(name); found != json.end())
                     {
                         found->get_to(member);
                     }
                 });
}

} // namespace headroom
