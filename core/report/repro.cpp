// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/repro.h"

#include "core/plan/ab_plan.h"
#include "core/plan/audit_plan.h"
#include "core/plan/preset.h"
#include "core/plan/sweep_spec.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// As a shell reads it as one word.
std::string quoted(const std::string& text)
{
    const std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=+@%";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos)
    {
        return text;
    }
    std::string result = "'";
    for (const char c : text)
    {
        result += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return result + "'";
}

/// A command line that grows by what is unlike the default.
class CommandLine
{
public:
    explicit CommandLine(std::string text) : m_text(std::move(text)) {}

    template <typename T> void add(std::string_view flag, const T& value)
    {
        m_text += fmt::format(" {} {}", flag, quoted(fmt::format("{}", value)));
    }
    void addSwitch(std::string_view flag, bool on) { m_text += on ? fmt::format(" {}", flag) : std::string(); }
    template <typename T> void addUnless(std::string_view flag, const T& value, const T& usual)
    {
        if (!(value == usual))
        {
            add(flag, value);
        }
    }
    const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

template <typename T> std::string optionText(const T& value)
{
    if constexpr (std::is_arithmetic_v<T>)
    {
        return fmt::format("{}", value);
    }
    else
    {
        return value ? fmt::format("{}", *value) : std::string();
    }
}

/// The preset and each option that the plan has changed of it.
void addPolicy(CommandLine& line, const Plan& plan, std::string_view presetFlag)
{
    const Preset preset = fromString<Preset>(plan.preset).value_or(Preset::Standard);
    line.add(presetFlag, toString(preset));
    const MeasurementPolicy usual = measurementPolicyOf(preset);
    Json usualValues = usual;
    MeasurementPolicy::visitOptions(plan.measurement,
                                    [&](const OptionInfo& info, const auto& value)
                                    {
                                        const bool changed = Json(value) != usualValues[std::string(info.name)];
                                        if (const auto text = optionText(value);
                                            changed && !info.flag.empty() && !text.empty())
                                        {
                                            line.add(info.flag, text);
                                        }
                                    });
}

void addShape(CommandLine& line, const AttentionProblem& problem)
{
    line.add("--batch-size", problem.batch);
    line.add("--num-heads", problem.queryHeads);
    line.addUnless("--kv-heads", problem.kvHeads, problem.queryHeads);
    line.add("--seq-len", problem.queryLength);
    line.addUnless("--kv-len", problem.kvLength, problem.queryLength);
    line.add("--head-dim", problem.headDimQk);
    line.addUnless("--head-dim-v", problem.headDimV, problem.headDimQk);
    line.add("--dtype", toString(problem.dtype));
    line.addUnless("--mask", toText(maskOf(problem)), toText(SweepMask{}));
    line.addUnless("--dropout", problem.dropout, 0.0);
    if (problem.scale)
    {
        line.add("--scale", *problem.scale);
    }
    line.addUnless("--layout", toString(problem.layout), toString(Layout::Bhsd));
}

std::string sweepLine(const Plan& plan, const Case& measured, const std::optional<Backend>& baseline)
{
    const auto& problem = std::get<AttentionProblem>(measured.subject);
    const bool sayable = parseSweepMask(toText(maskOf(problem))) == maskOf(problem) &&
                         (problem.needsGradients || measured.pass == Pass::Forward);
    if (!sayable)
    {
        return {};
    }
    CommandLine line("headroom-cli sweep");
    line.add("--device", toText(plan.device));
    addShape(line, problem);
    const bool beside = baseline && *baseline != measured.backend;
    line.add("--backends",
             fmt::format("{}{}", beside ? fmt::format("{},", toString(*baseline)) : "", toString(measured.backend)));
    line.add("--passes", toString(measured.pass));
    line.addUnless("--launch", toString(measured.launch), toString(Launch::Eager));
    line.addUnless("--l2", toString(measured.l2), toString(L2State::Warm));
    if (measured.pass == Pass::Forward && problem.needsGradients)
    {
        line.add("--gradients", toString(Gradients::Always));
    }
    line.add("--seed", plan.seed);
    addPolicy(line, plan, "--policy");
    return line.text();
}

/// Of a model from a file: the whole command again, since what it measures follows from what is seen in the model.
std::string modelFileLine(const Plan& plan, const Case& measured)
{
    InspectionRequest model = *plan.modelFile;
    const auto* input = std::get_if<ModelInput>(&measured.subject);
    if (input != nullptr && plan.command != kAuditCommand) // it may be a point of a sweep
    {
        const bool fixed = input->model.outline && input->model.outline->fixedSequence;
        model.batch = input->batch;
        model.sequence = fixed ? model.sequence : std::optional(input->sequence);
    }
    const bool audit = plan.command == kAuditCommand;
    CommandLine line(audit ? fmt::format("headroom-cli audit {}", quoted(plan.modelFile->path))
                           : "headroom-cli validate");
    if (!audit)
    {
        line.add("--model", model.path);
    }
    line.add("--device", toText(plan.device));
    for (const auto& [flag, size] : {std::pair{"--batch-size", model.batch}, std::pair{"--seq-len", model.sequence}})
    {
        if (size)
        {
            line.add(flag, *size);
        }
    }
    const auto& seen = plan.inspection; // a type that was the model's own is named as well
    const bool own = !model.dtype && seen && abilitiesOf(seen->loader).changesType;
    if (const auto dtype = own ? std::optional(seen->dtype) : model.dtype)
    {
        line.add("--dtype", toString(*dtype));
    }
    line.addSwitch("--autocast", model.autocast);
    line.addUnless("--input", model.inputFile, std::string());
    line.addSwitch("--allow-native-code", model.allowNativeCode);
    line.add("--seed", plan.seed);
    addPolicy(line, plan, "--preset");
    return line.text();
}

/// Name and value of all that a side of a comparison can set.
std::vector<std::pair<std::string, std::string>> settingsOf(const Case& measured)
{
    std::vector<std::pair<std::string, std::string>> settings;
    const auto add = [&](const char* name, const auto& value)
    { settings.emplace_back(name, fmt::format("{}", value)); };
    const auto& problem = std::get<AttentionProblem>(measured.subject);
    add("batch-size", problem.batch);
    add("num-heads", problem.queryHeads);
    add("kv-heads", problem.kvHeads);
    add("seq-len", problem.queryLength);
    add("kv-len", problem.kvLength);
    add("head-dim", problem.headDimQk);
    add("head-dim-v", problem.headDimV);
    add("dtype", toString(problem.dtype));
    add("mask", toString(problem.mask));
    add("mask-gradient", problem.maskNeedsGradient);
    add("causal", problem.causal);
    add("dropout", problem.dropout);
    if (problem.scale)
    {
        add("scale", *problem.scale);
    }
    add("layout", toString(problem.layout));
    add("backend", toString(measured.backend));
    add("pass", toString(measured.pass));
    add("launch", toString(measured.launch));
    add("l2", toString(measured.l2));
    return settings;
}

/// A's case is what both have in common, and B's settings are what is unlike.
std::string abLine(const Plan& plan)
{
    const auto cases = casesOf(plan.jobs.back());
    const auto sayable = [](const Case& side)
    {
        const auto* problem = std::get_if<AttentionProblem>(&side.subject);
        return problem != nullptr && problem->maskPattern == AttentionProblem{}.maskPattern;
    };
    if (cases.size() != 2 || !sayable(cases[0]) || !sayable(cases[1]) || plan.sides.size() != 2)
    {
        return {};
    }
    CommandLine line("headroom-cli ab");
    line.add("--device", toText(plan.device));
    const auto ofA = settingsOf(cases[0]);
    for (const auto& [name, value] : ofA)
    {
        const bool isSwitch = value == "true" || value == "false";
        isSwitch ? line.addSwitch("--" + name, value == "true") : line.add("--" + name, value);
    }
    for (const auto& setting : settingsOf(cases[1]))
    {
        if (std::find(ofA.begin(), ofA.end(), setting) == ofA.end())
        {
            line.add("--b", setting.first + "=" + setting.second);
        }
    }
    for (const Side side : {Side::A, Side::B})
    {
        const auto& settings = plan.sides[static_cast<std::size_t>(side)];
        for (const auto& [name, value] : settings.environment)
        {
            line.add(side == Side::A ? "--a" : "--b", name + "=" + value);
        }
        line.addUnless(side == Side::A ? "--worker-a" : "--worker-b", settings.worker, std::string());
    }
    line.add("--min-effect", plan.measurement.minimumEffect);
    line.add("--confidence", plan.measurement.confidence);
    line.add("--max-pairs", plan.measurement.maxSamples);
    line.add("--max-seconds", plan.maxSeconds.value_or(0));
    line.add("--preset", plan.preset);
    if (plan.measurement.warmup)
    {
        line.add("--num-warmup", *plan.measurement.warmup);
    }
    line.add("--seed", plan.seed);
    return line.text();
}

std::string validateLine(const Plan& plan, const ModelInput& input)
{
    const ModelSpec usual;
    ModelSpec sayable = input.model;
    sayable.architecture = usual.architecture;
    if (!(sayable == input.model))
    {
        return {};
    }
    CommandLine line("headroom-cli validate");
    line.add("--device", toText(plan.device));
    line.addUnless("--vocab-size", input.model.vocabSize, usual.vocabSize);
    line.addUnless("--d-model", input.model.dModel, usual.dModel);
    line.addUnless("--num-layers", input.model.layers, usual.layers);
    line.addUnless("--num-heads", input.model.heads, usual.heads);
    line.add("--max-seq-len", input.model.maxSequence);
    line.addUnless("--feed-forward", input.model.feedForward, 4 * input.model.dModel);
    line.addUnless("--weights", plan.weightsFile, std::string());
    line.add("--batch-size", input.batch);
    line.add("--seq-len", input.sequence);
    line.add("--dtype", toString(input.dtype));
    line.addSwitch("--causal", input.causal);
    line.addSwitch("--autocast", input.autocast);
    line.add("--seed", plan.seed);
    addPolicy(line, plan, "--preset");
    return line.text();
}

} // namespace

std::string reproLine(const Plan& plan, const Case& measured, const std::optional<Backend>& baseline)
{
    if (plan.command == kAbCommand)
    {
        return plan.jobs.empty() ? std::string() : abLine(plan);
    }
    if (plan.modelFile)
    {
        return modelFileLine(plan, measured);
    }
    const auto* input = std::get_if<ModelInput>(&measured.subject);
    return input != nullptr ? validateLine(plan, *input) : sweepLine(plan, measured, baseline);
}

std::string reproLines(const Report& report)
{
    std::string lines;
    std::string last;
    for (const auto& row : report.cases)
    {
        if (!row.repro.empty())
        {
            lines += fmt::format("# {} {}\n", row.result.caseId, describe(row.measured));
            lines += row.repro == last ? std::string() : row.repro + "\n";
            last = row.repro;
        }
    }
    return lines;
}

} // namespace headroom
