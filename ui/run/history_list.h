// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_filter.h"
#include "core/history/run_row.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace headroom::ui
{

/// A run of the history, with what a search looks in.
struct HistoryEntry
{
    RunRow run;
    QString haystack; ///< id, name, title, command, preset, device, tags and note, in small letters
};

/// The runs of a folder as they were when it was last read, the latest first. Made on a thread of its own and shared.
using HistoryList = std::shared_ptr<const std::vector<HistoryEntry>>;

HistoryList historyListOf(std::vector<RunRow> runs);

/// Which runs are shown. As core's RunFilter, with what the page can ask for.
struct HistoryFilter
{
    QString text; ///< words, each of which is to be found
    QString device;
    QString tag;
    std::optional<DType> dtype;
    std::optional<headroom::RunState> state;

    bool operator==(const HistoryFilter&) const = default;
    bool isEmpty() const { return *this == HistoryFilter(); }
};

/// The same for the index.
RunFilter runFilterOf(const HistoryFilter& filter);

/// The places in \a runs of those that \a filter lets pass, in their order.
std::vector<int> placesOf(const std::vector<HistoryEntry>& runs, const HistoryFilter& filter);

} // namespace headroom::ui
