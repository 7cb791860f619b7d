// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/history/history_parts.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"
#include "core/history/run_marks.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kRunHelp = "id, the beginning of it, last, last~2, or a tag";

struct MarkOptions
{
    std::string run;
    std::vector<std::string> words; ///< tags, or the note
    std::string history;
};

int change(const MarkOptions& options, const std::function<void(RunMarks&)>& how)
{
    RunIndex index = readIndex(runFolderOf(options.history));
    for (const RunRow& row : rowsOf(index, options.run))
    {
        changeMarks(index.folder(), row.id, how);
    }
    index.sync();
    return kDone;
}

int tag(const MarkOptions& options)
{
    return change(options, [&](RunMarks& marks)
                  { marks.tags.insert(marks.tags.end(), options.words.begin(), options.words.end()); });
}

int untag(const MarkOptions& options)
{
    return change(options,
                  [&](RunMarks& marks)
                  {
                      for (const std::string& word : options.words)
                      {
                          std::erase(marks.tags, word);
                      }
                  });
}

int note(const MarkOptions& options)
{
    return change(options, [&](RunMarks& marks) { marks.note = options.words.front(); });
}

Command addMark(CLI::App& history, const std::string& name, const std::string& description, const std::string& examples,
                const std::string& words, const std::string& help, int (*run)(const MarkOptions&))
{
    CLI::App* app = history.add_subcommand(name, description)
                        ->footer("Examples\n" + examples + "\nExit status: 0 when it is kept, 3 when not.");
    const auto options = std::make_shared<MarkOptions>();
    addText(*app, "RUN", "", options->run, kRunHelp)->required();
    addTexts(*app, words, options->words, help)->required();
    declareHistory(*app, options->history);
    return {app, [options, run] { return run(*options); }};
}

} // namespace

Command addHistoryTag(CLI::App& history)
{
    return addMark(history, "tag", "Put tags on a run",
                   "  headroom-cli history tag last h200 before-upgrade   both on the latest run\n", "TAG",
                   "a word each", tag);
}

Command addHistoryUntag(CLI::App& history)
{
    return addMark(history, "untag", "Take tags off a run",
                   "  headroom-cli history untag nightly nightly   off every run that has it\n", "TAG", "a word each",
                   untag);
}

Command addHistoryNote(CLI::App& history)
{
    Command command = addMark(history, "note", "Write a note on a run, in place of an earlier one",
                              "  headroom-cli history note last 'after the upgrade to driver 590'\n"
                              "  headroom-cli history note last ''   takes it away\n",
                              "TEXT", "in quotes", note);
    command.app->get_option("TEXT")->expected(1);
    return command;
}

} // namespace headroom::cli
