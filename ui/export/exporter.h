// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"
#include "ui/theme/theme.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

class QFileDialog;
class QWidget;

namespace headroom::ui
{

class ChartView;
class ExportJob;

/// Writes the open reports in any format: asks where, remembers the folder, draws a page each time that the window has
/// nothing else to do, and writes text on another thread. One export at a time. For the GUI thread.
class Exporter : public QObject
{
    Q_OBJECT

public:
    explicit Exporter(QWidget* parent);
    ~Exporter() override;

    bool isBusy() const { return m_busy; }

    /// Asks for a file name, then begins.
    void ask(const ReportSet& reports, const QString& format, Scheme scheme);

    /// Each chart of \a page is written by this, when its menu asks for it.
    void serve(Page& page);

    /// Asks for a file name, PNG or SVG, and writes \a chart; the chart says where, or why not.
    void askForChart(ChartView& chart);

    /// Writes \a reports as \a path, "DIR/NAME.pdf"; for "png" and "svg", a file a page, the name is their stem. Ends
    /// in written() or failed().
    void begin(const ReportSet& reports, const QString& format, const QString& path, Scheme scheme);

Q_SIGNALS:
    void progressed(int done, int total);
    void written(const QStringList& files);
    void failed(const QString& sentence);

private:
    QFileDialog* makeDialog(const QString& title, const QStringList& filters, const QString& name,
                            const QString& suffix);
    void beginText(const ReportSet& reports, const QString& format, const QString& path);
    void step();
    void endWith(const QStringList& files, const QString& problem);

    QWidget* m_window;
    std::unique_ptr<ExportJob> m_job;
    bool m_busy = false;
};

} // namespace headroom::ui
