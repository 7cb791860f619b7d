// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/explanation.h"
#include "ui/models/figure.h"

#include <QAbstractTableModel>

#include <vector>

namespace headroom::ui
{

/// Every rule of every backend for one attention call, a row each: what the call has, what the backend takes, and
/// whether that holds. Rules that fail stand first in their backend.
class RuleModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        BackendName,
        Rule,
        Holds,
        Value,
        Limit,
        Fix,
        ColumnCount
    };

    explicit RuleModel(QObject* parent = nullptr);

    /// \a source: where the evidence stands in a report's JSON ("/headroom/layers/0"); empty for the form's.
    void setEvidence(const LayerEvidence& evidence, const QString& source);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        std::size_t answer;
        std::size_t rule;
    };

    const RuleCheck& ruleOf(const Row& row) const { return m_evidence.answers[row.answer].rules.rules[row.rule]; }

    LayerEvidence m_evidence;
    QString m_source;
    std::vector<Row> m_rows;
};

} // namespace headroom::ui
