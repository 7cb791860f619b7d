// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/history_table_model.h"

#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "ui/models/case_table_model.h"
#include "ui/models/report_words.h"

#include <QDateTime>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <array>

namespace headroom::ui
{
namespace
{

struct ColumnInfo
{
    const char* header;
    const char* definition;
};

constexpr std::array<ColumnInfo, HistoryTableModel::ColumnCount> kColumns{{
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Started"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "When the run began, in this machine's time")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "What"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "The command with its preset, and what was measured")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Device"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "What it was measured on")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Data type"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "Data types of what was measured")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "State"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "The conclusion of a run that finished; how far one came that did not")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Against math"),
     QT_TRANSLATE_NOOP("HistoryTableModel",
                       "How many times as fast the best verified backend is as math, of the training step where there "
                       "is one: the median of paired samples")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Tags"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "What you have called it, and the baselines that it is part of")},
    {QT_TRANSLATE_NOOP("HistoryTableModel", "Note"),
     QT_TRANSLATE_NOOP("HistoryTableModel", "What you have written of it")},
}};

QString tr(const char* text)
{
    return HistoryTableModel::tr(text);
}

QString listOf(const std::vector<std::string>& texts)
{
    QStringList list;
    for (const std::string& text : texts)
    {
        list << textOf(text);
    }
    return list.join(QStringLiteral(", "));
}

QString whatOf(const RunRow& run)
{
    QStringList parts;
    parts << textOf(run.command) + (run.preset.empty() ? QString() : QLatin1Char(' ') + textOf(run.preset));
    parts << textOf(run.title);
    parts.removeAll(QString());
    return parts.isEmpty() ? textOf(run.file.name) : parts.join(QStringLiteral(" · "));
}

/// Of the training step before that of the forward pass.
const RunSpeedUp* mainSpeedUp(const RunRow& run)
{
    const RunSpeedUp* main = nullptr;
    for (const RunSpeedUp& speedUp : run.speedUps)
    {
        if (speedUp.ratio && (main == nullptr || speedUp.pass == Pass::TrainingStep))
        {
            main = &speedUp;
        }
    }
    return main;
}

QString tagsOf(const RunRow& run)
{
    QStringList all;
    if (!run.tags.empty())
    {
        all << listOf(run.tags);
    }
    for (const std::string& baseline : run.baselines)
    {
        all << tr("baseline %1").arg(textOf(baseline));
    }
    return all.join(QStringLiteral(", "));
}

Tone toneOf(const RunRow& run)
{
    switch (run.state)
    {
    case headroom::RunState::Unreadable:
        return Tone::Bad;
    case headroom::RunState::Cancelled:
    case headroom::RunState::Unfinished:
        return Tone::Caution;
    case headroom::RunState::Running:
        return Tone::Plain;
    case headroom::RunState::Finished:
        break;
    }
    return run.conclusion == Conclusion::Passed       ? Tone::Good
           : run.conclusion == Conclusion::Failed     ? Tone::Bad
           : run.conclusion == Conclusion::CannotTell ? Tone::Caution
                                                      : Tone::Plain;
}

Tone toneOf(const RunRow& run, int column)
{
    if (column == HistoryTableModel::State)
    {
        return toneOf(run);
    }
    const RunSpeedUp* main = column == HistoryTableModel::SpeedUp ? mainSpeedUp(run) : nullptr;
    return main != nullptr ? headroom::toneOf(main->verdict) : Tone::Plain;
}

QString cellText(const RunRow& run, int column)
{
    switch (column)
    {
    case HistoryTableModel::Started:
        return localTime(run.startedUtc);
    case HistoryTableModel::What:
        return whatOf(run);
    case HistoryTableModel::Device:
        return textOf(run.device);
    case HistoryTableModel::DataType:
        return listOf(run.dtypes);
    case HistoryTableModel::State:
        return stateWords(run);
    case HistoryTableModel::SpeedUp:
    {
        const RunSpeedUp* main = mainSpeedUp(run);
        return main == nullptr
                   ? QString()
                   : QStringLiteral("%1 %2").arg(textOf(Format().ratio(*main->ratio)), backendName(main->best));
    }
    case HistoryTableModel::Tags:
        return tagsOf(run);
    case HistoryTableModel::Note:
        return textOf(run.note).replace(QLatin1Char('\n'), QLatin1Char(' '));
    default:
        return {};
    }
}

/// Before: a run that has nothing to sort by comes first from small to large.
bool isBefore(const RunRow& one, const RunRow& other, int column)
{
    switch (column)
    {
    case HistoryTableModel::Started:
        return one.startedUtc < other.startedUtc;
    case HistoryTableModel::Device:
        return one.device < other.device;
    case HistoryTableModel::SpeedUp:
    {
        const RunSpeedUp* first = mainSpeedUp(one);
        const RunSpeedUp* second = mainSpeedUp(other);
        return second != nullptr && (first == nullptr || *first->ratio < *second->ratio);
    }
    case HistoryTableModel::DataType:
        return one.dtypes < other.dtypes;
    case HistoryTableModel::Tags:
        return one.tags < other.tags;
    case HistoryTableModel::Note:
        return one.note < other.note;
    case HistoryTableModel::State:
        return std::pair(one.state, one.conclusion) < std::pair(other.state, other.conclusion);
    default:
        return std::tie(one.command, one.preset, one.title) < std::tie(other.command, other.preset, other.title);
    }
}

} // namespace

QString localTime(const std::string& utc)
{
    const QDateTime time = QDateTime::fromString(textOf(utc), Qt::ISODateWithMs);
    return time.isValid() ? QLocale::c().toString(time.toLocalTime(), QStringLiteral("d MMM yyyy HH:mm")) : textOf(utc);
}

QString stateWords(const RunRow& run)
{
    if (run.state == headroom::RunState::Finished)
    {
        return run.conclusion ? textOf(spaced(toString(*run.conclusion))) : tr("finished");
    }
    const QString state = textOf(toString(run.state));
    return run.state == headroom::RunState::Unreadable
               ? state
               : tr("%1, %2 of %3")
                     .arg(state, textOf(Format().count(run.finishedJobs)), textOf(Format().plural(run.jobs, "job")));
}

QString speedUpWords(const RunSpeedUp& speedUp)
{
    return !speedUp.ratio
               ? QString()
               : QStringLiteral("%1 %2 %3")
                     .arg(backendName(speedUp.best), textOf(Format().ratio(*speedUp.ratio, speedUp.interval)),
                          textOf(std::string(inThePass(speedUp.pass))));
}

QString runWords(const RunRow& run)
{
    QStringList lines{whatOf(run)};
    const auto add = [&](const QString& name, const QString& value)
    { value.isEmpty() ? void() : lines.append(QStringLiteral("%1: %2").arg(name, value)); };
    add(tr("device"), textOf(run.device));
    add(tr("LibTorch"), textOf(run.libtorchVersion));
    add(tr("driver"), textOf(run.driverVersion));
    add(tr("Headroom"), textOf(run.headroomVersion));
    add(tr("state"), stateWords(run));
    add(tr("why"), textOf(run.problem));
    for (const RunSpeedUp& speedUp : run.speedUps)
    {
        add(tr("against math"), speedUpWords(speedUp));
    }
    add(tr("tags"), tagsOf(run));
    add(tr("note"), textOf(run.note));
    add(tr("run"), textOf(run.id));
    add(tr("file"), textOf(run.file.name));
    return lines.join(QLatin1Char('\n'));
}

void HistoryTableModel::setRuns(HistoryList runs)
{
    beginResetModel();
    m_runs = std::move(runs);
    arrange();
    endResetModel();
}

void HistoryTableModel::setFilter(const HistoryFilter& filter)
{
    if (filter == m_filter)
    {
        return;
    }
    beginResetModel();
    m_filter = filter;
    arrange();
    endResetModel();
}

void HistoryTableModel::sort(int column, Qt::SortOrder order)
{
    beginResetModel();
    m_column = column < 0 ? static_cast<int>(Started) : column;
    m_order = order;
    arrange();
    endResetModel();
}

void HistoryTableModel::arrange()
{
    m_shown = m_runs ? placesOf(*m_runs, m_filter) : std::vector<int>();
    const auto run = [this](int place) -> const RunRow& { return (*m_runs)[static_cast<std::size_t>(place)].run; };
    std::stable_sort(m_shown.begin(), m_shown.end(),
                     [&](int one, int other)
                     {
                         return m_order == Qt::AscendingOrder ? isBefore(run(one), run(other), m_column)
                                                              : isBefore(run(other), run(one), m_column);
                     });
}

const RunRow& HistoryTableModel::runAt(int row) const
{
    return (*m_runs)[static_cast<std::size_t>(m_shown.at(static_cast<std::size_t>(row)))].run;
}

int HistoryTableModel::rowOf(const std::string& file) const
{
    for (int row = 0; row < rowCount(); ++row)
    {
        if (runAt(row).file.name == file)
        {
            return row;
        }
    }
    return -1;
}

int HistoryTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int HistoryTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant HistoryTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    {
        return {};
    }
    const RunRow& run = runAt(index.row());
    switch (role)
    {
    case Qt::DisplayRole:
        return cellText(run, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((index.column() == SpeedUp ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return runWords(run);
    case kSortRole:
    {
        const RunSpeedUp* main = mainSpeedUp(run);
        return index.column() != SpeedUp ? QVariant(cellText(run, index.column()))
               : main != nullptr         ? QVariant(*main->ratio)
                                         : QVariant();
    }
    case kToneRole:
        return static_cast<int>(toneOf(run, index.column()));
    default:
        return {};
    }
}

QVariant HistoryTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
    {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    const ColumnInfo& info = kColumns[static_cast<std::size_t>(section)];
    switch (role)
    {
    case Qt::DisplayRole:
        return tr(info.header);
    case Qt::ToolTipRole:
        return tr(info.definition);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((section == SpeedUp ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

} // namespace headroom::ui
