// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/comparison_model.h"

#include "core/report/case_cells.h"
#include "core/report/comparison_text.h"
#include "core/report/cost_tables.h"
#include "core/report/format.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"

#include <QStringList>

#include <map>

namespace headroom::ui
{
namespace
{

Cell medianCell(const CaseReport& row, const Format& format)
{
    return isMeasured(row) ? Cell(format.duration(row.device->medianNs, row.device->medianIntervalNs),
                                  isRejected(row) ? Tone::Bad : Tone::Plain)
                           : Cell(whyEmpty(row), Tone::Muted);
}

} // namespace

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
    priceAll();
    endResetModel();
}

void ComparisonModel::setPrices(const std::optional<Prices>& prices)
{
    m_prices = prices;
    priceAll();
}

void ComparisonModel::priceAll()
{
    m_costs.clear();
    for (std::size_t at = 0; m_prices && at < m_reports.size(); ++at)
    {
        m_costs.push_back(costOf(*m_reports[at].report, *m_prices));
    }
}

QString ComparisonModel::runCosts() const
{
    QStringList costs;
    for (std::size_t at = 0; at < m_costs.size(); ++at)
    {
        const RunCost& run = m_costs[at].run;
        if (run.wallCost || run.energyCost)
        {
            const Amount amount{run.wallCost.value_or(0) + run.energyCost.value_or(0), std::nullopt};
            costs << m_reports[at].name + QLatin1Char(' ') + textOf(moneyText(amount, m_costs[at].currency, Format()));
        }
    }
    return costs.join(QStringLiteral(", "));
}

/// What goes through the case \a place of a report costs.
QString ComparisonModel::costTip(std::size_t report, std::size_t place) const
{
    if (report >= m_costs.size())
    {
        return {};
    }
    for (const auto& cost : m_costs[report].cases)
    {
        if (cost.index == place && cost.total)
        {
            const QString amount = textOf(moneyText(*cost.total, m_costs[report].currency, Format()));
            return (cost.images ? tr("A thousand images cost %1") : tr("A million tokens cost %1")).arg(amount);
        }
    }
    return {};
}

void ComparisonModel::compareAll()
{
    m_rows.clear();
    m_comparisons.clear();
    ComparisonRequest request;
    request.force = m_anyway;
    for (std::size_t at = 1; at < m_reports.size(); ++at)
    {
        m_comparisons.push_back(compareReports(*m_reports.front().report, *m_reports[at].report, request));
    }
    std::map<std::size_t, Row> rows; // as the first report has them
    for (std::size_t at = 0; at < m_comparisons.size(); ++at)
    {
        for (const auto& one : m_comparisons[at].cases)
        {
            Row& row = rows[one.first.index];
            row.first = one.first.index;
            row.others.resize(m_comparisons.size(), nullptr);
            row.others[at] = &one;
        }
    }
    for (auto& [place, row] : rows)
    {
        m_rows.push_back(std::move(row));
    }
}

int ComparisonModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FixedColumns + kColumnsOfOther * static_cast<int>(m_comparisons.size());
}

const CaseReport* ComparisonModel::otherCase(const Row& row, int column) const
{
    const std::size_t other = otherOf(column);
    const auto* comparison = row.others[other - 1];
    return comparison != nullptr ? &m_reports[other].report->cases[comparison->second.index] : nullptr;
}

Cell ComparisonModel::otherCell(const Row& row, int column) const
{
    const Format format;
    const std::size_t other = otherOf(column);
    const auto* comparison = row.others[other - 1];
    switch (partOf(column))
    {
    case Part::Median:
        return comparison != nullptr ? medianCell(*otherCase(row, column), format) : Cell("not in it", Tone::Muted);
    case Part::Ratio:
        return comparison != nullptr ? comparedRatio(*comparison, m_comparisons[other - 1].judged, format)
                                     : Cell(format.dash(), Tone::Muted);
    case Part::Beside:
        break;
    }
    Cell cell;
    for (const auto& words : comparison != nullptr ? besideTime(*comparison, format) : std::vector<std::string>())
    {
        cell.text += (cell.text.empty() ? "" : ", ") + words;
    }
    cell.tone = comparison != nullptr && (comparison->backendChanged() || comparison->accuracyIsWorse()) ? Tone::Bad
                                                                                                         : Tone::Plain;
    return cell;
}

Cell ComparisonModel::cell(const Row& row, int column) const
{
    const CaseReport& first = firstCase(row);
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
        return medianCell(first, Format());
    default:
        return otherCell(row, column);
    }
}

QVariant ComparisonModel::sortValue(const Row& row, int column, int place) const
{
    if (column == Subject)
    {
        return place;
    }
    if (column < FirstMedian || isBeside(column))
    {
        return textOf(cell(row, column).text);
    }
    if (isRatio(column))
    {
        const auto* comparison = row.others[otherOf(column) - 1];
        return comparison != nullptr && comparison->time.ratio ? QVariant(*comparison->time.ratio) : QVariant();
    }
    const CaseReport* side = column == FirstMedian ? &firstCase(row) : otherCase(row, column);
    return side != nullptr && side->device ? QVariant(side->device->medianNs) : QVariant();
}

/// What a cell has no room for: of a ratio what the samples could have shown, and the backends of both sides.
QString ComparisonModel::toolTip(const Row& row, int column) const
{
    if (column == Subject)
    {
        return textOf(describeWithSide(firstCase(row).measured));
    }
    if (column == FirstMedian)
    {
        return costTip(0, row.first);
    }
    const auto* comparison = column >= FixedColumns ? row.others[otherOf(column) - 1] : nullptr;
    if (comparison == nullptr)
    {
        return {};
    }
    if (partOf(column) == Part::Median)
    {
        return costTip(otherOf(column), comparison->second.index);
    }
    if (isBeside(column))
    {
        return textOf(cell(row, column).text);
    }
    const Format format;
    QStringList lines{textOf(capitalised(comparison->time.reason))};
    if (comparison->time.minimumDetectableEffect)
    {
        lines << tr("Samples as many and as noisy would show a difference of %1 in four of five runs")
                     .arg(textOf(format.percent(*comparison->time.minimumDetectableEffect)));
    }
    if (!comparison->isRanked())
    {
        lines << tr("Not ranked: %1").arg(textOf(comparison->whyUnranked));
    }
    return lines.join(QLatin1Char('\n'));
}

Qt::Alignment ComparisonModel::alignmentOf(int column)
{
    return (column < FirstMedian || isBeside(column) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const CaseReport& first = firstCase(row);
    switch (role)
    {
    case Qt::DisplayRole:
        return textOf(cell(row, column).text);
    case kToneRole:
        return static_cast<int>(cell(row, column).tone);
    case kBackendRole:
        return column == BackendName ? QVariant(static_cast<int>(first.measured.backend)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(alignmentOf(column));
    case kSortRole:
        return sortValue(row, column, index.row());
    case Qt::ToolTipRole:
    {
        const QString text = toolTip(row, column);
        return text.isEmpty() ? QVariant() : text;
    }
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
        return QVariant::fromValue(alignmentOf(section));
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
    if (isBeside(section))
    {
        return role == Qt::DisplayRole
                   ? tr("beside time")
                   : tr("What changed from %1 to %2 beside time: the backend that ran, accuracy, memory")
                         .arg(m_reports.front().name, name);
    }
    return role == Qt::DisplayRole ? name : tr("Median device time in %1, with its 95 % interval").arg(name);
}

} // namespace headroom::ui
