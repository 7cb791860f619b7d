// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"
#include "ui/run/run_history.h"

#include <QTimer>

class QComboBox;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QTableView;

namespace headroom::ui
{

class HistoryTableModel;
class HistoryTrend;
class Label;
class Panel;
class SentenceHeader;

/// All runs that were kept: searched as one types, filtered, chosen to be opened, compared, tagged, noted, removed; and
/// how a figure of them went over time. It shows the history that it is given, and no open report.
class HistoryPage : public FacedPage
{
    Q_OBJECT

public:
    explicit HistoryPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("history"); }
    QString title() const override { return tr("History"); }

    /// Shows \a history, which outlives the page, and reads it each time that the page is shown.
    void setHistory(RunHistory& history);

    std::vector<RunRow> chosen() const; ///< as they stand in the table
    HistoryFilter filter() const;
    void setFilter(const HistoryFilter& filter);

Q_SIGNALS:
    void openRequested(const QStringList& paths);
    void compareRequested(const QStringList& paths);                  ///< the earliest first
    void removalRequested(const std::vector<headroom::RunRow>& runs); ///< is asked about before
    void exportRequested(const headroom::RunRow& run);                ///< to a file that is asked for
    void importRequested();                                           ///< of files that are asked for
    void filterChanged();

protected:
    void refresh() override;
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildContent();
    QLayout* buildFilter();
    QWidget* buildRuns();
    Panel* buildChoice();
    void takeSnapshot(const std::shared_ptr<const HistorySnapshot>& snapshot);
    void fillChoices();
    void applyFilter();
    void showSentence();
    void showChosen();
    void keepSelection(const std::vector<std::string>& files);
    std::vector<std::string> chosenFiles() const;
    QStringList pathsOf(const std::vector<RunRow>& runs) const;
    void compareChosen();
    void applyTags();
    void applyNote();

    RunHistory* m_history = nullptr;
    std::shared_ptr<const HistorySnapshot> m_snapshot;
    HistoryTableModel* m_model;
    SentenceHeader* m_header = nullptr;
    QLineEdit* m_search = nullptr;
    QComboBox* m_device = nullptr;
    QComboBox* m_dtype = nullptr;
    QComboBox* m_state = nullptr;
    QComboBox* m_tag = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_views = nullptr;
    QTableView* m_table = nullptr;
    Label* m_nothing = nullptr;
    Panel* m_choice = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_compare = nullptr;
    QPushButton* m_export = nullptr;
    QPushButton* m_remove = nullptr;
    Label* m_what = nullptr;
    QLineEdit* m_tags = nullptr;
    QLineEdit* m_note = nullptr;
    HistoryTrend* m_trend = nullptr;
    QTimer m_trendSoon; ///< that typing asks for one trend
};

} // namespace headroom::ui
