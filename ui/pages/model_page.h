// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"

#include <vector>

class QComboBox;
class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;
class QVBoxLayout;

namespace headroom
{
struct AuditFinding;
}

namespace headroom::ui
{

class BigFigure;
class Hint;
class Label;
class ModelTreeModel;
class Panel;
class SentenceHeader;

/// A model from a file: its modules with the attention calls that they make, what they cost in one forward pass, and
/// what an audit finds in them. Of the report in front, or of the form's model before it is run.
class ModelPage : public FacedPage
{
    Q_OBJECT

public:
    explicit ModelPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("model"); }
    QString title() const override { return tr("Model"); }

    void showModel(const SeenModel& model) override;

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    Panel* buildTree();
    Panel* buildFindings();

    /// What there is to choose from, the form's first; \returns whether the form's is shown.
    bool chooseSource();
    const ModelInspection* reportsModel() const;
    void showInspection(const ModelInspection& seen, const QString& source);
    void showTree(const ModelInspection& seen, const QString& source);
    void expandToCalls();
    void applyFilter(const QString& text);
    void showFindings(const std::vector<AuditFinding>& findings, bool ofForm);
    void showNotes(const ModelInspection& seen, const QString& source);

    Hint* m_hint;
    SentenceHeader* m_header;
    QComboBox* m_choice;
    std::vector<BigFigure*> m_figures;
    Panel* m_treePanel = nullptr;
    QLineEdit* m_filter = nullptr;
    QTreeView* m_tree = nullptr;
    Panel* m_findings = nullptr;
    Label* m_findingText = nullptr;
    class QPushButton* m_findingAction = nullptr;
    Label* m_notes = nullptr;
    ModelTreeModel* m_model;
    QSortFilterProxyModel* m_filtered;

    SeenModel m_form;         ///< the form's, also where it was run already
    bool m_formFirst = false; ///< it came after the report in front
    std::string m_frontRun;
};

} // namespace headroom::ui
