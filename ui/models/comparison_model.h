// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/measure/comparison_apart.h"
#include "core/report/table.h"
#include "ui/models/case_table_model.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace headroom::ui
{

/// By what cases of several reports meet: the id that \a measured would have on a processor, so that a GPU's meets that
/// of a processor. That the devices differ is said by unlikenessOf().
std::string meetingId(const Case& measured);

/// What two reports have in common, and in what they differ: the second against the first.
struct ReportComparison
{
    std::vector<CircumstanceDifference> differences; ///< by unlikenessOf()
    bool alike = true;                               ///< nothing that matters differs, so that verdicts may be given
    std::int64_t faster = 0;
    std::int64_t slower = 0;
    std::int64_t same = 0;
    std::int64_t cannotTell = 0;

    bool operator==(const ReportComparison&) const = default;
};

/// The cases that reports have in common, a row each: the first report's median, and for each other its median and the
/// ratio with its interval and verdict. Where what matters of the circumstances differs there is a ratio and no
/// verdict, unless they are asked for all the same; where a side's numbers are not verified there is none either.
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
        FixedColumns ///< then two for each further report: its median, and the ratio
    };

    explicit ComparisonModel(QObject* parent = nullptr);

    void setReports(std::vector<NamedReport> reports, bool verdictsAnyway);

    /// Of report \a other (from 1 on) against the first.
    const ReportComparison& comparison(std::size_t other) const { return m_comparisons.at(other - 1); }
    std::size_t otherCount() const { return m_comparisons.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    /// One report's side of a row.
    struct Side
    {
        const CaseReport* row = nullptr;
        std::optional<Comparison> comparison; ///< with the first; nothing without samples on both sides
    };

    struct Row
    {
        std::vector<Side> sides; ///< the first report's first
    };

    void compareAll();
    void count(const Side& first, const Side& other, ReportComparison& sum) const;
    bool isRanked(const Side& first, const Side& other) const;
    Cell ratioCell(const Row& row, std::size_t other) const;
    Cell cell(const Row& row, int column) const;
    static std::size_t otherOf(int column) { return static_cast<std::size_t>(column - FixedColumns) / 2 + 1; }
    static bool isRatio(int column) { return column >= FixedColumns && (column - FixedColumns) % 2 == 1; }

    std::vector<NamedReport> m_reports;
    bool m_anyway = false;
    std::vector<ReportComparison> m_comparisons;
    std::vector<Row> m_rows;
};

} // namespace headroom::ui
