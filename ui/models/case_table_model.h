// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "core/report/table.h"
#include "ui/models/figure.h"

#include <QAbstractTableModel>

#include <memory>
#include <optional>
#include <vector>

namespace headroom::ui
{

/// A report with what it is called.
struct NamedReport
{
    QString name;
    std::shared_ptr<const Report> report; ///< never null

    bool operator==(const NamedReport&) const = default;
};

/// Of a cell: a number to sort by, invalid where the cell has none; how its text is meant (Tone); the backend whose
/// colour stands beside it.
inline constexpr int kSortRole = Qt::UserRole + 1;
inline constexpr int kToneRole = Qt::UserRole + 2;
inline constexpr int kBackendRole = Qt::UserRole + 3;

/// All cases of one report or several, a row each, those that failed or were left out among them. Text by Format alone.
///
/// A live report that has only grown changes rows in place and adds new ones, so that views keep their selection and
/// their place; any other change is a reset.
class CaseTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        ReportName,
        Subject,
        BackendName,
        PassName,
        LaunchName,
        L2Name,
        Median,
        VsBaseline,
        Rate,
        PeakShare,
        Memory,
        Ran,
        Accuracy,
        OutcomeText,
        Flags,
        ColumnCount
    };

    explicit CaseTableModel(QObject* parent = nullptr);

    void setReports(std::vector<NamedReport> reports);

    const CaseReport& caseAt(int row) const;
    const Report& reportAt(int row) const;
    const QString& reportNameAt(int row) const;
    std::size_t reportCount() const { return m_reports.size(); }

    /// The row of the case of \a jobId with \a backend in the first report, or -1.
    int rowOf(const std::string& jobId, Backend backend) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        std::size_t report;
        std::size_t index; ///< into its cases
        const ComparisonReport* comparison = nullptr;
    };

    std::vector<Row> rowsOf(const std::vector<NamedReport>& reports) const;
    bool hasOnlyGrown(const std::vector<NamedReport>& next, const std::vector<Row>& rows) const;
    Cell cell(const Row& row, int column) const;
    QVariant sortValue(const Row& row, int column) const;
    Figure figure(const Row& row, int column) const;
    QString toolTip(const Row& row, int column) const;
    const CaseReport& caseOf(const Row& row) const { return m_reports[row.report].report->cases[row.index]; }

    void chooseRateUnit();

    std::vector<NamedReport> m_reports;
    std::vector<Row> m_rows;
    QString m_rateUnit; ///< of most rates: it stands in the header, and not in their cells
};

} // namespace headroom::ui
