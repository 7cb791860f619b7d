// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/rule_model.h"

#include "core/report/table.h"
#include "ui/models/case_table_model.h"
#include "ui/models/report_words.h"

namespace headroom::ui
{

RuleModel::RuleModel(QObject* parent) : QAbstractTableModel(parent) {}

void RuleModel::setEvidence(const LayerEvidence& evidence, const QString& source)
{
    if (evidence == m_evidence && source == m_source)
    {
        return;
    }
    beginResetModel();
    m_evidence = evidence;
    m_source = source;
    m_rows.clear();
    for (std::size_t answer = 0; answer < m_evidence.answers.size(); ++answer)
    {
        const auto& rules = m_evidence.answers[answer].rules.rules;
        for (const bool passed : {false, true})
        {
            for (std::size_t rule = 0; rule < rules.size(); ++rule)
            {
                if (rules[rule].passed == passed)
                {
                    m_rows.push_back({answer, rule});
                }
            }
        }
    }
    endResetModel();
}

int RuleModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RuleModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RuleModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const RuleCheck& rule = ruleOf(row);
    const Backend backend = m_evidence.answers[row.answer].rules.backend;
    const int column = index.column();
    switch (role)
    {
    case Qt::DisplayRole:
    case kSortRole:
        return column == BackendName ? backendName(backend)
               : column == Rule      ? textOf(rule.rule).replace(QLatin1Char('-'), QLatin1Char(' '))
               : column == Holds     ? (rule.passed ? tr("yes") : tr("no"))
               : column == Value     ? textOf(rule.value)
               : column == Limit     ? textOf(rule.limit)
                                     : textOf(rule.fix);
    case Qt::ToolTipRole:
        return column == Fix || column == Limit || column == Value ? data(index, Qt::DisplayRole) : QVariant();
    case kToneRole:
        return static_cast<int>(column == Holds ? (rule.passed ? Tone::Good : Tone::Bad)
                                : column == Fix ? Tone::Good
                                : rule.passed   ? Tone::Muted
                                                : Tone::Plain);
    case kBackendRole:
        return column == BackendName ? QVariant(static_cast<int>(backend)) : QVariant();
    case kFigureSourceRole:
        return m_source.isEmpty() || (column != Value && column != Limit && column != Fix)
                   ? QString()
                   : QStringLiteral("%1/answers/%2/rules/rules/%3/%4")
                         .arg(m_source)
                         .arg(row.answer)
                         .arg(row.rule)
                         .arg(column == Value   ? QStringLiteral("value")
                              : column == Limit ? QStringLiteral("limit")
                                                : QStringLiteral("fix"));
    case kFigureValueRole:
        return column == Value   ? textOf(rule.value)
               : column == Limit ? textOf(rule.limit)
               : column == Fix   ? textOf(rule.fix)
                                 : QVariant();
    default:
        return {};
    }
}

QVariant RuleModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
    {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (section)
    {
    case BackendName:
        return tr("Backend");
    case Rule:
        return tr("Rule");
    case Holds:
        return tr("Holds");
    case Value:
        return tr("This call has");
    case Limit:
        return tr("The backend takes");
    case Fix:
        return tr("Smallest change");
    default:
        return {};
    }
}

} // namespace headroom::ui
