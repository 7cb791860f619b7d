// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace headroom::ui
{
class ConfigurationPanel;
}

namespace headroom::desktop
{

class FileDialogs;
class NoticeBar;
class PageStack;
class WindowActions;
class Workbench;

/// What connects the form with the rest: it is restored from the session, knows the machine and whether a run is on,
/// and what it asks for is run and answered by the pages.
class FormLink : public QObject
{
    Q_OBJECT

public:
    FormLink(ui::ConfigurationPanel& form, Workbench& bench, PageStack& pages, NoticeBar& notices);

    /// What the window's actions and dialogs ask of the form, and it of them.
    void connectWindow(const WindowActions& actions, FileDialogs& files);

    void remember(); ///< in the session
    void takeModel(const QString& path);

Q_SIGNALS:
    void modelTaken(); ///< a model from a file is in the form, and known

private:
    void connectModels(PageStack& pages);
    void offerNativeCode(const QString& path);
    void restore();

    ui::ConfigurationPanel& m_form;
    Workbench& m_bench;
    NoticeBar& m_notices;
};

} // namespace headroom::desktop
