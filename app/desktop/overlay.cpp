// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/overlay.h"
#include "ui/theme/style_sheet.h"

#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>

#include <algorithm>

namespace headroom::desktop
{

Overlay::Overlay(const ui::Theme& theme, QWidget* window) : QFrame(window), m_theme(theme)
{
    setObjectName(QStringLiteral("overlay"));
    ui::setRole(this, "panel");
    setAutoFillBackground(true);
    auto* layout = new QGridLayout(this);
    m_title = new QLabel;
    m_title->setObjectName(QStringLiteral("overlayTitle"));
    ui::setRole(m_title, "title");
    m_close = new QPushButton(tr("Close"));
    m_close->setObjectName(QStringLiteral("overlayClose"));
    ui::setRole(m_close, "link");
    m_close->setToolTip(tr("Escape"));
    m_area = new QScrollArea;
    m_area->setWidgetResizable(true);
    layout->addWidget(m_title, 0, 0);
    layout->addWidget(m_close, 0, 1, Qt::AlignRight);
    layout->addWidget(m_area, 1, 0, 1, 2);
    connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
    connect(&theme, &ui::Theme::changed, this, &Overlay::applyTheme);
    window->installEventFilter(this);
    applyTheme();
    hide();
}

void Overlay::applyTheme()
{
    const int margin = m_theme.space(4);
    layout()->setContentsMargins(margin, margin, margin, margin);
    layout()->setSpacing(m_theme.space(2));
    place();
}

void Overlay::showText(const QString& title, const QString& text)
{
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("overlayText"));
    label->setFont(m_theme.font(ui::TextRole::Code));
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    showWidget(title, label);
}

void Overlay::showWidget(const QString& title, QWidget* content)
{
    m_title->setText(title);
    setAccessibleName(title);
    m_area->setWidget(content);
    place();
    show();
    raise();
    m_close->setFocus();
}

void Overlay::place()
{
    const QSize window = parentWidget()->size();
    const QSize wanted = m_area->widget() != nullptr ? m_area->widget()->sizeHint() : QSize();
    const QSize margins(m_theme.space(14), m_theme.space(22));
    const QSize size =
        (wanted + margins).expandedTo({m_theme.space(100), m_theme.space(40)}).boundedTo(window * 9 / 10);
    setGeometry(QRect(QPoint((window.width() - size.width()) / 2, (window.height() - size.height()) / 2), size));
}

bool Overlay::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
    {
        place();
    }
    return QFrame::eventFilter(watched, event);
}

void Overlay::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
    {
        hide();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace headroom::desktop
