// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QAbstractTableModel>
#include <QString>

#include <memory>

namespace headroom::ui
{

/// Every sample of one case, as it was taken: number, round, time, SM clock, and what is remarkable about it.
class SampleLedgerModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Number,
        Round,
        Time,
        Clock,
        Label,
        ColumnCount
    };

    /// Numbers, to sort by.
    static constexpr int kSortRole = Qt::UserRole + 1;

    explicit SampleLedgerModel(QObject* parent = nullptr);

    /// The samples of the case at \a index of \a report, by the device's clock or the wall's. An index beyond its cases
    /// shows none.
    void show(std::shared_ptr<const Report> report, std::size_t index, headroom::Clock clock);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    const CaseReport* row() const;
    const std::vector<double>& samples() const;
    QVariant text(std::size_t sample, int column) const;
    QVariant number(std::size_t sample, int column) const;

    std::shared_ptr<const Report> m_report;
    std::size_t m_index = 0;
    headroom::Clock m_clock = headroom::Clock::Device;
};

} // namespace headroom::ui
