// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/case_filter_model.h"

#include "ui/models/case_table_model.h"

#include <algorithm>
#include <stdexcept>

namespace headroom::ui
{

CaseFilterModel::CaseFilterModel(CaseTableModel* source, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source)
{
    setSortRole(kSortRole);
    setDynamicSortFilter(true);
    setSourceModel(source);
}

QString CaseFilterModel::setFilter(const QString& text)
{
    CaseFilter terms;
    QStringList words;
    const QString trimmed = text.trimmed();
    const bool isLanguage =
        trimmed.contains(QLatin1Char('=')) || trimmed.contains(QLatin1Char('<')) || trimmed.contains(QLatin1Char('>'));
    if (isLanguage)
    {
        try
        {
            QString packed = trimmed;
            terms.add(packed.remove(QLatin1Char(' ')).toStdString());
        }
        catch (const std::invalid_argument& error)
        {
            return QString::fromUtf8(error.what());
        }
    }
    else
    {
        words = trimmed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    }
    m_terms = std::move(terms);
    m_words = std::move(words);
    invalidateFilter();
    return {};
}

bool CaseFilterModel::filterAcceptsRow(int sourceRow, const QModelIndex&) const
{
    Case measured = m_source->caseAt(sourceRow).measured;
    if (const auto* input = std::get_if<ModelInput>(&measured.subject))
    {
        measured.subject = attentionProblemOf(*input, measured.pass != Pass::Forward); // its own calls have the names
    }
    const auto holds = [&](const QString& word)
    {
        for (int column = 0; column < CaseTableModel::ColumnCount; ++column)
        {
            if (m_source->index(sourceRow, column).data().toString().contains(word, Qt::CaseInsensitive))
            {
                return true;
            }
        }
        return false;
    };
    return m_terms.keeps(measured) && std::all_of(m_words.begin(), m_words.end(), holds);
}

bool CaseFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(kSortRole);
    const QVariant b = right.data(kSortRole);
    if (a.isValid() != b.isValid())
    {
        return a.isValid() == (sortOrder() == Qt::AscendingOrder); // without a number: last, whichever way
    }
    if (!a.isValid())
    {
        return left.row() < right.row();
    }
    return a.typeId() == QMetaType::QString ? a.toString().localeAwareCompare(b.toString()) < 0
                                            : a.toDouble() < b.toDouble();
}

} // namespace headroom::ui
