// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_page.h"

#include "core/report/answer.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/report_contents.h"
#include "ui/pages/report_preview.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/scroll_column.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/table_grid.h"

#include <QComboBox>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{

ReportPage::ReportPage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_header(new SentenceHeader(theme))
{
    build();
}

Hint* ReportPage::makeHint()
{
    auto* hint =
        new Hint(tr("No report yet"),
                 tr("Here will be the report as it is written for others: PDF, HTML, pictures, JSON, Markdown and "
                    "CSV, each with what is in it."),
                 theme());
    hint->addUsualActions();
    return hint;
}

void ReportPage::build()
{
    m_format = new QComboBox;
    m_format->setObjectName(QStringLiteral("exportFormat"));
    m_format->setAccessibleName(tr("Format"));
    for (const auto& format : exportFormats())
    {
        m_format->addItem(format.name, format.id);
    }
    m_export = new QPushButton(tr("Export…"));
    m_export->setObjectName(QStringLiteral("exportButton"));
    m_export->setAccessibleName(tr("Export the report"));
    m_export->setProperty("role", QStringLiteral("primary"));
    m_about = new Label(theme(), TextRole::Note);
    m_about->setWordWrap(true);
    m_result = new Label(theme(), TextRole::Note);
    m_result->setObjectName(QStringLiteral("exportResult"));
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_result->setTextFormat(Qt::RichText);
    m_result->hide();
    m_progress = new QProgressBar;
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Pages drawn"));
    m_progress->hide();

    auto* choice = new Panel(tr("Write it"), {}, theme());
    auto* line = new QHBoxLayout;
    line->addWidget(m_format, 1);
    line->addWidget(m_export);
    choice->body()->addLayout(line);
    choice->body()->addWidget(m_about);
    choice->body()->addWidget(m_progress);
    choice->body()->addWidget(m_result);

    m_contents = new Panel(tr("What is in it"), {}, theme());
    m_contentRows = new TableGrid(theme());
    m_contentRows->setObjectName(QStringLiteral("reportContents"));
    auto* rows = new ScrollColumn(theme());
    rows->setFlush();
    rows->column()->addWidget(m_contentRows);
    rows->column()->addStretch(1);
    m_contents->body()->addWidget(rows, 1);

    m_previewPanel = new Panel(tr("Preview"), {}, theme());
    m_preview = new ReportPreview(theme());
    m_previewPanel->body()->addWidget(m_preview, 1);

    auto* whole = new QWidget;
    auto* column = new QVBoxLayout(whole);
    const int side = theme().space(4);
    column->setContentsMargins(side, theme().space(3), side, theme().space(3));
    column->setSpacing(theme().space(3));
    column->addWidget(m_header);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(theme().space(3));
    auto* left = new QVBoxLayout;
    left->setSpacing(theme().space(3));
    left->addWidget(choice);
    left->addWidget(m_contents, 1);
    columns->addLayout(left, 2);
    columns->addWidget(m_previewPanel, 3);
    column->addLayout(columns, 1);
    setFaces(makeHint(), whole);

    connect(m_format, &QComboBox::currentIndexChanged, this,
            [this]
            {
                m_result->hide();
                if (!reports().empty())
                {
                    showPreview();
                }
            });
    connect(m_export, &QPushButton::clicked, this, [this] { Q_EMIT exportRequested(format()); });
    connect(m_result, &QLabel::linkActivated, this, &ReportPage::fileRequested);
}

QString ReportPage::format() const
{
    return m_format->currentData().toString();
}

void ReportPage::setFormat(const QString& format)
{
    if (const int index = m_format->findData(format); index >= 0)
    {
        m_format->setCurrentIndex(index);
    }
}

void ReportPage::showProgress(int done, int total)
{
    m_progress->setRange(0, std::max(1, total));
    m_progress->setValue(done);
    m_progress->show();
    m_export->setEnabled(false);
    m_result->hide();
}

void ReportPage::showWritten(const QStringList& files)
{
    m_progress->hide();
    m_export->setEnabled(true);
    const QString first = files.value(0).toHtmlEscaped();
    const QString link = QStringLiteral("<a href=\"%1\">%1</a>").arg(first);
    m_result->setTone(Tone::Good);
    m_result->setText(files.size() > 1 ? tr("Written: %1 and %2 more beside it").arg(link).arg(files.size() - 1)
                                       : tr("Written: %1").arg(link));
    m_result->show();
}

void ReportPage::showFailure(const QString& sentence)
{
    m_progress->hide();
    m_export->setEnabled(true);
    m_result->setTone(Tone::Bad);
    m_result->setText(sentence.toHtmlEscaped());
    m_result->show();
}

void ReportPage::refresh()
{
    if (reports().empty())
    {
        showFace(Face::Hint);
        return;
    }
    showFace(Face::Content);
    const OpenReport& open = reports().front();
    m_header->setSentence(open.live ? tr("The report is being filled; what is there so far can be written.")
                                    : tr("%1, ready to be handed on.").arg(open.name),
                          {});
    m_header->setNote(textOf(answerOf(*open.report, Format())));
    showContents();
    showPreview();
}

void ReportPage::showContents()
{
    m_contentRows->setTable(contentsOf(*reports().front().report));
    setFigure(*m_contents, conclusionOf(*reports().front().report));
}

/// While a run goes on there is no preview: the whole text would be made anew ten times a second.
void ReportPage::showPreview()
{
    const ExportFormat& format = exportFormats()[static_cast<std::size_t>(std::max(0, m_format->currentIndex()))];
    m_about->setText(format.about);
    const OpenReport& open = reports().front();
    if (open.live)
    {
        m_preview->showSentence(tr("The preview is written when the run is done. Export writes what is there so far."));
        return;
    }
    m_previewPanel->setNote(format.preview);
    m_preview->showReport(open.report, format.id);
}

void ReportPage::complete()
{
    m_preview->complete();
}

void ReportPage::forget()
{
    m_preview->forget();
}

} // namespace headroom::ui
