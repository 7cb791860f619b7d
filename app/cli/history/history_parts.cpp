// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "core/launch/run_lookup.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kWhich = "Which runs";
constexpr std::size_t kWorthSaying = 200; ///< files that take a noticeable time to read

/// Whether \a text is \a shape with digits where that has '0'.
bool hasShape(const std::string& text, std::string_view shape)
{
    return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(),
                                                     [](char letter, char wanted)
                                                     {
                                                         const bool digit = letter >= '0' && letter <= '9';
                                                         return wanted == '0' ? digit : letter == wanted;
                                                     });
}

RunRow rowFor(RunIndex& index, const FoundRun& found, const std::string& reference)
{
    auto row = found.run.empty() ? std::nullopt : index.find(found.run);
    if (!row)
    {
        throw SetUpError(
            fmt::format("{} is a file and not a run of the history; `headroom-cli history import` takes it "
                        "in.",
                        reference));
    }
    return std::move(*row);
}

} // namespace

void checkAtMost(const std::optional<std::int64_t>& atMost)
{
    if (atMost && *atMost < 1)
    {
        throw SetUpError("--at-most is one or more.");
    }
}

std::string timeInFilter(const std::string& text)
{
    if (hasShape(text, "0000-00-00") || hasShape(text, "0000-00-00T00:00"))
    {
        return text;
    }
    const char unit = text.empty() ? ' ' : text.back();
    const bool counted = text.size() > 1 && text.size() < 7 &&
                         std::all_of(text.begin(), text.end() - 1, [](char one) { return one >= '0' && one <= '9'; });
    if (!counted || (unit != 'd' && unit != 'h'))
    {
        throw std::invalid_argument(
            fmt::format("'{}' is no time; give a date (2026-11-23), a minute (2026-11-23T05:23, UTC), or how long ago "
                        "(7d, 12h)",
                        text));
    }
    const auto ago = std::chrono::hours((unit == 'd' ? 24 : 1) * std::stol(text));
    return fmt::format("{:%Y-%m-%dT%H:%M}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - ago)));
}

void declareFilter(CLI::App& app, FilterOptions& options)
{
    RunFilter& filter = options.filter;
    present(addText(app, "--text", "WORDS", filter.text, "part of id, title, command, device, tag or note"), kWhich);
    present(addText(app, "--device", "NAME", filter.device, "part of the device's name, or cpu or cuda"), kWhich);
    present(addText(
                app, "--dtype", "NAME", [&filter](const std::string& text) { filter.dtype = parseEnum<DType>(text); },
                "measured in this type"),
            kWhich);
    present(addText(
                app, "--state", namesOf<RunState>("|"),
                [&filter](const std::string& text) { filter.state = parseEnum<RunState>(text); }, "how they ended"),
            kWhich);
    present(addText(
                app, "--conclusion", namesOf<Conclusion>("|"),
                [&filter](const std::string& text) { filter.conclusion = parseEnum<Conclusion>(text); },
                "what they came to"),
            kWhich);
    present(addText(app, "--command", "NAME", filter.command, "of validate, sweep, audit, ..."), kWhich);
    present(addText(app, "--tag", "TAG", filter.tag, "that have this tag"), kWhich);
    const auto takeTime = [](std::string& target)
    { return [&target](const std::string& text) { target = timeInFilter(text); }; };
    present(addText(app, "--since", "TIME", takeTime(filter.sinceUtc),
                    "begun then or later: 2026-11-23, 2026-11-23T05:23 (UTC), or 7d or 12h ago"),
            kWhich);
    present(addText(app, "--until", "TIME", takeTime(filter.untilUtc), "begun then or earlier, likewise"), kWhich);
    declareHistory(app, options.history);
}

RunIndex readIndex(const RunFolder& folder, bool rebuild)
{
    RunIndex index(folder);
    const bool interactive = lookAtTerminal(STDERR_FILENO).interactive;
    bool said = false;
    const IndexProgress progress = [&](std::size_t done, std::size_t total)
    {
        if (interactive && total >= kWorthSaying && (done % 50 == 0 || done == total))
        {
            fmt::print(stderr, "\rReading the history: {} of {} files", done, total);
            said = true;
        }
        return true;
    };
    rebuild ? index.rebuild(progress) : index.sync(progress);
    fmt::print(stderr, "{}", said ? "\n" : "");
    for (const std::string& note : index.notes())
    {
        fmt::print(stderr, "{}\n", note);
    }
    return index;
}

RunRow rowOf(RunIndex& index, const std::string& reference)
{
    return rowFor(index, findRun(reference, index.folder()), reference);
}

std::vector<RunRow> rowsOf(RunIndex& index, const std::string& reference)
{
    std::vector<RunRow> rows;
    for (const FoundRun& found : findRuns(reference, index.folder()))
    {
        rows.push_back(rowFor(index, found, reference));
    }
    return rows;
}

} // namespace headroom::cli
