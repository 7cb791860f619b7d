// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run/history_list.h"

#include <QAbstractTableModel>

namespace headroom::ui
{

/// The runs of the history that a filter lets pass, a row each, in the order that was asked for. Filters and sorts by
/// itself: of ten thousand runs in a few milliseconds. Every change of what is shown is a reset; a view keeps its
/// selection by the names of the files.
class HistoryTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Started,
        What,
        Device,
        DataType,
        State,
        SpeedUp,
        Tags,
        Note,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setRuns(HistoryList runs);
    void setFilter(const HistoryFilter& filter);
    const HistoryFilter& filter() const { return m_filter; }

    int totalCount() const { return m_runs ? static_cast<int>(m_runs->size()) : 0; }
    const RunRow& runAt(int row) const;       ///< of the rows that are shown
    int rowOf(const std::string& file) const; ///< -1: it is not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void arrange();

    HistoryList m_runs;
    HistoryFilter m_filter;
    std::vector<int> m_shown; ///< places in m_runs
    int m_column = Started;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

/// "12 Nov 2026 17:20", in this machine's time, of "2026-11-12T16:20:01.123Z"; what it is where it is no time.
QString localTime(const std::string& utc);

/// "finished", or "12 of 40 jobs" of a run that has some left.
QString stateWords(const RunRow& run);

/// "cuDNN 5.07× (5.04 – 5.09) in the training step"; empty where there is none.
QString speedUpWords(const RunSpeedUp& speedUp);

/// All that is known of a run, a line each.
QString runWords(const RunRow& run);

} // namespace headroom::ui
