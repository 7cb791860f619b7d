// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/consequences.h"

#include <QAbstractButton>

namespace headroom::ui
{

class Theme;

/// "flash", with whether it will run: in the good colour with a tick, struck through where it takes none of the calls,
/// in between where it takes some. Its tooltip has the reasons; a click asks for them in full.
class BackendChip : public QAbstractButton
{
    Q_OBJECT

public:
    BackendChip(Backend backend, const Theme& theme, QWidget* parent = nullptr);

    Backend backend() const { return m_backend; }
    void setOutlook(const BackendOutlook& outlook, bool isDefault);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    Backend m_backend;
    BackendOutlook m_outlook;
};

} // namespace headroom::ui
