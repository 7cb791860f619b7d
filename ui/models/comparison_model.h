// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/cost.h"
#include "core/report/report_comparison.h"
#include "core/report/table.h"
#include "ui/models/case_table_model.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace headroom::ui
{

/// The cases that reports have in common, a row each, as compareReports() has them: the first report's median, and for
/// each other its median, the ratio with its interval and verdict, and what changed beside time. The minimum detectable
/// effect and the reason of a verdict are the ratio's tool tip.
class ComparisonModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum FixedColumn
    {
        Subject,
        BackendName,
        PassName,
        FirstMedian,
        FixedColumns ///< then three for each further report: its median, the ratio, and what changed beside
    };

    static constexpr int kColumnsOfOther = 3;

    explicit ComparisonModel(QObject* parent = nullptr);

    void setReports(std::vector<NamedReport> reports, bool verdictsAnyway);

    /// What a million tokens cost by \a prices is then in the tool tips of medians; nothing takes it away.
    void setPrices(const std::optional<Prices>& prices);

    /// What the runs cost: "a 0.0077 EUR, b 0.0704 EUR"; empty without prices that fit.
    QString runCosts() const;

    /// Of report \a other (from 1 on) against the first.
    const ReportComparison& comparison(std::size_t other) const { return m_comparisons.at(other - 1); }
    std::size_t otherCount() const { return m_comparisons.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    enum class Part
    {
        Median,
        Ratio,
        Beside
    };

    struct Row
    {
        std::size_t first = 0;                       ///< into the first report's cases
        std::vector<const CaseComparison*> others{}; ///< null where a report does not have it
    };

    void compareAll();
    Cell cell(const Row& row, int column) const;
    Cell otherCell(const Row& row, int column) const;
    QVariant sortValue(const Row& row, int column, int place) const;
    QString toolTip(const Row& row, int column) const;
    QString costTip(std::size_t report, std::size_t place) const;
    void priceAll();
    const CaseReport& firstCase(const Row& row) const { return m_reports.front().report->cases[row.first]; }
    const CaseReport* otherCase(const Row& row, int column) const;
    static std::size_t otherOf(int column)
    {
        return static_cast<std::size_t>((column - FixedColumns) / kColumnsOfOther) + 1;
    }
    static Part partOf(int column) { return static_cast<Part>((column - FixedColumns) % kColumnsOfOther); }
    static bool isRatio(int column) { return column >= FixedColumns && partOf(column) == Part::Ratio; }
    static bool isBeside(int column) { return column >= FixedColumns && partOf(column) == Part::Beside; }
    static Qt::Alignment alignmentOf(int column);

    std::vector<NamedReport> m_reports;
    bool m_anyway = false;
    std::vector<ReportComparison> m_comparisons;
    std::vector<Row> m_rows;
    std::optional<Prices> m_prices;
    std::vector<ReportCost> m_costs; ///< of the reports; empty without prices
};

} // namespace headroom::ui
