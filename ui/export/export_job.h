// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/html_report.h"
#include "ui/pages/page.h"
#include "ui/theme/theme.h"

#include <QBuffer>
#include <QSize>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

class QPainter;
class QPdfWriter;

namespace headroom::ui
{

class PageSheet;

/// What is written of a report with drawings in it. What is text alone (JSON, Markdown, CSV) is core's to write.
enum class DrawnFormat
{
    Png, ///< a file a page
    Svg, ///< a file a page
    Pdf, ///< one document
    Html ///< one file that needs no other
};

struct ExportRequest
{
    ReportSet reports;
    DrawnFormat format = DrawnFormat::Pdf;
    QString path; ///< of the file; for a file a page its stem: "DIR/NAME" makes "DIR/NAME_overview.png"
    Scheme scheme = Scheme::Light;
    QSize size{1280, 800};
    double scale = 2;  ///< of PNG
    QStringList pages; ///< ids; empty: all that have something to show
};

/// An export on its way, page by page: drawing belongs to the GUI thread, which must not be held up for all pages at
/// once. Files appear whole or not at all. For the GUI thread.
class ExportJob
{
public:
    explicit ExportJob(ExportRequest request);
    ~ExportJob();

    /// Draws the next page, or writes what is complete; false when nothing is left to do.
    /// \throws std::runtime_error with a sentence when a file cannot be written.
    bool step();

    int done() const { return m_done; }
    int total() const { return static_cast<int>(m_pages.size()); }
    const QStringList& files() const { return m_files; }

private:
    void drawPage(const QString& id);
    bool isLeftOut(const PageSheet& sheet) const;
    void write(const QString& path, const QByteArray& bytes);
    void addToPdf(const QString& id);
    void addToHtml(const QString& id);
    void beginPdf();
    void finish();

    ExportRequest m_request;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Theme> m_dark; ///< of HTML, which has both
    QStringList m_pages;
    int m_done = 0;
    bool m_finished = false;
    QStringList m_files;
    QBuffer m_buffer;
    std::unique_ptr<QPdfWriter> m_pdf;
    std::unique_ptr<QPainter> m_painter;
    std::vector<HtmlChart> m_charts;
};

/// The pages that have something to show of \a reports, by their ids: what is live alone is left out.
QStringList pagesToExport(const ReportSet& reports);

} // namespace headroom::ui
