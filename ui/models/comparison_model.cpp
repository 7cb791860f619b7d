// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/comparison_model.h"

#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/report_tables.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/models/unlike_circumstances.h"

#include <algorithm>
#include <map>
#include <variant>

namespace headroom::ui
{
namespace
{

/// The cases of a report by their ids; one that was measured twice counts by its first job.
std::map<std::string, const CaseReport*> casesById(const Report& report)
{
    std::map<std::string, const CaseReport*> cases;
    for (const auto& row : report.cases)
    {
        cases.try_emplace(meetingId(row.measured), &row);
    }
    return cases;
}

Cell medianCell(const CaseReport& row, const Format& format)
{
    return isMeasured(row) ? Cell(format.duration(row.device->medianNs, row.device->medianIntervalNs),
                                  isRejected(row) ? Tone::Bad : Tone::Plain)
                           : Cell(whyEmpty(row), Tone::Muted);
}

} // namespace

std::string meetingId(const Case& measured)
{
    Case alike = measured;
    std::visit([](auto& subject) { subject.device = DeviceKind::Cpu; }, alike.subject);
    return alike.id();
}

ComparisonModel::ComparisonModel(QObject* parent) : QAbstractTableModel(parent) {}

void ComparisonModel::setReports(std::vector<NamedReport> reports, bool verdictsAnyway)
{
    if (reports == m_reports && verdictsAnyway == m_anyway)
    {
        return;
    }
    beginResetModel();
    m_reports = std::move(reports);
    m_anyway = verdictsAnyway;
    compareAll();
    endResetModel();
}

void ComparisonModel::compareAll()
{
    m_rows.clear();
    m_comparisons.clear();
    if (m_reports.size() < 2)
    {
        return;
    }
    const Report& first = *m_reports.front().report;
    std::vector<std::map<std::string, const CaseReport*>> others;
    for (std::size_t at = 1; at < m_reports.size(); ++at)
    {
        const Report& other = *m_reports[at].report;
        ReportComparison sum;
        sum.differences = unlikenessOf(first, other);
        for (const auto& difference : sum.differences)
        {
            sum.alike = sum.alike && !difference.matters;
        }
        m_comparisons.push_back(std::move(sum));
        others.push_back(casesById(other));
    }
    for (const auto& [id, row] : casesById(first))
    {
        Row line{{Side{row, {}}}};
        bool shared = false;
        for (std::size_t at = 0; at < others.size(); ++at)
        {
            const auto found = others[at].find(id);
            Side side{found == others[at].end() ? nullptr : found->second, {}};
            shared = shared || side.row != nullptr;
            if (side.row != nullptr && isMeasured(*row) && isMeasured(*side.row))
            {
                side.comparison = compareApart(row->deviceNs, side.row->deviceNs);
                count(line.sides.front(), side, m_comparisons[at]);
            }
            line.sides.push_back(std::move(side));
        }
        if (shared)
        {
            m_rows.push_back(std::move(line));
        }
    }
    std::stable_sort(m_rows.begin(), m_rows.end(),
                     [](const Row& left, const Row& right)
                     { return left.sides.front().row < right.sides.front().row; }); // as the first report has them
}

bool ComparisonModel::isRanked(const Side& first, const Side& other) const
{
    return first.row->accuracy == AccuracyVerdict::Passed && other.row->accuracy == AccuracyVerdict::Passed;
}

void ComparisonModel::count(const Side& first, const Side& other, ReportComparison& sum) const
{
    if (!isRanked(first, other))
    {
        return;
    }
    switch (other.comparison->verdict)
    {
    case ComparisonVerdict::Faster:
        ++sum.faster;
        break;
    case ComparisonVerdict::Slower:
        ++sum.slower;
        break;
    case ComparisonVerdict::Same:
        ++sum.same;
        break;
    case ComparisonVerdict::CannotTell:
        ++sum.cannotTell;
        break;
    }
}

int ComparisonModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FixedColumns + 2 * static_cast<int>(m_comparisons.size());
}

Cell ComparisonModel::ratioCell(const Row& row, std::size_t other) const
{
    const Format format;
    const Side& side = row.sides[other];
    if (!side.comparison || !side.comparison->ratio)
    {
        return {format.dash(), Tone::Muted};
    }
    const std::string ratio = format.ratio(*side.comparison->ratio, side.comparison->interval);
    if (!isRanked(row.sides.front(), side))
    {
        return {ratio + " not ranked", Tone::Muted};
    }
    if (!m_comparisons[other - 1].alike && !m_anyway)
    {
        return {ratio, Tone::Muted};
    }
    return {ratio + " " + spaced(toString(side.comparison->verdict)), toneOf(side.comparison->verdict)};
}

Cell ComparisonModel::cell(const Row& row, int column) const
{
    const Format format;
    const CaseReport& first = *row.sides.front().row;
    switch (column)
    {
    case Subject:
        return {describe(first.measured.subject)};
    case BackendName:
        return {backendName(first.measured.backend).toStdString()};
    case PassName:
        return {passName(first.measured.pass).toStdString() + (first.measured.l2 == L2State::Cold ? ", cold L2" : "") +
                (first.measured.launch == Launch::Graph ? ", graph" : "")};
    case FirstMedian:
        return medianCell(first, format);
    default:
        break;
    }
    const std::size_t other = otherOf(column);
    if (isRatio(column))
    {
        return ratioCell(row, other);
    }
    return row.sides[other].row != nullptr ? medianCell(*row.sides[other].row, format) : Cell("not in it", Tone::Muted);
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const CaseReport& first = *row.sides.front().row;
    const auto medianOfRow = [](const CaseReport* side)
    { return side != nullptr && side->device ? QVariant(side->device->medianNs) : QVariant(); };
    switch (role)
    {
    case Qt::DisplayRole:
        return textOf(cell(row, column).text);
    case kToneRole:
        return static_cast<int>(cell(row, column).tone);
    case kBackendRole:
        return column == BackendName ? QVariant(static_cast<int>(first.measured.backend)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((column >= FirstMedian ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case kSortRole:
        if (column < FirstMedian)
        {
            return column == Subject ? QVariant(index.row()) : QVariant(textOf(cell(row, column).text));
        }
        if (isRatio(column))
        {
            const auto& comparison = row.sides[otherOf(column)].comparison;
            return comparison && comparison->ratio ? QVariant(*comparison->ratio) : QVariant();
        }
        return medianOfRow(column == FirstMedian ? &first : row.sides[otherOf(column)].row);
    case Qt::ToolTipRole:
        if (isRatio(column) && row.sides[otherOf(column)].comparison)
        {
            return textOf(row.sides[otherOf(column)].comparison->reason);
        }
        return column == Subject ? QVariant(textOf(describe(first.measured))) : QVariant();
    case kFigureSourceRole:
        return column == FirstMedian ? medianOf(*m_reports.front().report, first).source : QString();
    case kFigureValueRole:
        return column == FirstMedian ? medianOf(*m_reports.front().report, first).value : QVariant();
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount() ||
        (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::TextAlignmentRole))
    {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    if (role == Qt::TextAlignmentRole)
    {
        return QVariant::fromValue((section >= FirstMedian ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (section < FirstMedian)
    {
        return section == Subject ? tr("Subject") : section == BackendName ? tr("Backend") : tr("Pass");
    }
    if (m_reports.empty())
    {
        return tr("Median");
    }
    const QString& name = m_reports[section == FirstMedian ? 0 : otherOf(section)].name;
    if (isRatio(section))
    {
        return role == Qt::DisplayRole
                   ? tr("ratio")
                   : tr("Median of %1 over that of %2: above 1, %2 is faster. With its 95 % interval of "
                        "the noise inside the runs")
                         .arg(m_reports.front().name, name);
    }
    return role == Qt::DisplayRole ? name : tr("Median device time in %1, with its 95 % interval").arg(name);
}

} // namespace headroom::ui
