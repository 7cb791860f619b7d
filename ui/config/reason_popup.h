// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/consequences.h"

#include <QFrame>

namespace headroom::ui
{

class Theme;

/// Why a backend does not take the calls, beside its chip: each rule that fails, with what the call has and what the
/// backend takes, and the smallest change as a button. Closes on Escape or a click elsewhere.
class ReasonPopup : public QFrame
{
    Q_OBJECT

public:
    ReasonPopup(const BackendOutlook& outlook, const Theme& theme, QWidget* parent);

    void showBelow(const QWidget* anchor);

Q_SIGNALS:
    void remedyTaken(const headroom::AttentionProblem& problem);
    void allRulesRequested();
};

} // namespace headroom::ui
