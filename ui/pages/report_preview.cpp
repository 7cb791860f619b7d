// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_preview.h"

#include "core/report/csv_report.h"
#include "core/report/format.h"
#include "core/report/json_report.h"
#include "core/report/markdown_report.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QPlainTextEdit>
#include <QPointer>
#include <QStackedLayout>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextOption>
#include <QTextTable>
#include <QThreadPool>

#include <utility>

namespace headroom::ui
{
namespace
{

constexpr qsizetype kMostPreviewed = 60'000; ///< characters; the rest is in the file

QString shortened(const QString& text)
{
    return text.size() <= kMostPreviewed
               ? text
               : text.left(kMostPreviewed) + ReportPreview::tr("\n… and %1 more characters in the file")
                                                 .arg(textOf(Format().count(text.size() - kMostPreviewed)));
}

/// The report without its samples: what can be read in a preview.
Report withoutSamples(Report report)
{
    for (auto& row : report.cases)
    {
        row.deviceNs.clear();
        row.round.clear();
        row.smMhz.clear();
        row.waitNs.clear();
        row.wallNs.clear();
        row.labels.clear();
    }
    report.telemetry.clear();
    return report;
}

/// Tables with hairlines and room, and room above a heading.
void dress(QTextDocument& document, const QColor& line, int space)
{
    for (QTextFrame* frame : document.rootFrame()->childFrames())
    {
        if (auto* table = qobject_cast<QTextTable*>(frame))
        {
            QTextTableFormat format = table->format();
            format.setBorder(1);
            format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
            format.setBorderCollapse(true);
            format.setBorderBrush(line);
            format.setCellPadding(space);
            format.setTopMargin(space);
            format.setBottomMargin(2 * space);
            table->setFormat(format);
        }
    }
    QTextCursor cursor(&document);
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next())
    {
        if (block.blockFormat().headingLevel() > 0)
        {
            QTextBlockFormat format = block.blockFormat();
            format.setTopMargin(3 * space);
            format.setBottomMargin(space);
            cursor.setPosition(block.position());
            cursor.setBlockFormat(format);
        }
    }
}

} // namespace

/// What the document takes of the theme; a thread of the pool has its own.
struct ReportPreview::Look
{
    QFont font;
    QColor line;
    int space = 4;
};

/// One of the two: a text as it is written to its file, or a document.
struct ReportPreview::Made
{
    QString text;
    std::unique_ptr<QTextDocument> document;
};

ReportPreview::ReportPreview(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_stack(new QStackedLayout(this)), m_document(new QTextBrowser),
      m_text(new QPlainTextEdit)
{
    m_document->setObjectName(QStringLiteral("documentPreview"));
    m_document->setOpenLinks(false);
    m_document->setWordWrapMode(QTextOption::WordWrap); // a narrow column must not break "sequence"
    m_document->setAccessibleName(tr("Preview of the document"));
    m_text->setObjectName(QStringLiteral("textPreview"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setAccessibleName(tr("Preview of the file"));
    m_stack->addWidget(m_document);
    m_stack->addWidget(m_text);
    connect(&theme, &Theme::changed, this,
            [this]
            {
                if (m_report != nullptr) // its lines and letters are of the theme
                {
                    showReport(std::exchange(m_report, nullptr), m_format);
                }
            });
}

ReportPreview::Look ReportPreview::look() const
{
    return {m_theme.font(TextRole::Note), m_theme.colours().line, m_theme.space(1)};
}

std::shared_ptr<ReportPreview::Made> ReportPreview::make(const Report& report, const QString& format, const Look& look)
{
    auto made = std::make_shared<Made>();
    if (format == QLatin1String("json"))
    {
        made->text = shortened(QString::fromStdString(writeJsonReport(withoutSamples(report))));
    }
    else if (format == QLatin1String("csv"))
    {
        made->text = shortened(QString::fromStdString(writeCsvReport(report)));
    }
    else if (format == QLatin1String("md"))
    {
        made->text = shortened(QString::fromStdString(writeMarkdownReport(report)));
    }
    else
    {
        made->document = std::make_unique<QTextDocument>();
        made->document->setUndoRedoEnabled(false);
        made->document->setDefaultFont(look.font);
        made->document->setMarkdown(QString::fromStdString(writeMarkdownReport(withoutSamples(report))));
        dress(*made->document, look.line, look.space);
    }
    return made;
}

void ReportPreview::showReport(const std::shared_ptr<const Report>& report, const QString& format)
{
    if (report == m_report && format == m_format)
    {
        return;
    }
    if (m_report == nullptr)
    {
        m_document->setPlaceholderText(tr("The preview is being written …"));
    }
    m_report = report;
    m_format = format;
    m_waiting = true;
    QThreadPool::globalInstance()->start(
        [self = QPointer<ReportPreview>(this), report, format, look = look(), asked = ++m_asked]
        {
            const std::shared_ptr<Made> made = make(*report, format, look);
            if (made->document)
            {
                made->document->moveToThread(QCoreApplication::instance()->thread());
            }
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, made, asked]
                {
                    if (self && self->m_asked == asked)
                    {
                        self->take(*made);
                    }
                },
                Qt::QueuedConnection);
        });
}

void ReportPreview::showSentence(const QString& sentence)
{
    ++m_asked;
    m_waiting = false;
    m_report.reset();
    if (m_document->toPlainText() != sentence)
    {
        m_document->setPlainText(sentence);
    }
    m_stack->setCurrentWidget(m_document);
}

void ReportPreview::complete()
{
    if (m_waiting)
    {
        ++m_asked;
        take(*make(*m_report, m_format, look()));
    }
}

void ReportPreview::take(Made& made)
{
    m_waiting = false;
    if (made.document)
    {
        made.document->setParent(m_document);
        QTextDocument* const before = std::exchange(m_shown, made.document.release());
        m_document->setDocument(m_shown);
        delete before;
        m_stack->setCurrentWidget(m_document);
    }
    else
    {
        m_text->setFont(m_theme.font(TextRole::Code));
        m_text->setPlainText(made.text);
        m_stack->setCurrentWidget(m_text);
    }
    Q_EMIT filled();
}

} // namespace headroom::ui
