// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

class QStackedLayout;

namespace headroom::ui
{

class Hint;
class ScrollColumn;
class SentenceHeader;

/// What to change, as cards: what, why with its evidence, what it gains as measured, the lines to copy, how to undo it,
/// and the run that measures it.
class RecommendationsPage : public Page
{
    Q_OBJECT

public:
    explicit RecommendationsPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("recommendations"); }
    QString title() const override { return tr("Recommendations"); }

protected:
    void refresh() override;

private:
    void showCards(const Report& report);

    QStackedLayout* m_stack;
    Hint* m_empty;
    Hint* m_nothing;
    ScrollColumn* m_scroll;
    SentenceHeader* m_header;
    QWidget* m_cards = nullptr;
};

} // namespace headroom::ui
