// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QMenu;
class QMimeData;
class QWidget;

namespace headroom::desktop
{

class Workbench;

/// How files come in and go out: dialogs, which remember their folder and stop nobody, recent files, and what is
/// dropped.
class FileDialogs : public QObject
{
    Q_OBJECT

public:
    FileDialogs(QWidget& window, Workbench& bench);

    /// Reports and journals are opened; what looks like a model is for the form (modelGiven()).
    void open(const QStringList& paths);

    void askWhatToOpen();
    void askForModel();       ///< a file
    void askForModelFolder(); ///< of Hugging Face
    void askWhereToSave();    ///< the report in front
    void fillRecent(QMenu& menu);
    void openDropped(const QMimeData& dropped);

Q_SIGNALS:
    void saveGivenUp();
    void modelGiven(const QString& path); ///< weights, or a model in a file or a folder
    void noticed(const QString& sentence);

private:
    void askForModel(const QString& title, int mode);

    QWidget& m_window;
    Workbench& m_bench;
};

} // namespace headroom::desktop
