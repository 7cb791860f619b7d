// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/file_dialogs.h"

#include "app/desktop/workbench.h"
#include "ui/config/model_form.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QUrl>

namespace headroom::desktop
{

FileDialogs::FileDialogs(QWidget& window, Workbench& bench) : QObject(&window), m_window(window), m_bench(bench) {}

void FileDialogs::open(const QStringList& paths)
{
    QStringList reports;
    for (const QString& path : paths)
    {
        const QString suffix = QFileInfo(path).suffix().toLower();
        if (suffix == QLatin1String("safetensors") || ui::looksLikeModel(path))
        {
            Q_EMIT modelGiven(path);
            continue;
        }
        reports.append(path);
    }
    m_bench.openFiles(reports);
}

void FileDialogs::askWhatToOpen()
{
    auto* dialog = new QFileDialog(
        &m_window, tr("Open reports"), m_bench.session().folder(),
        tr("Reports and journals (*.json *.jsonl);;Models (*.safetensors *.pt *.ts *.pt2);;All files (*)"));
    dialog->setObjectName(QStringLiteral("openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this,
            [this](const QStringList& files)
            {
                m_bench.session().setFolder(QFileInfo(files.value(0)).absolutePath());
                open(files);
            });
    dialog->open();
}

void FileDialogs::askForModel()
{
    askForModel(tr("Load a model"), QFileDialog::ExistingFile);
}

void FileDialogs::askForModelFolder()
{
    askForModel(tr("Load a model: its folder with config.json"), QFileDialog::Directory);
}

void FileDialogs::askForModel(const QString& title, int mode)
{
    const bool folder = mode == QFileDialog::Directory;
    auto* dialog =
        new QFileDialog(&m_window, title, m_bench.session().folder(), folder ? QString() : ui::modelFileFilter());
    dialog->setObjectName(QStringLiteral("modelDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(static_cast<QFileDialog::FileMode>(mode));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& path)
            {
                m_bench.session().setFolder(QFileInfo(path).absolutePath());
                Q_EMIT modelGiven(path);
            });
    dialog->open();
}

void FileDialogs::askWhereToSave()
{
    if (m_bench.entries().empty())
    {
        return;
    }
    const OpenEntry& front = m_bench.entries().front();
    auto* dialog = new QFileDialog(&m_window, tr("Save report"), m_bench.session().folder(),
                                   tr("JSON (*.json);;Markdown (*.md);;CSV (*.csv);;Text (*.txt)"));
    dialog->setObjectName(QStringLiteral("saveDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(front.shown.name + QStringLiteral(".json"));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, path = front.path](const QString& file)
            {
                m_bench.session().setFolder(QFileInfo(file).absolutePath());
                m_bench.save(path, file);
            });
    connect(dialog, &QFileDialog::rejected, this, &FileDialogs::saveGivenUp);
    dialog->open();
}

void FileDialogs::fillRecent(QMenu& menu)
{
    menu.clear();
    for (const QString& path : m_bench.session().recentFiles())
    {
        connect(menu.addAction(path), &QAction::triggered, this, [this, path] { m_bench.openFiles({path}); });
    }
    const QStringList models = m_bench.session().recentModels();
    if (!models.isEmpty())
    {
        menu.addSection(tr("Models, for the form"));
    }
    for (const QString& path : models)
    {
        connect(menu.addAction(path), &QAction::triggered, this, [this, path] { Q_EMIT modelGiven(path); });
    }
    if (menu.isEmpty())
    {
        menu.addAction(tr("None yet"))->setEnabled(false);
    }
}

void FileDialogs::openDropped(const QMimeData& dropped)
{
    QStringList files;
    for (const QUrl& url : dropped.urls())
    {
        if (url.isLocalFile())
        {
            files.append(url.toLocalFile());
        }
        else
        {
            Q_EMIT noticed(tr("%1 is not on this machine; save it here first.").arg(url.toString()));
        }
    }
    open(files);
}

} // namespace headroom::desktop
