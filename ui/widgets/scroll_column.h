// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace headroom::ui
{

class Theme;

/// A page's content from top to bottom, scrolled where it does not fit, never sideways.
class ScrollColumn : public QScrollArea
{
    Q_OBJECT

public:
    explicit ScrollColumn(const Theme& theme, QWidget* parent = nullptr);

    QVBoxLayout* column() const { return m_column; }

    /// Without margins of its own: inside a panel, which has some.
    void setFlush();

private:
    void applySpacing();

    const Theme& m_theme;
    QVBoxLayout* m_column;
    bool m_flush = false;
};

} // namespace headroom::ui
