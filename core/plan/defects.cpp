// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/defects.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;

const std::vector<Backend> kAll{Backend::Math, Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn};

/// A row with what most have in common. Which devices, what it may do to its process, and what it needs follow.
Defect row(std::string_view id, std::string_view issues, std::string link, std::string_view title,
           std::string_view history, std::vector<Backend> backends)
{
    Defect defect;
    defect.id = id;
    defect.issues = issues;
    defect.link = std::move(link);
    defect.title = title;
    defect.history = history;
    defect.backends = std::move(backends);
    return defect;
}

Defect onBoth(Defect defect)
{
    defect.onCpu = true;
    return defect;
}

Defect onCpuAlone(Defect defect)
{
    defect.onCpu = true;
    defect.onCuda = false;
    return defect;
}

Defect onCapability(Defect defect, int least, int most = 999)
{
    defect.leastCapability = least;
    defect.mostCapability = most;
    return defect;
}

Defect crashing(Defect defect)
{
    defect.crashes = true;
    return defect;
}

Defect needing(Defect defect, double seconds, std::int64_t gibibytes = 0)
{
    defect.seconds = seconds;
    defect.memoryBytes = gibibytes * kGibibyte;
    return defect;
}

Defect unreachable(Defect defect, std::string_view why)
{
    defect.unreachable = why;
    return defect;
}

std::string issue(int number)
{
    return fmt::format("https://github.com/pytorch/pytorch/issues/{}", number);
}

std::vector<Defect> allDefects()
{
    return {
        needing(onBoth(row("B1", "#103963, #110213, #109517", issue(103963),
                           "Rows that see no key give NaN instead of zero.",
                           "until 2.4; zeros since 2.5 (#131060, #133882)", kAll)),
                3),
        needing(onCapability(row("B2", "#196678", issue(196678),
                                 "dQ of cuDNN is NaN beside a mask where the log-sum-exp of a row is below -88.7.",
                                 "2.11 with cuDNN 9.19; fixed by cuDNN 9.26", {Backend::Cudnn}),
                             80),
                6),
        needing(onCapability(row("B3", "#193893", issue(193893),
                                 "cuDNN is wrong in decoding with fewer than 8 key/value heads.",
                                 "2.11 and 2.13, seen on B200 alone", {Backend::Cudnn}),
                             100, 109),
                6),
        needing(row("B4", "#162588, #187227", issue(162588),
                    "Memory-efficient attention with a mask is wrong in rows past 2^32 mask elements.",
                    "2.11; fixed in June 2026 (#186075, #187225)", {Backend::MemoryEfficient}),
                20, 22),
        needing(crashing(row("B5", "#150054", issue(150054),
                             "The backward pass of memory-efficient attention reads out of bounds at a long, odd "
                             "length with a mask.",
                             "fixed by #155397", {Backend::MemoryEfficient})),
                20, 28),
        needing(row("B6", "#107959", issue(107959),
                    "A large expanded bias is refused or read wrongly by memory-efficient attention.", "2.1",
                    {Backend::MemoryEfficient}),
                10, 16),
        needing(row("B7", "#146704, #142228, #133976, #177985", issue(146704),
                    "65536 batch items or heads end in an invalid launch configuration.", "2.11, open",
                    {Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn}),
                10, 2),
        needing(crashing(
                    row("B8", "#183484", issue(183484),
                        "Memory-efficient attention loads misaligned addresses when a view does not begin at 16 bytes.",
                        "2.11", {Backend::MemoryEfficient})),
                3),
        needing(row("B9", "#139424, #140192", issue(139424),
                    "Memory-efficient attention reads out of bounds when the width of the mask is no multiple of 8.",
                    "2.5.0; fixed in 2.5.1", {Backend::MemoryEfficient}),
                4),
        needing(onCapability(row("B10", "#191937", issue(191937),
                                 "Memory-efficient attention is wrong for expanded keys and values at lengths one over "
                                 "a multiple of 32.",
                                 "2.12", {Backend::MemoryEfficient}),
                             80),
                4),
        needing(crashing(row("B11", "#148476", issue(148476),
                             "The backward pass reads memory that is not there when the mask alone needs a gradient.",
                             "2.11; fixed in June 2026 (#188302)", {Backend::MemoryEfficient})),
                3),
        needing(onCapability(row("B12", "#138340, #138354", issue(138340),
                                 "cuDNN ignores how the query lies in memory and gives a wrong output.",
                                 "2.5.0; fixed in 2.5.1", {Backend::Cudnn}),
                             80),
                4),
        needing(
            onBoth(row("B13", "#141147", issue(141147),
                       "Gradients are wrong or refused when the gradient that comes back is expanded or transposed.",
                       "2.5 with cuDNN; fixed", kAll)),
            4),
        needing(onCapability(row("B14", "#176915", issue(176915),
                                 "The direct cuDNN backward operator fails unless output and its gradient lie alike.",
                                 "2.11", {Backend::Cudnn}),
                             80),
                4),
        needing(
            onCapability(row("B15", "#138529", issue(138529),
                             "The backward pass of cuDNN fails for one query and 65536 keys.", "2.5", {Backend::Cudnn}),
                         80),
            6, 1),
        needing(
            crashing(onCapability(
                row("B16", "cudnn-frontend #1071, #1072", "https://github.com/NVIDIA/cudnn-frontend/issues/1071",
                    "cuDNN crashes, or gives NaN in dK and dV, for a single query.", "cuDNN 9.26", {Backend::Cudnn}),
                80)),
            6),
        needing(onCapability(row("B17", "#169849, #171627", issue(169849),
                                 "cuDNN reads out of bounds at lengths that are no multiple of 128.",
                                 "cuDNN before 9.15.1", {Backend::Cudnn}),
                             80),
                6, 2),
        needing(onCapability(row("B18", "#139298", issue(139298), "cuDNN gives NaN after some steps of training.",
                                 "2.5.0; fixed in 2.5.1", {Backend::Cudnn}),
                             80),
                10),
        needing(onCapability(row("B19", "#140930, #129579", issue(140930),
                                 "cuDNN is chosen and then has no execution plan.", "2.5", {Backend::Cudnn}),
                             80),
                20),
        needing(onCapability(row("B20", "#161210", issue(161210),
                                 "cuDNN takes head_dim above 128 in one version and fails on it in the next.",
                                 "varies with cuDNN", {Backend::Cudnn}),
                             80),
                20),
        needing(crashing(onCapability(row("B21", "#173953", issue(173953),
                                          "The backward pass of flash reads out of bounds at head_dim near 160.",
                                          "2.10 and later, seen on A100 and B200", {Backend::Flash}),
                                      80)),
                10),
        onBoth(
            row("B22", "#108108, #110144", issue(108108),
                "is_causal aligns its triangle at the top left, so decoding with a cache sees one key instead of all.",
                "by design", kAll)),
        needing(
            onBoth(row(
                "B23", "#154363, #181528", issue(154363),
                "Grouped or single key/value heads fall back to math without a word, and need memory for all scores.",
                "2.11; memory-efficient takes them since #191085", {Backend::Default})),
            3),
        onBoth(row("B24", "#184330", issue(184330),
                   "Query and key of head_dim 0 give zeros instead of the mean of the values.", "2.12",
                   {Backend::Default, Backend::Math})),
        needing(
            onBoth(row("B25", "#127523, #116333", issue(127523),
                       "A head_dim of 1 or other single dimensions are refused for their strides, or computed wrongly.",
                       "2.3", kAll)),
            3),
        needing(onBoth(row("B26", "#101967, #141128", issue(101967),
                           "NaN in masked-out keys reaches the output, or NaN in keys that take part is lost.",
                           "the first by design (0 times NaN is NaN); the second on the CPU in 2.5", kAll)),
                3),
        needing(crashing(onCpuAlone(row("B27", "#141219, #187506", issue(141219),
                                        "The direct flash operator of the CPU ends the process for empty dimensions, "
                                        "and is wrong for a strided head_dim.",
                                        "2.11", {Backend::Flash}))),
                3),
        onCpuAlone(row("B28", "#156487", issue(156487),
                       "Flash on the CPU gives NaN for rows that are padded with the lowest finite number.", "2.7",
                       {Backend::Flash})),
        needing(
            onCapability(row("B29", "flash-attention #1500", "https://github.com/Dao-AILab/flash-attention/issues/1500",
                             "The backward pass of flash overflows 32-bit offsets at batches of ten thousand and more.",
                             "flash-attention before 2.8", {Backend::Flash}),
                         80),
            20, 56),
        onBoth(row("B30", "#122753", issue(122753), "Flash ignores a mask that it is given.", "2.2", {Backend::Flash})),
        unreachable(row("B31", "NVBug 6057616", "https://github.com/NVIDIA/cudnn-frontend/pull/304",
                        "cuDNN ignores the strides of a log-sum-exp that the caller made.",
                        "cuDNN before 9.26, compute capability 8.x", {Backend::Cudnn}),
                    "LibTorch always hands cuDNN the log-sum-exp of its own forward pass, which is contiguous"),
        unreachable(row("B32", "TransformerEngine #3216", "https://github.com/NVIDIA/TransformerEngine/issues/3216",
                        "The backward pass of FlashAttention-4 is wrong at head_dim 256.", "2026", {Backend::Flash}),
                    "FlashAttention-4 comes with Python packages alone and is not in LibTorch"),
    };
}

std::string capabilityText(int capability)
{
    return fmt::format("{}.{}", capability / 10, capability % 10);
}

} // namespace

void to_json(Json& json, const Defect& defect)
{
    std::vector<std::string> devices;
    if (defect.onCpu && defect.unreachable.empty())
    {
        devices.emplace_back("cpu");
    }
    if (defect.onCuda && defect.unreachable.empty())
    {
        devices.emplace_back("cuda");
    }
    json = Json{{"id", defect.id},
                {"issues", defect.issues},
                {"link", defect.link},
                {"title", defect.title},
                {"history", defect.history},
                {"backends", defect.backends},
                {"devices", devices},
                {"isolated", defect.crashes},
                {"memoryBytes", defect.memoryBytes},
                {"unreachable", defect.unreachable}};
}

std::span<const Defect> knownDefects()
{
    static const std::vector<Defect> defects = allDefects();
    return defects;
}

const Defect* findDefect(std::string_view id)
{
    const auto defects = knownDefects();
    const auto found = std::find_if(defects.begin(), defects.end(), [&](const Defect& row) { return row.id == id; });
    return found == defects.end() ? nullptr : &*found;
}

std::string whyNotApplicable(const Defect& defect, const DeviceFacts& device)
{
    if (!defect.unreachable.empty())
    {
        return std::string(defect.unreachable);
    }
    if (device.kind == DeviceKind::Cpu)
    {
        return defect.onCpu ? std::string() : "it is of CUDA kernels, and this is the CPU";
    }
    if (!defect.onCuda)
    {
        return "it is of the CPU's kernel";
    }
    if (device.computeCapability < defect.leastCapability || device.computeCapability > defect.mostCapability)
    {
        const std::string range =
            defect.mostCapability < 999
                ? fmt::format("{} to {}", capabilityText(defect.leastCapability), capabilityText(defect.mostCapability))
                : fmt::format("{} and later", capabilityText(defect.leastCapability));
        return fmt::format("it is of compute capability {}, and this device has {}", range,
                           capabilityText(device.computeCapability));
    }
    const bool cudnnAlone = defect.backends.size() == 1 && defect.backends.front() == Backend::Cudnn;
    return cudnnAlone && device.cudnnVersion == 0 ? "there is no cuDNN here" : std::string();
}

} // namespace headroom
