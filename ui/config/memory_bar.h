// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

namespace headroom::ui
{

class Theme;

/// How much of a device's free memory something is expected to need, as a bar: full and in the bad colour when it does
/// not fit.
class MemoryBar : public QWidget
{
    Q_OBJECT

public:
    explicit MemoryBar(const Theme& theme, QWidget* parent = nullptr);

    /// \a share of the whole; above 1: does not fit; nothing: not known.
    void setShare(std::optional<double> share);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    std::optional<double> m_share;
};

} // namespace headroom::ui
