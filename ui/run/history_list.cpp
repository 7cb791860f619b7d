// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/history_list.h"

#include <QStringList>

#include <algorithm>

namespace headroom::ui
{
namespace
{

QString text(const std::string& from)
{
    return QString::fromStdString(from);
}

QString haystackOf(const RunRow& run)
{
    QStringList parts;
    for (const std::string* part :
         {&run.id, &run.file.name, &run.title, &run.command, &run.preset, &run.device, &run.note})
    {
        parts << text(*part);
    }
    for (const std::string& tag : run.tags)
    {
        parts << text(tag);
    }
    return parts.join(QLatin1Char('\n')).toLower();
}

bool passes(const HistoryEntry& entry, const HistoryFilter& filter, const QStringList& words)
{
    const RunRow& run = entry.run;
    return (!filter.state || run.state == *filter.state) &&
           (filter.device.isEmpty() || filter.device == text(run.device)) &&
           (!filter.dtype || std::ranges::find(run.dtypes, toString(*filter.dtype)) != run.dtypes.end()) &&
           (filter.tag.isEmpty() || std::ranges::find(run.tags, filter.tag.toStdString()) != run.tags.end()) &&
           std::all_of(words.begin(), words.end(), [&](const QString& word) { return entry.haystack.contains(word); });
}

} // namespace

HistoryList historyListOf(std::vector<RunRow> runs)
{
    auto list = std::make_shared<std::vector<HistoryEntry>>();
    list->reserve(runs.size());
    for (RunRow& run : runs)
    {
        QString haystack = haystackOf(run);
        list->push_back({std::move(run), std::move(haystack)});
    }
    return list;
}

RunFilter runFilterOf(const HistoryFilter& filter)
{
    RunFilter core;
    core.text = filter.text.toStdString();
    core.device = filter.device.toStdString();
    core.tag = filter.tag.toStdString();
    core.dtype = filter.dtype;
    core.state = filter.state;
    return core;
}

std::vector<int> placesOf(const std::vector<HistoryEntry>& runs, const HistoryFilter& filter)
{
    const QStringList words = filter.text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    std::vector<int> places;
    places.reserve(runs.size());
    for (std::size_t at = 0; at < runs.size(); ++at)
    {
        if (passes(runs[at], filter, words))
        {
            places.push_back(static_cast<int>(at));
        }
    }
    return places;
}

} // namespace headroom::ui
