// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page_set.h"
#include "ui/theme/theme.h"

#include <QFrame>

#include <vector>

class QButtonGroup;
class QPushButton;

namespace headroom::desktop
{

/// The names of the pages, one below the other. Arrow keys go along it.
class PageRail : public QFrame
{
    Q_OBJECT

public:
    PageRail(const ui::Theme& theme, const std::vector<ui::PageFactory>& pages, QWidget* parent);

    /// Marks the page \a id as the one that is shown; none when there is no such page.
    void setCurrent(const QString& id);
    void focusCurrent();

Q_SIGNALS:
    void pageChosen(const QString& id);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void applyTheme();

    const ui::Theme& m_theme;
    QButtonGroup* m_group;
    std::vector<QPushButton*> m_buttons;
    std::vector<QString> m_ids;
};

} // namespace headroom::desktop
