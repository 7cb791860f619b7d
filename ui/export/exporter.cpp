// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/exporter.h"

#include "core/report/export.h"
#include "ui/charts/chart_file.h"
#include "ui/charts/chart_view.h"
#include "ui/export/export_job.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QSettings>
#include <QThreadPool>
#include <QTimer>

#include <exception>
#include <optional>

namespace headroom::ui
{
namespace
{

QString folderKey()
{
    return QStringLiteral("export/folder");
}

std::optional<DrawnFormat> drawnFormatOf(const QString& format)
{
    if (format == QLatin1String("pdf"))
    {
        return DrawnFormat::Pdf;
    }
    if (format == QLatin1String("html"))
    {
        return DrawnFormat::Html;
    }
    if (format == QLatin1String("png"))
    {
        return DrawnFormat::Png;
    }
    return format == QLatin1String("svg") ? std::optional(DrawnFormat::Svg) : std::nullopt;
}

ReportFormat textFormatOf(const QString& format)
{
    return format == QLatin1String("csv")  ? ReportFormat::Csv
           : format == QLatin1String("md") ? ReportFormat::Markdown
                                           : ReportFormat::Json;
}

/// A name that files can have, of a report's.
QString fileNameOf(const QString& name)
{
    QString text = name.isEmpty() ? QStringLiteral("report") : name;
    for (QChar& one : text)
    {
        if (!one.isLetterOrNumber() && one != QLatin1Char('-') && one != QLatin1Char('.'))
        {
            one = QLatin1Char('_');
        }
    }
    return text;
}

} // namespace

Exporter::Exporter(QWidget* parent) : QObject(parent), m_window(parent) {}

Exporter::~Exporter() = default;

/// A dialog that opens where the last export went, and remembers where this one goes.
QFileDialog* Exporter::makeDialog(const QString& title, const QStringList& filters, const QString& name,
                                  const QString& suffix)
{
    const QString folder = QSettings().value(folderKey(), QDir::homePath()).toString();
    auto* dialog = new QFileDialog(m_window, title, folder);
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(name + QLatin1Char('.') + suffix);
    connect(dialog, &QFileDialog::fileSelected, this,
            [](const QString& path) { QSettings().setValue(folderKey(), QFileInfo(path).absolutePath()); });
    return dialog;
}

void Exporter::ask(const ReportSet& reports, const QString& format, Scheme scheme)
{
    if (reports.empty() || m_busy)
    {
        return;
    }
    auto* dialog = makeDialog(tr("Export the report"), {QStringLiteral("%1 (*.%2)").arg(format.toUpper(), format)},
                              fileNameOf(QFileInfo(reports.front().name).completeBaseName()), format);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, reports, format, scheme](const QString& path) { begin(reports, format, path, scheme); });
    dialog->open();
}

void Exporter::serve(Page& page)
{
    for (auto* chart : page.findChildren<ChartView*>())
    {
        connect(chart, &ChartView::exportRequested, this, [this, chart] { askForChart(*chart); });
    }
}

void Exporter::askForChart(ChartView& chart)
{
    auto* dialog =
        makeDialog(tr("Export “%1”").arg(chart.data().title), {tr("PNG picture (*.png)"), tr("SVG drawing (*.svg)")},
                   fileNameOf(chart.data().title), QStringLiteral("png"));
    connect(dialog, &QFileDialog::filterSelected, dialog,
            [dialog](const QString& filter) {
                dialog->setDefaultSuffix(filter.contains(QLatin1String("svg")) ? QStringLiteral("svg")
                                                                               : QStringLiteral("png"));
            });
    const QPointer<ChartView> wanted(&chart);
    connect(dialog, &QFileDialog::fileSelected, this,
            [wanted](const QString& path)
            {
                if (wanted)
                {
                    const QString problem = saveChart(*wanted, path);
                    wanted->setNotice(problem.isEmpty() ? tr("Saved as %1").arg(path) : problem);
                }
            });
    dialog->open();
}

void Exporter::begin(const ReportSet& reports, const QString& format, const QString& path, Scheme scheme)
{
    if (reports.empty() || m_busy)
    {
        return;
    }
    m_busy = true;
    const auto drawn = drawnFormatOf(format);
    if (!drawn)
    {
        beginText(reports, format, path);
        return;
    }
    ExportRequest request;
    request.reports = reports;
    request.format = *drawn;
    request.path = path;
    request.scheme = *drawn == DrawnFormat::Pdf ? Scheme::Light : scheme; // paper is white
    if ((*drawn == DrawnFormat::Png || *drawn == DrawnFormat::Svg) && path.endsWith(QLatin1Char('.') + format))
    {
        request.path.chop(format.size() + 1);
    }
    m_job = std::make_unique<ExportJob>(request);
    Q_EMIT progressed(0, m_job->total());
    QTimer::singleShot(0, this, &Exporter::step);
}

/// A long text is made and written beside the GUI thread.
void Exporter::beginText(const ReportSet& reports, const QString& format, const QString& path)
{
    Q_EMIT progressed(0, 1);
    const QPointer<Exporter> self(this);
    QThreadPool::globalInstance()->start(
        [self, report = reports.front().report, kind = textFormatOf(format), path]
        {
            QString problem;
            try
            {
                writeFileAtomically(path.toStdString(), writeReport(*report, kind));
            }
            catch (const std::exception& error)
            {
                problem = QString::fromUtf8(error.what());
            }
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, path, problem]
                {
                    if (self)
                    {
                        self->endWith({path}, problem);
                    }
                },
                Qt::QueuedConnection);
        });
}

void Exporter::step()
{
    try
    {
        if (m_job->step())
        {
            Q_EMIT progressed(m_job->done(), m_job->total());
            QTimer::singleShot(0, this, &Exporter::step);
            return;
        }
    }
    catch (const std::exception& error)
    {
        endWith({}, QString::fromUtf8(error.what()));
        return;
    }
    const QStringList files = m_job->files(); // the job ends before they are told
    endWith(files, {});
}

void Exporter::endWith(const QStringList& files, const QString& problem)
{
    m_job.reset();
    m_busy = false;
    problem.isEmpty() ? Q_EMIT written(files) : Q_EMIT failed(problem);
}

} // namespace headroom::ui
