// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/reason_popup.h"

#include "ui/config/backend_chip.h"
#include "ui/models/remedy_words.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kWidthSteps = 78;

QLabel* line(const QString& text, const Theme& theme, TextRole role)
{
    auto* label = new QLabel(text);
    label->setFont(theme.font(role));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

ReasonPopup::ReasonPopup(const BackendOutlook& outlook, const Theme& theme, QWidget* parent) : QFrame(parent, Qt::Popup)
{
    setObjectName(QStringLiteral("reasonPopup"));
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("role", QStringLiteral("panel"));
    setFixedWidth(theme.space(kWidthSteps));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.space(4), theme.space(3), theme.space(4), theme.space(3));
    column->setSpacing(theme.space(2));
    const QString name = backendName(outlook.backend);
    auto* title =
        line(outlook.takesAll()    ? tr("%1 takes this").arg(name)
             : outlook.takesNone() ? tr("%1 does not take this").arg(name)
                                   : tr("%1 takes %2 of %3 calls").arg(name).arg(outlook.taken).arg(outlook.calls),
             theme, TextRole::Title);
    title->setProperty("role", QStringLiteral("title"));
    column->addWidget(title);
    if (outlook.taken < outlook.calls && outlook.calls > 1)
    {
        auto* which = line(tr("Not, for one: %1").arg(textOf(describe(outlook.refused))), theme, TextRole::Note);
        which->setProperty("role", QStringLiteral("secondary"));
        column->addWidget(which);
    }
    for (const auto& rule : outlook.refusal.rules)
    {
        if (!rule.passed)
        {
            column->addWidget(
                line(tr("%1: it takes %2").arg(textOf(rule.value), textOf(rule.limit)), theme, TextRole::Note));
        }
    }
    if (outlook.remedy)
    {
        for (const auto& step : outlook.remedy->steps)
        {
            auto* fix = line(QStringLiteral("→ ") + textOf(step), theme, TextRole::Note);
            fix->setProperty("tone", QStringLiteral("good"));
            column->addWidget(fix);
        }
        auto* effect = line(tr("Gives %1").arg(textOf(describe(outlook.remedy->effect))), theme, TextRole::Note);
        effect->setProperty("role", QStringLiteral("secondary"));
        column->addWidget(effect);
        if (outlook.remedy->calls.size() == 1)
        {
            auto* use = new QPushButton(tr("Change the form so"));
            use->setObjectName(QStringLiteral("takeRemedy"));
            connect(use, &QPushButton::clicked, this,
                    [this, problem = outlook.remedy->calls.front()]
                    {
                        Q_EMIT remedyTaken(problem);
                        close();
                    });
            column->addWidget(use, 0, Qt::AlignLeft);
        }
    }
    else if (outlook.taken < outlook.calls)
    {
        auto* none = line(withoutRemedy(outlook.refusal), theme, TextRole::Note);
        none->setProperty("role", QStringLiteral("secondary"));
        column->addWidget(none);
    }
    auto* all = new QPushButton(tr("All rules"));
    all->setObjectName(QStringLiteral("showAllRules"));
    all->setProperty("role", QStringLiteral("link"));
    connect(all, &QPushButton::clicked, this,
            [this]
            {
                Q_EMIT allRulesRequested();
                close();
            });
    column->addWidget(all, 0, Qt::AlignLeft);
}

void ReasonPopup::showBelow(const QWidget* anchor)
{
    adjustSize();
    QPoint place = anchor->mapToGlobal(QPoint(0, anchor->height() + 2));
    if (const QScreen* screen = anchor->screen())
    {
        const QRect free = screen->availableGeometry();
        place.setY(place.y() + height() > free.bottom() ? anchor->mapToGlobal(QPoint(0, 0)).y() - height() - 2
                                                        : place.y());
        place.setX(std::clamp(place.x(), free.left(), std::max(free.left(), free.right() - width())));
    }
    move(place);
    show();
}

} // namespace headroom::ui
