// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/notice_bar.h"
#include "ui/theme/style_sheet.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace headroom::desktop
{

NoticeBar::NoticeBar(const ui::Theme& theme, QWidget* parent) : QFrame(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("noticeBar"));
    ui::setRole(this, "notice");
    auto* layout = new QHBoxLayout(this);
    m_text = new QLabel;
    m_text->setObjectName(QStringLiteral("noticeText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_buttons = new QHBoxLayout;
    m_close = new QPushButton(tr("Dismiss"));
    m_close->setObjectName(QStringLiteral("noticeDismiss"));
    ui::setRole(m_close, "link");
    m_close->setToolTip(tr("Put this notice away (Escape)"));
    layout->addWidget(m_text, 1);
    layout->addLayout(m_buttons);
    m_closeAll = new QPushButton(tr("Dismiss all"));
    m_closeAll->setObjectName(QStringLiteral("noticeDismissAll"));
    ui::setRole(m_closeAll, "link");
    m_closeAll->hide();
    layout->addWidget(m_close);
    layout->addWidget(m_closeAll);
    connect(m_closeAll, &QPushButton::clicked, this,
            [this]
            {
                m_notices.clear();
                showFirst();
            });
    connect(m_close, &QPushButton::clicked, this, &NoticeBar::putAway);
    connect(&theme, &ui::Theme::changed, this, &NoticeBar::applyTheme);
    applyTheme();
    hide();
}

void NoticeBar::applyTheme()
{
    layout()->setContentsMargins(m_theme.space(4), m_theme.space(2), m_theme.space(4), m_theme.space(2));
    layout()->setSpacing(m_theme.space(3));
    m_buttons->setSpacing(m_theme.space(2));
}

void NoticeBar::say(Notice notice)
{
    std::erase_if(m_notices,
                  [&](const Notice& other)
                  {
                      const bool sameKind = !notice.kind.isEmpty() && other.kind == notice.kind;
                      return sameKind || (other.actions.empty() && other.sentence == notice.sentence);
                  });
    m_notices.push_front(std::move(notice));
    showFirst();
}

void NoticeBar::putAway()
{
    if (!m_notices.empty())
    {
        m_notices.pop_front();
    }
    showFirst();
}

void NoticeBar::putAwayKind(const QString& kind)
{
    if (std::erase_if(m_notices, [&](const Notice& notice) { return notice.kind == kind; }) > 0)
    {
        showFirst();
    }
}

bool NoticeBar::shows(const QString& kind) const
{
    return !m_notices.empty() && m_notices.front().kind == kind;
}

void NoticeBar::showFirst()
{
    while (QLayoutItem* item = m_buttons->takeAt(0))
    {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    setVisible(!m_notices.empty());
    if (m_notices.empty())
    {
        return;
    }
    const Notice& notice = m_notices.front();
    m_text->setText(notice.sentence);
    setAccessibleName(notice.sentence);
    for (std::size_t at = 0; at < notice.actions.size(); ++at)
    {
        auto* button = new QPushButton(notice.actions[at].text);
        button->setObjectName(QStringLiteral("noticeAction%1").arg(at));
        connect(button, &QPushButton::clicked, this,
                [this, act = notice.actions[at].act]
                {
                    putAway();
                    act();
                });
        m_buttons->addWidget(button);
        button->show();
    }
    m_closeAll->setVisible(m_notices.size() > 1);
    if (m_notices.size() > 1)
    {
        m_close->setText(tr("Dismiss (%1 more)").arg(m_notices.size() - 1));
    }
    else
    {
        m_close->setText(tr("Dismiss"));
    }
}

} // namespace headroom::desktop
