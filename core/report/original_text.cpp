// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/original_report.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

class Rows
{
public:
    explicit Rows(const Format& format) : m_format(format) {}

    void text(const char* label, const std::optional<std::string>& value)
    {
        if (value)
        {
            add(label, *value);
        }
    }
    void flag(const char* label, const std::optional<bool>& value, Tone whenFalse = Tone::Plain)
    {
        if (value)
        {
            add(label, *value ? "yes" : "no", *value ? Tone::Plain : whenFalse);
        }
    }
    void count(const char* label, const std::optional<std::int64_t>& value)
    {
        if (value)
        {
            add(label, m_format.count(*value));
        }
    }
    void error(const char* label, const std::optional<double>& value)
    {
        if (value)
        {
            add(label, m_format.error(*value));
        }
    }
    void milliseconds(const char* label, const std::optional<double>& value)
    {
        if (value)
        {
            add(label, m_format.duration(*value * 1e6));
        }
    }
    void add(const char* label, std::string value, Tone tone = Tone::Plain)
    {
        m_table.rows.push_back({Cell(label, Tone::Muted), Cell(std::move(value), tone)});
    }
    Table take(std::string title)
    {
        m_table.title = std::move(title);
        m_table.columns = {{"", Align::Left}, {"", Align::Left}};
        return std::move(m_table);
    }

private:
    const Format& m_format;
    Table m_table;
};

Table compatibilityTable(const OriginalReport::Compatibility& value, const Format& format)
{
    Rows rows(format);
    rows.text("PyTorch", value.pytorchVersion);
    rows.flag("PyTorch new enough", value.pytorchCompatible, Tone::Bad);
    rows.flag("CUDA available", value.cudaAvailable);
    rows.text("CUDA", value.cudaVersion);
    rows.flag("SDPA function available", value.sdpaFunctionAvailable, Tone::Bad);
    rows.count("attention layers", value.attentionLayers);
    rows.count("compatible layers", value.compatibleLayers);
    rows.flag("flash wrapper enabled", value.flashWrapperEnabled);
    return rows.take("Compatibility");
}

Table accuracyTable(const OriginalReport::Accuracy& value, const Format& format)
{
    Rows rows(format);
    rows.error("largest absolute error", value.maxAbsoluteError);
    rows.error("mean absolute error", value.meanAbsoluteError);
    rows.error("largest relative error", value.maxRelativeError);
    rows.error("tolerance", value.tolerance);
    rows.flag("accuracy passed", value.accuracyPassed, Tone::Bad);
    rows.flag("gradient check passed", value.gradientCheckPassed, Tone::Bad);
    rows.count("batch", value.batch);
    rows.count("sequence length", value.sequence);
    return rows.take("Accuracy");
}

Table performanceTable(const OriginalReport::Performance& value, const Format& format)
{
    Rows rows(format);
    if (value.latencyMs && value.standardDeviationMs)
    {
        rows.add("latency, mean", format.durationWithin(*value.latencyMs * 1e6, *value.standardDeviationMs * 1e6) +
                                      " (standard deviation)");
    }
    else
    {
        rows.milliseconds("latency, mean", value.latencyMs);
    }
    rows.milliseconds("latency, p50", value.p50Ms);
    rows.milliseconds("latency, p95", value.p95Ms);
    rows.milliseconds("latency, p99", value.p99Ms);
    rows.milliseconds("baseline latency", value.baselineLatencyMs);
    if (value.speedup)
    {
        rows.add("speed-up", format.ratio(*value.speedup));
    }
    if (value.samplesPerSecond)
    {
        rows.add("throughput", format.rate(*value.samplesPerSecond, "samples/s"));
    }
    if (value.peakMemoryMb)
    {
        rows.add("peak memory", format.bytes(*value.peakMemoryMb * 1024 * 1024));
    }
    rows.count("batch", value.batch);
    rows.count("sequence length", value.sequence);
    rows.count("iterations", value.iterations);
    return rows.take("Performance");
}

Table modelTable(const OriginalReport::ModelInfo& value, const Format& format)
{
    Rows rows(format);
    rows.text("model", value.modelClass);
    rows.text("device", value.device);
    rows.count("vocabulary", value.vocabSize);
    rows.count("parameters", value.parameters);
    return rows.take("Model");
}

Table scalingTable(const std::vector<OriginalReport::ScalingPoint>& points, std::string title, const char* size,
                   const Format& format)
{
    Table table;
    table.title = std::move(title);
    table.columns = {{size, Align::Right}, {"latency", Align::Right}};
    for (const auto& point : points)
    {
        table.rows.push_back(
            {format.count(point.size), point.latencyMs ? format.duration(*point.latencyMs * 1e6) : format.dash()});
    }
    return table;
}

std::vector<Table> tablesOf(const OriginalReport& report, const Format& format)
{
    std::vector<Table> tables;
    if (report.model)
    {
        tables.push_back(modelTable(*report.model, format));
    }
    if (report.compatibility)
    {
        tables.push_back(compatibilityTable(*report.compatibility, format));
    }
    if (report.accuracy)
    {
        tables.push_back(accuracyTable(*report.accuracy, format));
    }
    if (report.performance)
    {
        tables.push_back(performanceTable(*report.performance, format));
    }
    if (!report.batchScaling.empty())
    {
        tables.push_back(scalingTable(report.batchScaling, "Batch size scaling", "batch", format));
    }
    if (!report.sequenceScaling.empty())
    {
        tables.push_back(scalingTable(report.sequenceScaling, "Sequence length scaling", "sequence", format));
    }
    return tables;
}

std::string introductionTo(const OriginalReport& report)
{
    return fmt::format(
        "A report of the original Flash Attention validation tool{}{}. It is shown as it stands; Headroom "
        "has measured none of it.",
        report.timestamp.empty() ? "" : " of ", report.timestamp);
}

} // namespace

std::string writeOriginalText(const OriginalReport& report, const Format& format, const TextLayout& layout)
{
    std::string text = paragraph("", introductionTo(report), layout);
    for (auto table : tablesOf(report, format))
    {
        text += fmt::format("\n{}\n", bold(table.title, layout));
        table.title.clear();
        text += textTable(table, layout);
    }
    const auto list = [&](std::string_view title, const std::vector<std::string>& entries)
    {
        if (!entries.empty())
        {
            text += fmt::format("\n{}\n", bold(title, layout));
        }
        for (const auto& entry : entries)
        {
            text += paragraph("- ", format.plain(entry), layout);
        }
    };
    list("Its recommendations", report.recommendations);
    list("What to know before relying on it", remarksOn(report));
    return text;
}

std::string writeOriginalMarkdown(const OriginalReport& report)
{
    const Format format;
    std::string text =
        "# Flash Attention validation, original tool\n\n" + markdownEscaped(introductionTo(report)) + "\n\n";
    for (const auto& table : tablesOf(report, format))
    {
        text += markdownTable(table);
    }
    const auto list = [&](std::string_view title, const std::vector<std::string>& entries)
    {
        text += entries.empty() ? std::string() : fmt::format("## {}\n\n", title);
        for (const auto& entry : entries)
        {
            text += fmt::format("- {}\n", markdownEscaped(entry));
        }
        text += entries.empty() ? "" : "\n";
    };
    list("Its recommendations", report.recommendations);
    list("What to know before relying on it", remarksOn(report));
    return text;
}

} // namespace headroom
