// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/pdf_pages.h"

#include "core/report/answer.h"
#include "core/report/html_report.h"
#include "core/report/report_tables.h"
#include "ui/export/page_sheet.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr double kPixelsAcross = 700; ///< of the title page: its 12-pixel text is 9 points

QString htmlOf(const Report& report, const QString& name, const Theme& theme)
{
    const Format format;
    const Colours& colours = theme.colours();
    const auto escaped = [](std::string_view text) { return textOf(htmlEscaped(text)); };
    QString html = QStringLiteral("<p style='color:%1;font-size:12px'>Headroom %2 · %3</p>"
                                  "<p style='font-size:24px;font-weight:600'>%4</p>")
                       .arg(colours.secondary.name(), escaped(report.headroomVersion), name.toHtmlEscaped(),
                            readable(textOf(answerOf(report, format))).toHtmlEscaped());
    for (const auto& reason : furtherReasons(report, format))
    {
        html += QStringLiteral("<p style='font-size:13px'>%1</p>").arg(readable(textOf(reason)).toHtmlEscaped());
    }
    html += QStringLiteral("<p style='font-size:14px;font-weight:600'>%1</p><table cellspacing='0' cellpadding='3'>")
                .arg(QStringLiteral("Circumstances"));
    for (const auto& row : circumstancesTable(report, format, Detail::Full).rows)
    {
        html += QStringLiteral("<tr><td style='color:%1;font-size:12px'>%2&nbsp;&nbsp;</td>"
                               "<td style='font-size:12px'>%3</td></tr>")
                    .arg(colours.secondary.name(), escaped(row.front().text), escaped(row.back().text));
    }
    return html + QStringLiteral("</table>");
}

} // namespace

/// A page on a screen has a ground that its panels stand out from; paper has none.
QColor groundOf(const Theme& theme)
{
    return theme.colours().panel;
}

void drawTitlePage(QPainter& painter, QPdfWriter& pdf, const Report& report, const QString& name, const Theme& theme)
{
    const QRectF paper(0, 0, pdf.width(), pdf.height());
    painter.fillRect(paper, groundOf(theme));
    const double scale = paper.width() / kPixelsAcross;
    QTextDocument document;
    document.setDefaultFont(theme.font(TextRole::Title));
    document.setDefaultStyleSheet(QStringLiteral("* { color: %1 }").arg(theme.colours().text.name()));
    document.setHtml(htmlOf(report, name, theme));
    document.setTextWidth(kPixelsAcross);
    const double height = paper.height() / scale;
    document.setPageSize(QSizeF(kPixelsAcross, height));
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, theme.colours().text);
    for (int page = 0; page < document.pageCount(); ++page)
    {
        if (page > 0)
        {
            pdf.newPage();
            painter.fillRect(paper, groundOf(theme));
        }
        painter.save();
        painter.scale(scale, scale);
        painter.translate(0, -page * height);
        context.clip = QRectF(0, page * height, kPixelsAcross, height);
        painter.setClipRect(context.clip);
        document.documentLayout()->draw(&painter, context);
        painter.restore();
    }
}

/// A sheet that is a little too high is drawn smaller; one that is much too high goes on on the next pages.
void drawSheet(QPainter& painter, QPdfWriter& pdf, const PageSheet& sheet, const Theme& theme)
{
    const QRectF paper(0, 0, pdf.width(), pdf.height());
    const double whole = paper.height() / sheet.size().height();
    const double across = paper.width() / sheet.size().width();
    const double scale = whole > 0.75 * across ? std::min(whole, across) : across;
    const QSizeF drawn = QSizeF(sheet.size()) * scale;
    for (double top = 0; top < drawn.height() - 1; top += paper.height())
    {
        if (top > 0)
        {
            pdf.newPage();
        }
        painter.save();
        painter.setClipRect(paper);
        painter.fillRect(paper, groundOf(theme));
        sheet.draw(painter, QRectF(QPointF((paper.width() - drawn.width()) / 2, -top), drawn));
        painter.restore();
    }
}

} // namespace headroom::ui
