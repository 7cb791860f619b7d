// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/export_command.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/samples_csv.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Convert a report, or the journal of a run, into another format\nNeeds no LibTorch.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli export validation.json --format markdown\n"
    "  headroom-cli export validation.json --output table.csv          the format by the file's ending\n"
    "  headroom-cli export validation.json --samples samples.csv       every sample, its clock and label\n"
    "  headroom-cli export validation.json --format pdf --output DIR   drawn by the desktop program\n"
    "  headroom-cli export validation.journal.jsonl --format json --output validation.json\n"
    "\n"
    "Exit status: 0 when it was written, 3 when not.";

/// What `headroom --render` draws.
constexpr std::array<std::string_view, 3> kDrawn{"png", "svg", "pdf"};

struct ExportOptions
{
    std::string file;
    std::optional<ReportFormat> format;
    std::string drawn; ///< one of kDrawn, in place of format
    std::string output;
    std::string samples;
    std::string history;
    bool force = false;
};

std::string formatNames(const char* separator)
{
    return fmt::format("{}{}{}", namesOf<ReportFormat>(separator), separator, fmt::join(kDrawn, separator));
}

/// The desktop's drawing, by the program beside this one. Comes back only when that cannot be started.
int drawReport(const ExportOptions& options)
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "headroom";
    if (error || !std::filesystem::exists(program, error))
    {
        throw SetUpError(fmt::format("{} is drawn by the desktop program, and there is no {}. Build it (./dev build "
                                     "headroom), or export html, markdown, csv or json.",
                                     options.drawn, program.string()));
    }
    const std::string output = options.output.empty() ? "." : options.output;
    const std::array<const char*, 8> arguments{"headroom",     "--render", options.file.c_str(),  "--output",
                                               output.c_str(), "--format", options.drawn.c_str(), nullptr};
    ::execv(program.c_str(), const_cast<char* const*>(arguments.data()));
    throw SetUpError(fmt::format("{} cannot be started: {}.", program.string(), std::strerror(errno)));
}

ReportFormat formatFor(const ExportOptions& options)
{
    if (options.format)
    {
        return *options.format;
    }
    if (const auto format = formatOfFile(options.output); !options.output.empty() && format)
    {
        return *format;
    }
    throw SetUpError(
        fmt::format("export needs --format ({}), or an --output whose name ends in .json, .md, .csv, .html or .txt.",
                    formatNames(", ")));
}

void refuseToReplace(const std::string& path, const char* option, bool force)
{
    std::error_code error;
    if (!path.empty() && !force && std::filesystem::exists(path, error))
    {
        throw SetUpError(fmt::format("{} is there already and is kept. Replace it with --force, or choose another {}.",
                                     path, option));
    }
}

void exportSamples(const AnyReport& report, const std::string& path)
{
    const auto* ours = std::get_if<Report>(&report);
    if (ours == nullptr)
    {
        throw SetUpError("A report of the original tool holds no samples; --samples needs one of Headroom's.");
    }
    writeFileAtomically(path, writeSamplesCsv(*ours));
}

int exportReport(ExportOptions options)
{
    options.file = findRun(options.file, runFolderOf(options.history)).file.string();
    if (!options.drawn.empty())
    {
        return drawReport(options);
    }
    const bool samplesAlone = !options.samples.empty() && !options.format && options.output.empty();
    const ReportFormat format = samplesAlone ? ReportFormat::Csv : formatFor(options);
    refuseToReplace(options.output, "--output", options.force);
    refuseToReplace(options.samples, "--samples", options.force);
    const AnyReport report = openReport(options.file);
    if (!options.samples.empty())
    {
        exportSamples(report, options.samples);
    }
    if (samplesAlone)
    {
        return kDone;
    }
    const std::string text = std::visit([format](const auto& any) { return writeReport(any, format); }, report);
    if (options.output.empty())
    {
        fmt::print("{}", text);
    }
    else
    {
        writeFileAtomically(options.output, text);
    }
    return kDone;
}

} // namespace

Command addExportCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("export", kDescription)->footer(kExamples);
    const auto options = std::make_shared<ExportOptions>();
    addText(*app, "FILE", "", options->file, "report (.json), journal (.journal.jsonl) or run of the history")
        ->required();
    const auto takeFormat = [options](const std::string& text)
    {
        const bool drawn = std::find(kDrawn.begin(), kDrawn.end(), text) != kDrawn.end();
        drawn ? void(options->drawn = text) : void(options->format = parseEnum<ReportFormat>(text));
    };
    present(addText(*app, "--format", formatNames("|"), takeFormat, "what to write"), "Output",
            "by the ending of --output");
    present(addText(*app, "--output", "FILE", options->output, "where to write it; of png, svg and pdf the folder"),
            "Output", "standard output");
    present(addText(*app, "--samples", "FILE", options->samples,
                    "also write every sample with its clock and its label, as CSV"),
            "Output");
    declareHistory(*app, options->history);
    present(addSwitch(*app, "--force", options->force, "replace a file that is there"), "Output");
    return {app, [options] { return exportReport(*options); }};
}

} // namespace headroom::cli
