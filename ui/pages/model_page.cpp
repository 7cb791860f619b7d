// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/model_page.h"

#include "core/report/audit_trials.h"
#include "core/report/format.h"
#include "ui/models/model_tree_model.h"
#include "ui/models/report_words.h"
#include "ui/pages/model_figures.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/tile_layout.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr qsizetype kMostFindings = 4; ///< of them all, the page Recommendations has more to say
constexpr int kLeastTreeSteps = 60;

const QString kInReport = QStringLiteral("/headroom/inspection"); ///< core/report/json_report.cpp

std::vector<AuditFinding> findingsOf(const Report& report)
{
    std::vector<AuditFinding> findings;
    for (auto& tried : triedFindings(report))
    {
        findings.push_back(std::move(tried.finding));
    }
    return findings;
}

} // namespace

ModelPage::ModelPage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_model(new ModelTreeModel(this)), m_filtered(new QSortFilterProxyModel(this))
{
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterKeyColumn(-1);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filtered->setRecursiveFilteringEnabled(true);
    m_filtered->setAutoAcceptChildRows(true);
    m_hint = new Hint({}, {}, theme);
    m_hint->addAction(tr("Load model…"), QStringLiteral("loadModel"));
    m_hint->addAction(tr("Open report…"), QStringLiteral("open"));
    setFaces(m_hint, buildContent());
}

QWidget* ModelPage::buildContent()
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    const int side = theme().space(4);
    column->setContentsMargins(side, side, side, side);
    column->setSpacing(theme().space(3));
    m_header = new SentenceHeader(theme());
    m_choice = new QComboBox;
    m_choice->setObjectName(QStringLiteral("modelChoice"));
    m_choice->setAccessibleName(tr("Which model is shown"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setMinimumContentsLength(22);
    connect(m_choice, &QComboBox::activated, this,
            [this](int index)
            {
                m_formFirst = index == 0;
                refresh();
            });
    auto* top = new QHBoxLayout;
    top->addWidget(m_header, 1);
    top->addWidget(m_choice, 0, Qt::AlignTop);
    auto* tiles = new QWidget;
    auto* layout = new TileLayout(theme().space(46), tiles);
    layout->setMostColumns(4);
    for (int at = 0; at < 4; ++at)
    {
        m_figures.push_back(new BigFigure(theme()));
        m_figures.back()->setObjectName(QStringLiteral("modelFigure%1").arg(at));
        layout->addWidget(m_figures.back());
    }
    m_notes = new Label(theme(), TextRole::Note);
    m_notes->setObjectName(QStringLiteral("modelNotes"));
    m_notes->setTone(Tone::Muted);
    m_notes->setWordWrap(true);
    column->addLayout(top);
    column->addWidget(tiles);
    column->addWidget(buildTree(), 1);
    column->addWidget(buildFindings());
    column->addWidget(m_notes);
    return content;
}

Panel* ModelPage::buildTree()
{
    m_treePanel = new Panel(tr("Modules and their attention calls"), QString(), theme());
    m_treePanel->setMinimumHeight(theme().space(kLeastTreeSteps));
    m_filter = new QLineEdit;
    m_filter->setObjectName(QStringLiteral("modelFilter"));
    m_filter->setAccessibleName(tr("Filter of the modules and calls"));
    m_filter->setPlaceholderText(tr("Filter: a name, class, mask or backend"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(theme().space(75));
    connect(m_filter, &QLineEdit::textChanged, this, &ModelPage::applyFilter);
    m_tree = new QTreeView;
    m_tree->setObjectName(QStringLiteral("modelTree"));
    m_tree->setAccessibleName(m_treePanel->title());
    m_tree->setModel(m_filtered);
    m_tree->setItemDelegate(new CaseDelegate(theme(), m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setIndentation(theme().space(4));
    m_tree->setStyleSheet(QStringLiteral("QHeaderView::section { padding-left: 3px; padding-right: 3px; }"));
    m_tree->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_tree->header()->setSectionResizeMode(ModelTreeModel::Kind, QHeaderView::Stretch);
    m_treePanel->addToHeader(m_filter);
    m_treePanel->body()->addWidget(m_tree);
    return m_treePanel;
}

Panel* ModelPage::buildFindings()
{
    m_findings = new Panel(QString(), QString(), theme());
    m_findings->setObjectName(QStringLiteral("modelFindings"));
    m_findingText = new Label(theme());
    m_findingText->setObjectName(QStringLiteral("modelFindingText"));
    m_findingAction = new QPushButton;
    m_findingAction->setObjectName(QStringLiteral("modelFindingAction"));
    m_findingAction->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_findings->addToHeader(m_findingAction);
    m_findings->body()->addWidget(m_findingText);
    connect(m_findingAction, &QPushButton::clicked, this,
            [this]
            {
                m_formFirst ? Q_EMIT actionRequested(QStringLiteral("audit"))
                            : Q_EMIT pageRequested(QStringLiteral("recommendations"));
            });
    return m_findings;
}

void ModelPage::showModel(const SeenModel& model)
{
    m_form = model;
    m_formFirst = model != nullptr;
    showReports(reports());
}

const ModelInspection* ModelPage::reportsModel() const
{
    return reports().empty() || !reports().front().report->plan.inspection
               ? nullptr
               : &*reports().front().report->plan.inspection;
}

bool ModelPage::chooseSource()
{
    const ModelInspection* reported = reportsModel();
    const std::string run = reported != nullptr ? reports().front().report->run : std::string();
    if (run != m_frontRun && reported != nullptr)
    {
        m_formFirst = false;
    }
    m_frontRun = run;
    const bool wasRun = m_form && reported != nullptr && *reported == m_form->inspection;
    const bool both = m_form && reported != nullptr && !wasRun;
    m_formFirst = m_form && (reported == nullptr || (both && m_formFirst));
    m_choice->setVisible(both);
    if (both)
    {
        const QSignalBlocker blocker(m_choice);
        m_choice->clear();
        m_choice->addItems({tr("In the form, not run yet"), reports().front().name});
        m_choice->setCurrentIndex(m_formFirst ? 0 : 1);
    }
    return m_formFirst;
}

void ModelPage::refresh()
{
    const bool form = chooseSource();
    const ModelInspection* reported = reportsModel();
    if (!form && reported == nullptr)
    {
        m_hint->setTitle(tr("No model from a file"));
        m_hint->setText((reports().empty() ? QString() : tr("This report is not of a model from a file. ")) +
                        tr("Load one, and here will be its modules, every attention call that it makes with its shape, "
                           "its mask and the backend that ran, and what attention takes of the forward pass."));
        showFace(Face::Hint);
        return;
    }
    showFace(Face::Content);
    if (form)
    {
        showInspection(m_form->inspection, QString());
        showFindings(m_form->findings, true);
        return;
    }
    showInspection(*reported, kInReport);
    showFindings(findingsOf(*reports().front().report), false);
}

void ModelPage::showInspection(const ModelInspection& seen, const QString& source)
{
    m_header->setSentence(modelSentence(seen),
                          source.isEmpty() || !seen.attentionNs
                              ? Figure{}
                              : Figure{source + QStringLiteral("/attentionNs"), *seen.attentionNs});
    m_header->setNote(modelNote(seen));
    const auto figures = modelFigures(seen, source);
    for (std::size_t at = 0; at < m_figures.size(); ++at)
    {
        m_figures[at]->setContent(figures[at]);
    }
    showTree(seen, source);
    showNotes(seen, source);
}

/// A live report brings the same inspection ten times a second: the tree keeps its place and what is open in it.
void ModelPage::showTree(const ModelInspection& seen, const QString& source)
{
    if (m_model->inspection() && *m_model->inspection() == seen && m_model->source() == source)
    {
        return;
    }
    m_model->setInspection(std::make_shared<const ModelInspection>(seen), source);
    expandToCalls();
    const Format format;
    m_treePanel->setNote(
        tr("%1, %2").arg(textOf(format.plural(static_cast<std::int64_t>(seen.modules.size()), "module")),
                         textOf(format.plural(static_cast<std::int64_t>(seen.calls.size()), "call"))));
}

/// What holds no call stays closed.
void ModelPage::expandToCalls()
{
    m_tree->collapseAll();
    std::vector<QModelIndex> open{QModelIndex()};
    while (!open.empty())
    {
        const QModelIndex at = open.back();
        open.pop_back();
        for (int row = 0; row < m_filtered->rowCount(at); ++row)
        {
            const QModelIndex child = m_filtered->index(row, 0, at);
            if (m_model->holdsCalls(m_filtered->mapToSource(child)))
            {
                m_tree->expand(child);
                open.push_back(child);
            }
        }
    }
}

void ModelPage::applyFilter(const QString& text)
{
    m_filtered->setFilterFixedString(text);
    text.isEmpty() ? expandToCalls() : m_tree->expandAll();
}

void ModelPage::showFindings(const std::vector<AuditFinding>& findings, bool ofForm)
{
    const bool audited = !ofForm && isAudit(*reports().front().report);
    m_findings->setVisible(ofForm || audited);
    const Format format;
    const auto count = static_cast<std::int64_t>(findings.size());
    m_findings->setTitle(findings.empty() ? tr("The rules find nothing")
                                          : tr("The rules find %1").arg(textOf(format.plural(count, "thing"))));
    m_findings->setNote(ofForm && !findings.empty() ? tr("an audit tries each fix and measures it") : QString());
    QStringList lines;
    QStringList whys;
    for (const AuditFinding& finding : findings)
    {
        if (lines.size() < kMostFindings)
        {
            lines << QStringLiteral("• ") + textOf(finding.title);
            whys << textOf(finding.why);
        }
    }
    if (findings.size() > static_cast<std::size_t>(kMostFindings))
    {
        lines << tr("and %1 more").arg(findings.size() - static_cast<std::size_t>(kMostFindings));
    }
    m_findingText->setText(findings.empty() ? tr("No attention call of it has what Headroom knows to cost speed or the "
                                                 "right result.")
                                            : lines.join(QLatin1Char('\n')));
    m_findingText->setToolTip(whys.join(QStringLiteral("\n\n")));
    m_findingAction->setText(ofForm ? tr("Audit") : tr("What to change"));
    m_findingAction->setVisible(ofForm || !findings.empty());
    m_findings->layout()->invalidate(); // the layouts inside it keep the size of an empty panel
    m_findings->layout()->activate();
}

void ModelPage::showNotes(const ModelInspection& seen, const QString& source)
{
    QStringList notes;
    QList<Figure> figures;
    for (std::size_t at = 0; at < seen.notes.size(); ++at)
    {
        notes << textOf(seen.notes[at]);
        figures << Figure{source.isEmpty() ? QString() : QStringLiteral("%1/notes/%2").arg(source).arg(at),
                          notes.back()};
    }
    m_notes->setText(notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!notes.isEmpty());
    setFigures(*m_notes, figures);
}

} // namespace headroom::ui
