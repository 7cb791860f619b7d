// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/ladder_check.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kEveryMaskedRow = 7; ///< coprime to every tile
constexpr double kLargeNegative = -120;     ///< exp(-88.7) is the smallest normal float32 (pytorch/pytorch#196678)
constexpr double kWideDeviation = 12.5;     ///< four of them are 50
constexpr double kOutlier = 50;
constexpr double kDeviationsAtLargeLogits = 8;
constexpr double kPoison = 100;
constexpr double kSurroundings = 1e4; ///< what a kernel would read that looks beside its tensor
constexpr std::uint64_t kPoisonSeed = 0x706f69736f6e;

void maskRows(at::Tensor& mask)
{
    const double none = mask.scalar_type() == at::kBool ? 0.0 : kMinusInfinity;
    const auto rows = mask.size(-2);
    for (std::int64_t row = 0; row < rows; row += kEveryMaskedRow)
    {
        mask.select(-2, row).fill_(none);
    }
    mask.select(-2, rows - 1).fill_(none);
}

/// q k scale is near -120 for all of them: one channel carries it, a tenth of the others' size is left.
void makeLogitsNegative(AttentionInputs& inputs)
{
    inputs.query.mul_(0.1);
    inputs.key.mul_(0.1);
    const double product = -kLargeNegative / inputs.effectiveScale();
    const double share = product > 1e4 ? std::sqrt(product) : 1.0; // float16 ends at 65504
    inputs.query.select(-1, 0).fill_(share);
    inputs.key.select(-1, 0).fill_(-product / share);
}

void makeOutliers(at::Tensor& tensor)
{
    for (const std::int64_t channel : {std::int64_t{0}, tensor.size(-1) / 2})
    {
        tensor.select(-1, channel).mul_(kOutlier);
        if (tensor.size(-1) == 1)
        {
            return;
        }
    }
}

/// \a tensor as a part of a larger one: other strides, an offset, and large numbers all around.
at::Tensor cutOut(const at::Tensor& tensor)
{
    auto shape = tensor.sizes().vec();
    const auto length = std::exchange(shape[2], shape[2] + 3);
    const auto dim = std::exchange(shape[3], shape[3] + 8);
    const auto part = at::full(shape, kSurroundings, tensor.options()).narrow(2, 1, length).narrow(3, 0, dim);
    part.copy_(tensor);
    return part;
}

/// work(part, item) for the padded rows of each item of \a tensor ([B, H, Skv, D]).
template <typename Work> void forPadding(const AttentionProblem& problem, const at::Tensor& tensor, const Work& work)
{
    for (std::int64_t item = 0; item < problem.batch; ++item)
    {
        const auto kept = keysBeforePadding(problem, item);
        if (kept < problem.kvLength)
        {
            auto part = tensor.select(0, item).narrow(1, kept, problem.kvLength - kept);
            work(part, item, kept);
        }
    }
}

void poison(AttentionInputs& inputs, const AttentionProblem& problem, const CheckSetting& setting)
{
    const auto other = makeInputs(problem, setting.device, setting.seed ^ kPoisonSeed);
    for (const auto& [mine, its] : {std::pair{inputs.key, other.key}, std::pair{inputs.value, other.value}})
    {
        forPadding(problem, mine,
                   [&](at::Tensor& part, std::int64_t item, std::int64_t kept)
                   { part.copy_(its.select(0, item).narrow(1, kept, part.size(1)) * kPoison); });
    }
}

void fillPaddingWithNaN(const at::Tensor& tensor, const AttentionProblem& problem)
{
    forPadding(problem, tensor, [](at::Tensor& part, std::int64_t, std::int64_t) { part.fill_(kNaN); });
}

/// The numbers that the truth is of.
void twist(AttentionInputs& inputs, at::Tensor& outputGradient, const LadderStep& step)
{
    switch (step.twist)
    {
    case LadderTwist::FullyMaskedRows:
        maskRows(*inputs.mask);
        break;
    case LadderTwist::LargeNegativeLogits:
        makeLogitsNegative(inputs);
        break;
    case LadderTwist::WideLogits:
        inputs.query.mul_(kWideDeviation /
                          (inputs.effectiveScale() * std::sqrt(static_cast<double>(step.problem.headDimQk))));
        break;
    case LadderTwist::OutlierChannels:
        makeOutliers(inputs.key);
        makeOutliers(inputs.value);
        break;
    case LadderTwist::SlicedTensors:
        inputs.query = cutOut(inputs.query);
        inputs.key = cutOut(inputs.key);
        inputs.value = cutOut(inputs.value);
        break;
    case LadderTwist::TransposedOutputGradient:
        outputGradient = outputGradient.transpose(1, 2).contiguous().transpose(1, 2);
        break;
    case LadderTwist::ExpandedOutputGradient:
        outputGradient = at::ones({1, 1, 1, 1}, outputGradient.options()).expand(outputGradient.sizes());
        break;
    case LadderTwist::None:
    case LadderTwist::PoisonedPadding:
    case LadderTwist::NanInMaskedKeys:
    case LadderTwist::NanInMaskedValues:
    case LadderTwist::InvertedMask:
        break; // the truth is of the call as it is
    }
}

/// What the backend gets in place of \a clean.
AttentionInputs givenFor(const LadderStep& step, const AttentionInputs& clean, const CheckSetting& setting)
{
    auto given = clean;
    switch (step.twist)
    {
    case LadderTwist::PoisonedPadding:
    case LadderTwist::NanInMaskedKeys:
    case LadderTwist::NanInMaskedValues:
        given = makeInputs(step.problem, setting.device, setting.seed);
        if (step.twist == LadderTwist::PoisonedPadding)
        {
            poison(given, step.problem, setting);
        }
        else
        {
            fillPaddingWithNaN(step.twist == LadderTwist::NanInMaskedKeys ? given.key : given.value, step.problem);
        }
        break;
    case LadderTwist::InvertedMask:
        given.mask = clean.mask->logical_not();
        break;
    default:
        break;
    }
    return given;
}

/// Where all logits are far from zero every score carries the rounding of its size, and the largest of many errors
/// comes to lie several deviations out: up to the eight of reference_attention.h.
AccuracyPolicy policyFor(const LadderStep& step, AccuracyPolicy policy)
{
    if (step.twist == LadderTwist::LargeNegativeLogits || step.twist == LadderTwist::WideLogits)
    {
        policy.noiseDeviations = std::max(policy.noiseDeviations, kDeviationsAtLargeLogits);
    }
    return policy;
}

CheckResult resultOf(const LadderStep& step, Backend backend)
{
    CheckResult result;
    result.check = CheckKind::Ladder;
    result.backend = backend;
    result.item = step.name;
    return result;
}

/// Nothing when there are results to judge.
std::optional<CheckResult> withoutResults(const LadderStep& step, const BackendTrial& trial, Backend backend)
{
    auto result = resultOf(step, backend);
    switch (trial.end)
    {
    case TrialEnd::Done:
    case TrialEnd::InferenceOnly:
        return std::nullopt;
    case TrialEnd::Refused:
        result.status = CheckStatus::NotApplicable;
        result.summary = "refused: " + trial.words;
        break;
    case TrialEnd::OutOfMemory:
        result.status = CheckStatus::CouldNotTell;
        result.summary = "out of memory: " + trial.words;
        break;
    case TrialEnd::Threw:
        result.status = CheckStatus::Failed;
        result.summary = "it was chosen and then failed: " + trial.words;
        break;
    }
    return result;
}

/// In what a result says, the first tensor that is wrong.
std::string firstFault(const Judgement& judgement)
{
    for (const auto& tensor : judgement.tensors)
    {
        if (tensor.verdict == AccuracyVerdict::Failed || tensor.verdict == AccuracyVerdict::NotFinite)
        {
            return fmt::format("{}: {}", tensor.tensor, tensor.reason);
        }
    }
    return judgement.reason;
}

std::string names(const Judgement& judgement)
{
    std::string text;
    for (const auto& tensor : judgement.tensors)
    {
        text += (text.empty() ? "" : ", ") + tensor.tensor;
    }
    return text;
}

} // namespace

LadderCheck::LadderCheck(LadderStep step, const CheckSetting& setting)
    : m_step(std::move(step)), m_clean(makeInputs(m_step.problem, setting.device, setting.seed))
{
    const c10::NoGradGuard noGradients; // for the writing; the tensors themselves need none
    if (m_step.problem.needsGradients)
    {
        m_outputGradient = makeOutputGradient(m_step.problem, setting.device, setting.seed);
    }
    twist(m_clean, m_outputGradient, m_step);
    m_given = givenFor(m_step, m_clean, setting);
    m_judge = std::make_unique<AttentionJudge>(m_clean, m_outputGradient, policyFor(m_step, setting.policy));
    m_hasEmptyRows = at::isneginf(m_judge->reference().logSumExp).any().item<bool>();
}

CheckResult LadderCheck::check(Backend backend, const AttentionRun& run) const
{
    const auto trial = tryBackend(backend, m_given, m_outputGradient, run);
    if (const auto nothing = withoutResults(m_step, trial, backend))
    {
        return *nothing;
    }
    auto result =
        m_step.twist == LadderTwist::PoisonedPadding ? unchanged(trial, backend, run) : judged(trial, backend);
    if (trial.end == TrialEnd::InferenceOnly)
    {
        result.details.push_back("no gradients: " + trial.words);
    }
    return result;
}

CheckResult LadderCheck::judged(const BackendTrial& trial, Backend backend) const
{
    auto result = resultOf(m_step, backend);
    auto results = trial.results;
    const bool dropsLogSumExp = results.logSumExp.defined() && m_hasEmptyRows;
    if (dropsLogSumExp)
    {
        results.logSumExp = at::Tensor();
    }
    const auto judgement = m_judge->judge(backend, results);
    result.details = linesOf(judgement);
    if (dropsLogSumExp)
    {
        result.details.emplace_back("LSE: not judged, since nothing says what it is for a row that sees no key");
    }
    const bool wrong = isWrong(judgement);
    if (m_step.twist == LadderTwist::InvertedMask)
    {
        result.status = wrong ? CheckStatus::Passed : CheckStatus::Failed;
        result.summary = wrong ? "the judge rejects the inverted mask, as it must"
                               : "the judge accepts what comes of an inverted mask";
        return result;
    }
    if (!wrong && judgement.verdict != AccuracyVerdict::Passed)
    {
        result.status = CheckStatus::CouldNotTell;
        result.summary = judgement.reason;
        return result;
    }
    result.status = wrong ? CheckStatus::Failed : CheckStatus::Passed;
    result.summary = wrong ? firstFault(judgement) : fmt::format("{} are right", names(judgement));
    return result;
}

CheckResult LadderCheck::unchanged(const BackendTrial& trial, Backend backend, const AttentionRun& run) const
{
    auto result = resultOf(m_step, backend);
    const auto first = namedTensors(tryBackend(backend, m_clean, m_outputGradient, run).results);
    const auto again = namedTensors(tryBackend(backend, m_clean, m_outputGradient, run).results);
    const auto poisoned = namedTensors(trial.results);
    const auto judgement = m_judge->judge(backend, trial.results);
    result.status = CheckStatus::Passed;
    result.summary = "not a bit changes with what is in the padding";
    for (std::size_t at = 0; at < poisoned.size() && at < first.size() && at < again.size(); ++at)
    {
        const auto& [name, tensor] = poisoned[at];
        if (bitEqual(tensor, first[at].second))
        {
            result.details.push_back(fmt::format("{}: equal to the bit", name));
        }
        else if (bitEqual(first[at].second, again[at].second))
        {
            const auto far = (tensor.to(at::kDouble) - first[at].second.to(at::kDouble)).abs().max().item<double>();
            result.status = CheckStatus::Failed;
            result.summary = fmt::format("what is in the padding changes {}", name);
            result.details.push_back(fmt::format("{}: changed by up to {:.2e}", name, far));
        }
        else
        {
            result.details.push_back(fmt::format("{}: does not repeat its own bits, so it was judged instead", name));
        }
    }
    if (isWrong(judgement))
    {
        result.status = CheckStatus::Failed;
        result.summary = "with other numbers in the padding " + firstFault(judgement);
    }
    return result;
}

void checkLadderStep(const AttentionProblem& own, const std::string& item, const std::vector<Backend>& backends,
                     const CheckSetting& setting, const EventDataSink& sink, std::stop_token stop)
{
    auto step = findLadderStep(own, item);
    if (!step)
    {
        throw EngineError(Cause::Unsupported, fmt::format("the ladder of this call has no step '{}'", item));
    }
    const auto call = fmt::format("{}: {}", describe(step->problem), step->what);
    const LadderCheck ladder(*std::move(step), setting);
    for (const auto backend : backends)
    {
        if (stop.stop_requested())
        {
            return;
        }
        auto result = ladder.check(backend);
        result.subject = describe(own);
        result.details.insert(result.details.begin(), call);
        sink(Judged{std::nullopt, std::move(result)});
    }
}

} // namespace headroom::engine
