// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace headroom::ui
{
class ConfigurationPanel;
}

namespace headroom::desktop
{

class NoticeBar;
class PageStack;
class Workbench;

/// What connects the form with the rest: it is restored from the session, knows the machine and whether a run is on,
/// and what it asks for is run and answered by the pages.
class FormLink : public QObject
{
    Q_OBJECT

public:
    FormLink(ui::ConfigurationPanel& form, Workbench& bench, PageStack& pages, NoticeBar& notices);

    void remember(); ///< in the session
    void takeModel(const QString& path);

private:
    void restore();

    ui::ConfigurationPanel& m_form;
    Workbench& m_bench;
    NoticeBar& m_notices;
};

} // namespace headroom::desktop
