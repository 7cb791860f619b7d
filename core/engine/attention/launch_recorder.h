// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace headroom::engine
{

/// Hears of each CUDA kernel that this process launches, on any thread, while it lives, through CUPTI's callbacks at
/// the driver's launch functions. Launches that are captured into a CUDA graph count; replays of one do not.
///
/// It costs microseconds a launch and nothing else. Kineto's activity records, the other way to kernel names, cost
/// about a second each time that they are switched on (H100, LibTorch 2.11), several times what a case is timed for.
/// CUPTI takes one subscriber a process: under another profiler (nsys, ncu, Kineto) there are no names.
class LaunchRecorder
{
public:
    LaunchRecorder();
    ~LaunchRecorder();
    LaunchRecorder(const LaunchRecorder&) = delete;
    LaunchRecorder& operator=(const LaunchRecorder&) = delete;

    /// Whether CUPTI is there and has taken us as its subscriber.
    bool available() const;

    /// Forgets what was heard of until now.
    void forget();

    /// Demangled names in the order of the launches, each once.
    std::vector<std::string> kernels() const;

    struct Private; ///< complete in the source, where CUPTI's callback needs it

private:
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::engine
