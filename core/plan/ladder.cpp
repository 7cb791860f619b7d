// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ladder.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

/// What can be padded away and still leave each item of a batch of two a masked key.
constexpr std::int64_t kFewestPaddedKeys = 4;

constexpr std::string_view kNanInKeys = "nan-in-masked-keys";
constexpr std::string_view kNanInValues = "nan-in-masked-values";

void boundHeads(AttentionProblem& problem)
{
    if (problem.queryHeads <= kLadderHeads || problem.queryHeads % problem.kvHeads != 0)
    {
        return;
    }
    const std::int64_t group = std::min(problem.queryHeads / problem.kvHeads, kLadderHeads);
    problem.kvHeads = std::min(problem.kvHeads, kLadderHeads / group);
    problem.queryHeads = problem.kvHeads * group;
}

void boundLengths(AttentionProblem& problem)
{
    const bool queryIsShorter = problem.queryLength < problem.kvLength;
    const bool alike = problem.queryLength == problem.kvLength;
    problem.queryLength = std::min(problem.queryLength, kLadderLength);
    problem.kvLength = std::min(problem.kvLength, kLadderLength);
    if (!alike && problem.queryLength == problem.kvLength)
    {
        (queryIsShorter ? problem.queryLength : problem.kvLength) = kLadderLength / 2;
    }
}

AttentionProblem withMask(AttentionProblem problem, MaskKind kind, MaskPattern pattern)
{
    problem.mask = kind;
    problem.maskPattern = pattern;
    problem.maskSpan = 0;
    problem.maskNeedsGradient = false;
    problem.causal = false; // a mask beside is_causal is refused or not defined
    return problem;
}

/// Collects the steps of one ladder.
class LadderBuilder
{
public:
    explicit LadderBuilder(const AttentionProblem& own) : m_own(ladderProblem(own)) {}

    std::vector<LadderStep> build()
    {
        add("own-call", "the call itself, at the ladder's sizes", m_own);
        addMasks();
        addNumbers();
        addLengths();
        addHeads();
        addLayouts();
        addOutputGradients();
        return std::move(m_steps);
    }

private:
    void add(std::string name, std::string what, const AttentionProblem& problem, LadderTwist twist = LadderTwist::None)
    {
        const bool known =
            std::any_of(m_steps.begin(), m_steps.end(),
                        [&](const LadderStep& step) { return step.problem == problem && step.twist == twist; });
        if (!known)
        {
            m_steps.push_back({std::move(name), std::move(what), twist, problem});
        }
    }

    /// A twist that writes into keys and values needs each element to have memory of its own.
    static AttentionProblem writable(AttentionProblem problem)
    {
        problem.layout = problem.layout == Layout::ExpandedKv ? Layout::Bhsd : problem.layout;
        return problem;
    }

    void addMasks()
    {
        add("fully-masked-rows", "rows that see no key must be zero and leave finite gradients",
            withMask(m_own, MaskKind::Boolean, MaskPattern::Random), LadderTwist::FullyMaskedRows);
        add("fully-masked-rows-additive", "the same by an additive mask of -infinity",
            withMask(m_own, MaskKind::Additive, MaskPattern::Random), LadderTwist::FullyMaskedRows);
        if (m_own.kvLength < 2)
        {
            return;
        }
        add("inverted-mask", "a mask of inverted polarity: the judge must see that its numbers are wrong",
            withMask(m_own, MaskKind::Boolean, MaskPattern::Random), LadderTwist::InvertedMask);
        if (m_own.kvLength < kFewestPaddedKeys)
        {
            return;
        }
        const auto padded = writable(withMask(m_own, MaskKind::Boolean, MaskPattern::Padding));
        add("padding-leak", "what is in padded keys and values must not change a bit of the rest", padded,
            LadderTwist::PoisonedPadding);
        add(std::string(kNanInKeys), "NaN in masked-out keys: right is that it stays there (pytorch/pytorch#101967)",
            padded, LadderTwist::NanInMaskedKeys);
        add(std::string(kNanInValues),
            "NaN in masked-out values: right is that it stays there, though 0 times NaN is NaN "
            "(pytorch/pytorch#101967)",
            padded, LadderTwist::NanInMaskedValues);
    }

    void addNumbers()
    {
        const auto plain = writable(m_own);
        if (effectiveScale(m_own) > 0)
        {
            add("large-negative-logits", "all logits near -120: the log-sum-exp of each row is below -88.7", plain,
                LadderTwist::LargeNegativeLogits);
            auto masked = withMask(plain, MaskKind::Boolean, MaskPattern::Padding);
            masked.kvLength = std::max<std::int64_t>(m_own.kvLength / 128, 1) * 128 + 64;
            masked.queryLength = m_own.queryLength == m_own.kvLength ? masked.kvLength : m_own.queryLength;
            add("large-negative-logits-masked",
                "the same beside a mask, at a length of 64 over a multiple of 128 "
                "(pytorch/pytorch#196678)",
                masked, LadderTwist::LargeNegativeLogits);
            add("logits-of-50", "logits up to about 50 either way: nearly one key a row", plain,
                LadderTwist::WideLogits);
        }
        add("outlier-channels", "two channels of keys and values fifty times as large as the others", plain,
            LadderTwist::OutlierChannels);
    }

    void addLength(std::int64_t length)
    {
        auto problem = m_own;
        problem.kvLength = length;
        problem.queryLength = m_own.queryLength == m_own.kvLength ? length : m_own.queryLength;
        add(fmt::format("length-{}", length), fmt::format("length {}, at the edge of a tile", length), problem);
    }

    void addLengths()
    {
        for (const std::int64_t tile : {32, 64, 128})
        {
            // Around the first multiple, and around the one next below the user's own length.
            for (const std::int64_t multiple : {tile, std::max<std::int64_t>(m_own.kvLength / tile, 1) * tile})
            {
                addLength(multiple - 1);
                addLength(multiple + 1);
            }
        }
        addLength(std::max<std::int64_t>(m_own.kvLength / 128, 1) * 128 + 64);

        auto unequal = m_own;
        unequal.queryLength = m_own.kvLength / 2 + 1;
        add("query-shorter", "about half as many queries as keys", unequal);
        unequal.queryLength = m_own.kvLength;
        unequal.kvLength = m_own.kvLength / 2 + 1;
        add("query-longer", "about twice as many queries as keys", unequal);
        auto cached = withMask(m_own, MaskKind::Boolean, MaskPattern::CausalBottomRight);
        cached.queryLength = std::max<std::int64_t>(m_own.kvLength / 4, 1);
        add("causal-with-cache", "the last quarter of the queries under a bottom-right triangle, as with a cache",
            cached);
        auto one = m_own;
        one.queryLength = 1;
        add("one-query", "a single query, as in decoding", one);
        one.queryLength = m_own.queryLength;
        one.kvLength = 1;
        add("one-key", "a single key: dQ and dK are zero, and all that is left of them is rounding", one);
    }

    void addHeads()
    {
        for (const std::int64_t heads : {1, 2, 4})
        {
            if (heads < m_own.queryHeads && m_own.queryHeads % heads == 0)
            {
                auto problem = m_own;
                problem.kvHeads = heads;
                add(fmt::format("kv-heads-{}", heads),
                    fmt::format("{} query heads share {} key/value head{}", m_own.queryHeads, heads,
                                heads == 1 ? "" : "s"),
                    problem);
            }
        }
    }

    void addLayouts()
    {
        const bool canBePacked = m_own.queryHeads == m_own.kvHeads && m_own.queryLength == m_own.kvLength &&
                                 m_own.headDimQk == m_own.headDimV;
        for (const auto layout : {Layout::Bhsd, Layout::Bshd, Layout::PackedQkv, Layout::ExpandedKv})
        {
            const bool needsHeads = layout == Layout::ExpandedKv && m_own.kvHeads < 2;
            if (layout == m_own.layout || needsHeads || (layout == Layout::PackedQkv && !canBePacked))
            {
                continue;
            }
            auto problem = m_own;
            problem.layout = layout;
            add(fmt::format("layout-{}", toString(layout)), fmt::format("tensors laid out as {}", toString(layout)),
                problem);
        }
        auto contiguous = m_own;
        contiguous.layout = Layout::Bhsd;
        add("sliced-tensors", "query, key and value cut out of larger tensors full of large numbers", contiguous,
            LadderTwist::SlicedTensors);
    }

    void addOutputGradients()
    {
        if (!m_own.needsGradients)
        {
            return;
        }
        add("transposed-output-gradient", "the gradient that comes back lies as [B, S, H, D] (pytorch/pytorch#141147)",
            m_own, LadderTwist::TransposedOutputGradient);
        add("expanded-output-gradient", "it is one number with stride 0, as after sum().backward()", m_own,
            LadderTwist::ExpandedOutputGradient);
    }

    AttentionProblem m_own;
    std::vector<LadderStep> m_steps;
};

} // namespace

AttentionProblem ladderProblem(const AttentionProblem& own)
{
    AttentionProblem problem = own;
    problem.dropout = 0; // each backend draws a mask of its own
    problem.batch = std::min(problem.batch, kLadderBatch);
    boundHeads(problem);
    boundLengths(problem);
    return problem;
}

std::vector<LadderStep> ladderSteps(const AttentionProblem& own)
{
    return LadderBuilder(own).build();
}

std::optional<LadderStep> findLadderStep(const AttentionProblem& own, std::string_view name)
{
    auto steps = ladderSteps(own);
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const LadderStep& step) { return step.name == name; });
    return found == steps.end() ? std::nullopt : std::optional(std::move(*found));
}

bool isByDesign(std::string_view name)
{
    return name == kNanInKeys || name == kNanInValues;
}

} // namespace headroom
