// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/snippet.h"

#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QTimer>

namespace headroom::ui
{
namespace
{

constexpr int kCopiedShownMs = 1500;

/// \a code with places at which a long name may be broken, which nobody sees.
QString breakable(const QString& code)
{
    QString text;
    for (const QChar one : code)
    {
        text += one;
        if (QStringLiteral("._:(,=").contains(one))
        {
            text += QChar(0x200B);
        }
    }
    return text;
}

} // namespace

Snippet::Snippet(const QString& code, const QString& language, const Theme& theme, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_text(code), m_code(new Label(breakable(code), theme, TextRole::Code)),
      m_copy(new QPushButton(tr("Copy"))), m_layout(new QHBoxLayout(this))
{
    setObjectName(QStringLiteral("snippet"));
    m_code->setWordWrap(true);
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_code->setAccessibleName(tr("%1 code").arg(language));
    m_copy->setProperty("role", QStringLiteral("link"));
    m_copy->setObjectName(QStringLiteral("copyCode"));
    m_copy->setAccessibleName(tr("Copy the %1 code").arg(language));
    m_copy->setToolTip(tr("Copy these lines"));
    m_layout->addWidget(m_code, 1);
    m_layout->addWidget(m_copy, 0, Qt::AlignTop);
    applySpacing();
    connect(m_copy, &QPushButton::clicked, this, &Snippet::copyCode);
    connect(&theme, &Theme::changed, this, &Snippet::applySpacing);
}

QString Snippet::code() const
{
    return m_text;
}

void Snippet::copyCode()
{
    QGuiApplication::clipboard()->setText(code());
    m_copy->setText(tr("Copied"));
    QTimer::singleShot(kCopiedShownMs, m_copy, [button = m_copy] { button->setText(tr("Copy")); });
    Q_EMIT codeCopied();
}

void Snippet::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setClipRect(rect()); // as in Card
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.colours().selected);
    painter.drawRoundedRect(rect(), m_theme.space(1), m_theme.space(1));
}

void Snippet::applySpacing()
{
    m_layout->setContentsMargins(m_theme.space(2), m_theme.space(1), m_theme.space(1), m_theme.space(1));
    m_layout->setSpacing(m_theme.space(2));
}

} // namespace headroom::ui
