// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/page_rail.h"

#include "app/desktop/page_keys.h"
#include "ui/theme/style_sheet.h"

#include <QButtonGroup>
#include <QFontMetrics>
#include <QKeyEvent>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::desktop
{
namespace
{

constexpr int kMarginSteps = 2;
constexpr int kPaddingSteps = 3; ///< of QPushButton[role="rail"] in the style sheet

} // namespace

PageRail::PageRail(const ui::Theme& theme, const std::vector<ui::PageFactory>& pages, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_group(new QButtonGroup(this))
{
    setObjectName(QStringLiteral("pageRail"));
    setAccessibleName(tr("Pages"));
    ui::setRole(this, "column");
    auto* layout = new QVBoxLayout(this);
    m_group->setExclusive(true);
    for (const ui::PageFactory& page : pages)
    {
        if (page.beginsGroup)
        {
            auto* line = new QFrame;
            ui::setRole(line, "line");
            line->setFixedHeight(1);
            layout->addWidget(line);
        }
        auto* button = new QPushButton(page.title);
        button->setObjectName(QStringLiteral("rail_") + page.id);
        ui::setRole(button, "rail");
        button->setCheckable(true);
        button->setToolTip(pageKeys(pages, m_buttons.size()).toString(QKeySequence::NativeText));
        button->setAccessibleName(page.title);
        connect(button, &QPushButton::clicked, this, [this, id = page.id] { Q_EMIT pageChosen(id); });
        m_group->addButton(button);
        layout->addWidget(button);
        m_buttons.push_back(button);
        m_ids.push_back(page.id);
    }
    layout->addStretch(1);
    connect(&theme, &ui::Theme::changed, this, &PageRail::applyTheme);
    applyTheme();
}

void PageRail::applyTheme()
{
    // Wide enough for the longest name as it is when chosen, in the style sheet's weight and padding.
    QFont chosen = m_theme.font(ui::TextRole::Title);
    chosen.setWeight(QFont::DemiBold);
    int widest = 0;
    for (const QPushButton* button : m_buttons)
    {
        widest = std::max(widest, QFontMetrics(chosen).horizontalAdvance(button->text()));
    }
    setFixedWidth(std::max(m_theme.space(33), widest + m_theme.space(2 * kPaddingSteps + 2 * kMarginSteps + 1)));
    layout()->setContentsMargins(m_theme.space(kMarginSteps), m_theme.space(3), m_theme.space(kMarginSteps),
                                 m_theme.space(3));
    layout()->setSpacing(m_theme.space(1));
}

void PageRail::setCurrent(const QString& id)
{
    m_group->setExclusive(false);
    for (std::size_t at = 0; at < m_buttons.size(); ++at)
    {
        m_buttons[at]->setChecked(m_ids[at] == id);
    }
    m_group->setExclusive(true);
}

void PageRail::focusCurrent()
{
    for (QPushButton* button : m_buttons)
    {
        if (button->isChecked() || button == m_buttons.back())
        {
            button->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
}

void PageRail::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    for (std::size_t at = 0; step != 0 && at < m_buttons.size(); ++at)
    {
        if (m_buttons[at]->hasFocus())
        {
            const auto count = static_cast<int>(m_buttons.size());
            QPushButton* next = m_buttons[static_cast<std::size_t>((static_cast<int>(at) + step + count) % count)];
            next->setFocus(Qt::TabFocusReason);
            next->click();
            return;
        }
    }
    QFrame::keyPressEvent(event);
}

} // namespace headroom::desktop
