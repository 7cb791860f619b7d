// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace headroom::engine
{

/// Executions that follow each other in one captured CUDA graph.
using GraphRuns = std::vector<std::function<void()>>;

/// A CUDA graph of some runs: no launch of theirs waits for the host, and what an event pair costs is shared by all.
///
/// The graph is captured on a stream of its own after three warm-up executions there, since libraries make their
/// handles and plans for a stream at its first use. Capturing is local to this thread and to those of autograd.
class GraphReplay
{
public:
    /// \a makeRuns is called with the capturing stream current, so that a forward pass whose backward is captured runs
    /// on it. \throws EngineError(Unsupported) where \a device is no CUDA device, c10::Error for work that cannot be
    /// captured.
    GraphReplay(const c10::Device& device, const std::function<GraphRuns()>& makeRuns);
    ~GraphReplay();
    GraphReplay(const GraphReplay&) = delete;
    GraphReplay& operator=(const GraphReplay&) = delete;

    /// All runs once, on the current stream. Does not wait for their end.
    void replay();

    std::int64_t runs() const { return m_runs; }

private:
    struct Private;
    std::unique_ptr<Private> m_private;
    std::int64_t m_runs = 0;
};

} // namespace headroom::engine
