// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/graph_replay.h"

#include "core/engine/cuda_support.h"

#include "core/run/engine.h"

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <optional>

namespace headroom::engine
{
namespace
{

constexpr int kWarmUps = 3; ///< of each run: PyTorch's own number (torch.cuda.graphs)

/// Ends a capture that an exception leaves, without which the stream stays unusable.
class Capture
{
public:
    explicit Capture(at::cuda::CUDAGraph& graph) : m_graph(graph)
    {
        m_graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    }
    ~Capture()
    {
        if (!m_ended)
        {
            try
            {
                m_graph.capture_end();
            }
            catch (const std::exception&)
            {
                // The exception that broke the capture says why.
            }
        }
    }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    void end()
    {
        m_ended = true;
        m_graph.capture_end();
    }

private:
    at::cuda::CUDAGraph& m_graph;
    bool m_ended = false;
};

} // namespace

struct GraphReplay::Private
{
    GraphRuns runs; ///< their tensors are read by each replay
    at::cuda::CUDAGraph graph;
};

GraphReplay::GraphReplay(const c10::Device& device, const std::function<GraphRuns()>& makeRuns)
{
    if (!device.is_cuda())
    {
        throw EngineError(Cause::Unsupported, "a graph launch needs a CUDA device");
    }
    const c10::cuda::CUDAGuard onDevice(device);
    m_private = std::make_unique<Private>(); // a graph asks for a stream, and so for a device
    c10::cuda::device_synchronize();
    {
        const c10::cuda::CUDAStreamGuard onStream(
            c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index()));
        m_private->runs = makeRuns();
        for (const auto& run : m_private->runs)
        {
            for (int warmUp = 0; warmUp < kWarmUps; ++warmUp)
            {
                run();
            }
        }
        c10::cuda::device_synchronize();
        Capture capture(m_private->graph);
        for (const auto& run : m_private->runs)
        {
            run();
        }
        capture.end();
    }
    c10::cuda::device_synchronize();
    m_runs = static_cast<std::int64_t>(m_private->runs.size());
}

GraphReplay::~GraphReplay() = default;

void GraphReplay::replay()
{
    m_private->graph.replay();
}

} // namespace headroom::engine

#else

namespace headroom::engine
{

struct GraphReplay::Private
{
};

GraphReplay::GraphReplay(const c10::Device&, const std::function<GraphRuns()>&)
{
    throw EngineError(Cause::Unsupported, "a graph launch needs a CUDA device, and this worker was built without CUDA");
}

GraphReplay::~GraphReplay() = default;

void GraphReplay::replay() {}

} // namespace headroom::engine

#endif
