// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/label.h"

namespace headroom::ui
{

/// A word or two in a tinted pill: "cuDNN", "proven", "3".
class Chip : public Label
{
    Q_OBJECT

public:
    Chip(const QString& text, const Theme& theme, Tone tone = Tone::Plain, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applyMargins();
};

} // namespace headroom::ui
