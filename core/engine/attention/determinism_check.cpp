// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/determinism_check.h"

#include "core/engine/device/price.h"
#include "core/engine/device/synchronise.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

namespace headroom::engine
{
namespace
{

constexpr int kRepeats = 5;
constexpr std::int64_t kUsualBatch = 4;

/// How a tensor's bits compare over several runs with the first.
struct Repeats
{
    std::string name;
    int differing = 0;
    double furthest = 0;
};

double distance(const at::Tensor& first, const at::Tensor& second)
{
    const auto far = (first.to(at::kDouble) - second.to(at::kDouble)).abs();
    return far.numel() == 0 ? 0 : far.max().item<double>();
}

/// \a run gives the results of one more run; the first one gives the names.
std::vector<Repeats> repeat(const std::function<AttentionResults()>& run, int times)
{
    const auto first = namedTensors(run());
    std::vector<Repeats> tensors;
    for (const auto& [name, tensor] : first)
    {
        tensors.push_back({name, 0, 0});
    }
    for (int at = 1; at < times; ++at)
    {
        const auto again = namedTensors(run());
        for (std::size_t i = 0; i < first.size() && i < again.size(); ++i)
        {
            if (!bitEqual(first[i].second, again[i].second))
            {
                ++tensors[i].differing;
                tensors[i].furthest = std::max(tensors[i].furthest, distance(first[i].second, again[i].second));
            }
        }
    }
    return tensors;
}

bool allEqual(const std::vector<Repeats>& tensors)
{
    return std::all_of(tensors.begin(), tensors.end(), [](const Repeats& tensor) { return tensor.differing == 0; });
}

bool sameTensors(const std::vector<std::pair<const char*, at::Tensor>>& first,
                 const std::vector<std::pair<const char*, at::Tensor>>& second)
{
    return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                      [](const auto& one, const auto& other) { return bitEqual(one.second, other.second); });
}

std::string namesOf(const std::vector<Repeats>& tensors, bool differing)
{
    std::string names;
    for (const auto& tensor : tensors)
    {
        if ((tensor.differing > 0) == differing)
        {
            names += (names.empty() ? "" : ", ") + tensor.name;
        }
    }
    return names;
}

CheckResult resultOf(CheckKind check, Backend backend, const AttentionProblem& problem)
{
    CheckResult result;
    result.check = check;
    result.backend = backend;
    result.subject = describe(problem);
    return result;
}

/// Sets the answer of a backend that gave no results. \returns whether there are some.
bool gaveResults(const BackendTrial& trial, CheckResult& result)
{
    if (trial.end == TrialEnd::Done || trial.end == TrialEnd::InferenceOnly)
    {
        return true;
    }
    result.status = trial.end == TrialEnd::Refused ? CheckStatus::NotApplicable : CheckStatus::CouldNotTell;
    result.summary = (trial.end == TrialEnd::Refused ? "refused: " : "it failed: ") + trial.words;
    return false;
}

/// The call as often as asked for, with one backend.
struct RepeatedCall
{
    Backend backend;
    AttentionInputs inputs;
    at::Tensor outputGradient; ///< undefined: forward alone

    AttentionResults results() const { return attendWithGradients(backend, inputs, outputGradient); }

    /// Forward and backward without the log-sum-exp's own call.
    void run() const { attendOnce(backend, inputs, outputGradient); }
};

/// What the switch does to the call: to its bits, and to its time.
std::vector<std::string> switchLines(const RepeatedCall& call, bool equalWithout, CaseTimer& timer)
{
    std::vector<Repeats> under;
    bool sameBits = false;
    try
    {
        const auto without = namedTensors(call.results());
        const DeterministicGuard on(true);
        under = repeat([&] { return call.results(); }, kRepeats);
        sameBits = sameTensors(without, namedTensors(call.results()));
    }
    catch (const c10::Error& error)
    {
        return {"with deterministic algorithms: refused, " + firstSentence(error)};
    }
    const auto price = priceOf([&] { call.run(); },
                               [&]
                               {
                                   const DeterministicGuard on(true);
                                   call.run();
                               },
                               timer);
    std::vector<std::string> lines;
    const bool equalUnder = allEqual(under);
    if (!equalUnder)
    {
        lines.push_back(fmt::format("the switch for deterministic algorithms has no effect on the bits: {} still "
                                    "differ with it",
                                    namesOf(under, true)));
    }
    else if (!equalWithout)
    {
        lines.emplace_back("with deterministic algorithms all tensors are equal to the bit");
    }
    lines.push_back(fmt::format("price of deterministic algorithms: {}{}", toText(price),
                                equalWithout && sameBits ? "; the switch changes no bit here, and none had to" : ""));
    return lines;
}

void checkRepeats(const RepeatedCall& call, CaseTimer& timer, CheckResult& result)
{
    const auto tensors = repeat([&] { return call.results(); }, kRepeats);
    const bool equal = allEqual(tensors);
    result.status = equal ? CheckStatus::Passed : CheckStatus::Failed;
    result.summary = equal ? fmt::format("{} are equal to the bit in {} runs", namesOf(tensors, false), kRepeats)
                           : fmt::format("{} differ between {} runs", namesOf(tensors, true), kRepeats);
    for (const auto& tensor : tensors)
    {
        result.details.push_back(tensor.differing == 0
                                     ? fmt::format("{}: equal to the bit in {} runs", tensor.name, kRepeats)
                                     : fmt::format("{}: {} of {} repeats differ from the first run, by up to {:.2e}",
                                                   tensor.name, tensor.differing, kRepeats - 1, tensor.furthest));
    }
    const auto lines = switchLines(call, equal, timer);
    result.details.insert(result.details.end(), lines.begin(), lines.end());
}

/// Item \a item of a batch, as a batch of one.
RepeatedCall itemOf(const RepeatedCall& call, std::int64_t item)
{
    RepeatedCall alone = call;
    alone.inputs.query = call.inputs.query.narrow(0, item, 1);
    alone.inputs.key = call.inputs.key.narrow(0, item, 1);
    alone.inputs.value = call.inputs.value.narrow(0, item, 1);
    if (call.inputs.mask && call.inputs.mask->dim() == 4 && call.inputs.mask->size(0) > 1)
    {
        alone.inputs.mask = call.inputs.mask->narrow(0, item, 1);
    }
    if (call.outputGradient.defined())
    {
        alone.outputGradient = call.outputGradient.narrow(0, item, 1);
    }
    return alone;
}

std::string priceOfItems(const RepeatedCall& call, CaseTimer& timer)
{
    const auto batch = call.inputs.query.size(0);
    std::vector<RepeatedCall> items;
    for (std::int64_t item = 0; item < batch; ++item)
    {
        items.push_back(itemOf(call, item));
    }
    const auto price = priceOf([&] { call.run(); },
                               [&]
                               {
                                   for (const auto& item : items)
                                   {
                                       item.run();
                                   }
                               },
                               timer);
    return fmt::format("price of {} items one by one: {}", batch, toText(price));
}

void checkItems(const RepeatedCall& call, CaseTimer& timer, CheckResult& result)
{
    const auto batch = namedTensors(call.results());
    const auto alone = namedTensors(itemOf(call, 0).results());
    std::string differing;
    double furthest = 0;
    for (std::size_t at = 0; at < batch.size() && at < alone.size(); ++at)
    {
        const auto& name = batch[at].first;
        if (batch[at].second.dim() == 0 || batch[at].second.size(0) == alone[at].second.size(0))
        {
            continue; // the gradient of a mask that the items share is summed over them
        }
        const auto item = batch[at].second.narrow(0, 0, 1);
        const bool equal = bitEqual(item, alone[at].second);
        const double far = equal ? 0 : distance(item, alone[at].second);
        furthest = std::max(furthest, far);
        differing += equal ? "" : (differing.empty() ? "" : ", ") + std::string(name);
        result.details.push_back(equal ? fmt::format("{}: equal to the bit", name)
                                       : fmt::format("{}: differs by up to {:.2e}", name, far));
    }
    const auto size = call.inputs.query.size(0);
    result.status = differing.empty() ? CheckStatus::Passed : CheckStatus::Failed;
    result.summary = differing.empty()
                         ? fmt::format("an item has the same bits alone and in a batch of {}", size)
                         : fmt::format("{} of an item are not the same alone and in a batch of {}, by up to {:.2e}",
                                       differing, size, furthest);
    result.details.push_back(priceOfItems(call, timer));
}

/// Fills in the result of a call that its backend can do.
using Check = void (*)(const RepeatedCall&, CaseTimer&, CheckResult&);

/// \a check of \a call, with gradients, or, where the backend takes the call in inference alone, without.
CheckResult resultOf(Check check, CheckKind kind, RepeatedCall call, const AttentionProblem& problem, CaseTimer& timer)
{
    auto result = resultOf(kind, call.backend, problem);
    const auto trial = tryBackend(call.backend, call.inputs, call.outputGradient);
    if (gaveResults(trial, result))
    {
        if (trial.end == TrialEnd::InferenceOnly)
        {
            call.outputGradient = at::Tensor();
        }
        check(call, timer, result);
    }
    return result;
}

void checkEach(Check check, CheckKind kind, const AttentionProblem& problem, const std::vector<Backend>& backends,
               const CheckSetting& setting, CaseTimer& timer, const EventDataSink& sink, std::stop_token stop)
{
    const auto inputs = makeInputs(problem, setting.device, setting.seed);
    const auto outputGradient =
        problem.needsGradients ? makeOutputGradient(problem, setting.device, setting.seed) : at::Tensor();
    for (const auto backend : backends)
    {
        if (stop.stop_requested())
        {
            return;
        }
        try
        {
            sink(Judged{std::nullopt, resultOf(check, kind, {backend, inputs, outputGradient}, problem, timer)});
        }
        catch (const c10::Error& error)
        {
            synchronise(setting.device); // a lost context ends the job
            auto result = resultOf(kind, backend, problem);
            result.summary = firstSentence(error);
            sink(Judged{std::nullopt, std::move(result)});
        }
    }
}

/// Each backend draws a dropout mask of its own, anew each time.
AttentionProblem withoutDropout(AttentionProblem problem)
{
    problem.dropout = 0;
    return problem;
}

} // namespace

DeterministicGuard::DeterministicGuard(bool on)
    : m_on(at::globalContext().deterministicAlgorithms()),
      m_warnOnly(at::globalContext().deterministicAlgorithmsWarnOnly())
{
    at::globalContext().setDeterministicAlgorithms(on, /*warn_only=*/false);
}

DeterministicGuard::~DeterministicGuard()
{
    at::globalContext().setDeterministicAlgorithms(m_on, m_warnOnly);
}

void checkCallDeterminism(const AttentionProblem& problem, const std::vector<Backend>& backends,
                          const CheckSetting& setting, CaseTimer& timer, const EventDataSink& sink,
                          std::stop_token stop)
{
    checkEach(checkRepeats, CheckKind::Determinism, withoutDropout(problem), backends, setting, timer, sink,
              std::move(stop));
}

void checkBatchInvariance(const AttentionProblem& problem, const std::vector<Backend>& backends,
                          const CheckSetting& setting, CaseTimer& timer, const EventDataSink& sink,
                          std::stop_token stop)
{
    auto batched = withoutDropout(problem);
    batched.batch = batched.batch < 2 ? kUsualBatch : batched.batch;
    checkEach(checkItems, CheckKind::BatchInvariance, batched, backends, setting, timer, sink, std::move(stop));
}

} // namespace headroom::engine
