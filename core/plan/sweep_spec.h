// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/batch_spec.h"
#include "core/plan/case.h"
#include "core/plan/sweep_mask.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// When a call keeps what a backward pass needs.
enum class Gradients
{
    ByPass, ///< a forward pass is inference, the other passes record
    Always  ///< a forward pass is that of a training step: inputs that need gradients
};

template <> struct EnumNames<Gradients>
{
    static constexpr std::string_view kind = "choice of gradients";
    static constexpr std::array names{std::pair{Gradients::ByPass, std::string_view{"by-pass"}},
                                      std::pair{Gradients::Always, std::string_view{"always"}}};
};

/// In place of a size: the same as that of the query (heads, length) or of query and key (head_dim).
inline constexpr std::int64_t kSame = 0;

/// What is swept: a list for each property of an attention call and of how it is run. All combinations are meant.
struct SweepSpec
{
    std::vector<std::int64_t> batches{4};
    std::vector<std::int64_t> heads{16};
    std::vector<std::int64_t> kvHeads{kSame};
    std::vector<std::int64_t> queryLengths{512, 1024, 2048};
    std::vector<std::int64_t> kvLengths{kSame};
    std::vector<BatchGroup> groups; ///< in place of batches and lengths, where there are any
    std::vector<std::int64_t> headDims{64};
    std::vector<std::int64_t> headDimsV{kSame};
    std::optional<std::int64_t> tokens; ///< batch = tokens / query length, in place of batches
    std::optional<std::int64_t> dModel; ///< heads = dModel / head_dim, in place of heads
    std::vector<DType> dtypes;          ///< none: bfloat16 on CUDA, float32 on the CPU
    std::vector<SweepMask> masks{SweepMask{}};
    bool servingMasks = false; ///< servingMask() of each group, in place of masks
    std::vector<double> dropouts{0.0};
    std::vector<Layout> layouts{Layout::Bhsd};
    std::optional<double> scale;
    std::vector<Backend> backends; ///< none: cuDNN, flash, memory-efficient and math on CUDA, flash and math on the CPU
    std::vector<Pass> passes{Pass::Forward};
    std::vector<Launch> launches{Launch::Eager};
    std::vector<L2State> l2States{L2State::Warm};
    std::vector<Gradients> gradients{Gradients::ByPass};

    bool operator==(const SweepSpec&) const = default;
};

/// What is timed together: cases that differ in their backend alone, the baseline first.
struct SweepCell
{
    std::vector<Case> cases;
    bool operator==(const SweepCell&) const = default;
};

/// One attention call with all that is timed of it. `problem` needs gradients where any cell does: it is what is
/// judged.
struct SweepGroup
{
    AttentionProblem problem;
    std::vector<SweepCell> cells;
    bool operator==(const SweepGroup&) const = default;
};

/// What is wrong with \a spec on \a device, a sentence each that names the flag; empty when all is well.
std::vector<std::string> problemsWith(const SweepSpec& spec, DeviceKind device);

/// All combinations of \a specs in a stable order (data type, layout, mask, dropout, head dims, heads, lengths, batch;
/// then gradients, pass, launch, L2, and backends), each case once. In each cell math is the first, where it is among
/// the backends. Asks for specs that problemsWith() finds nothing in.
std::vector<SweepGroup> expand(const std::vector<SweepSpec>& specs, DeviceKind device);

} // namespace headroom
