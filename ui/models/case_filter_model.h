// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case_filter.h"

#include <QSortFilterProxyModel>
#include <QStringList>

namespace headroom::ui
{

class CaseTableModel;

/// Sorts a CaseTableModel by numbers, rows without one always last, and keeps the rows that a filter keeps: the terms
/// of core/plan/case_filter.h ("backend=flash,seq>=4k"), or words that any of a row's texts must hold.
class CaseFilterModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit CaseFilterModel(CaseTableModel* source, QObject* parent = nullptr);

    /// \returns what is wrong with \a text, in a sentence; then the filter stays as it was.
    QString setFilter(const QString& text);

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    CaseTableModel* m_source;
    CaseFilter m_terms;
    QStringList m_words;
};

} // namespace headroom::ui
