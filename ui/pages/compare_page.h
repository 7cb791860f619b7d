// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"

class QCheckBox;
class QSortFilterProxyModel;
class QTableView;
class QTableWidget;

namespace headroom::ui
{

class ComparisonModel;
class Hint;
class Label;
class Panel;
class SentenceHeader;

/// Two reports or more, case by case. Unlike circumstances are named before anything else, and there is no verdict
/// across them unless the user wants one.
class ComparePage : public FacedPage
{
    Q_OBJECT

public:
    explicit ComparePage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("compare"); }
    QString title() const override { return tr("Compare"); }

protected:
    void refresh() override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildContent();
    void fitColumns();
    void showSubject();
    void askForPrices();
    void showCosts();
    void showSentence();
    void showDifferences();
    QString otherSums() const;
    QString onlyInOne() const;

    ComparisonModel* m_model;
    QSortFilterProxyModel* m_sorted;
    SentenceHeader* m_header;
    Panel* m_differencePanel;
    QTableWidget* m_differences;
    QCheckBox* m_anyway;
    Panel* m_cases;
    QTableView* m_table;
    Label* m_nothing = nullptr;
    Label* m_costs = nullptr;
    Label* m_subject = nullptr; ///< of all cases, where it is one; the table then has no column for it
    Hint* m_hint;
};

} // namespace headroom::ui
