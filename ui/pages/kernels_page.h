// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/fastest_grid.h"
#include "ui/pages/faced_page.h"

#include <string>
#include <vector>

class QComboBox;
class QLineEdit;
class QPushButton;
class QTableView;

namespace headroom::ui
{

class CaseFilterModel;
class CaseTableModel;
class CircumstanceLine;
class HeatMap;
class Label;
class Panel;
class SentenceHeader;

/// Every case: a table to sort and filter, what is known of the case that is chosen, and who is fastest by batch and
/// length.
class KernelsPage : public FacedPage
{
    Q_OBJECT

public:
    explicit KernelsPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("kernels"); }
    QString title() const override { return tr("Kernels"); }

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    Panel* buildTable();
    Panel* buildDetails();
    Panel* buildMap();
    void showSentence();
    void showCount();
    void fitColumns();
    void hideDullColumns();
    void showGrids();
    void showGrid(int index);
    void showDetails();
    void chooseJob(const std::string& jobId);
    void applyFilter(const QString& text);
    void copyRepro();
    void measureAgain();
    void applySizes();

    CaseTableModel* m_model;
    CaseFilterModel* m_filtered;
    SentenceHeader* m_header;
    CircumstanceLine* m_circumstances;
    QLineEdit* m_filter = nullptr;
    QString m_problem; ///< what is wrong with the filter
    Label* m_filterProblem = nullptr;
    QTableView* m_table = nullptr;
    Panel* m_tablePanel = nullptr;
    Panel* m_details = nullptr;
    Label* m_detailText = nullptr;
    Label* m_repro = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_again = nullptr;
    Panel* m_mapPanel = nullptr;
    QComboBox* m_gridChoice = nullptr;
    HeatMap* m_map = nullptr;
    Label* m_readOut = nullptr;
    std::vector<FastestGrid> m_grids;
    int m_fittedRows = 0; ///< that the columns are wide enough for
};

} // namespace headroom::ui
