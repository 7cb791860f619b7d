// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/fastest_grid.h"

#include <QVariant>
#include <QWidget>

#include <memory>
#include <optional>

namespace headroom::ui
{

class Theme;

/// The fastest backend by batch and length: a box each, in the backend's colour and with its initials. Ties, cases
/// that nobody verified and those out of memory are marks of their own. Arrow keys go from square to square, Return
/// chooses; the mouse likewise.
class HeatMap : public QWidget
{
    Q_OBJECT
    /// Who is fastest in each square, as the report has it: {"source": JSON pointer, "value": text}, a map each.
    Q_PROPERTY(QVariantList figures READ figures)

public:
    explicit HeatMap(const Theme& theme, QWidget* parent = nullptr);

    /// \a report keeps what \a grid points to alive.
    void setGrid(FastestGrid grid, std::shared_ptr<const Report> report);
    const FastestGrid& grid() const { return m_grid; }

    /// Its batch and length, who is fastest, by how much, and the medians of all; empty for none.
    QString readOutOf(std::size_t batch, std::size_t length) const;

    QVariantList figures() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The square under the mouse or the keyboard's; an empty text when there is none.
    void readOutChanged(const QString& text);
    void cellChosen(const std::string& jobId);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Place
    {
        std::size_t batch = 0;
        std::size_t length = 0;
        bool operator==(const Place&) const = default;
    };

    QRectF squareAt(const Place& place) const;
    std::optional<Place> placeAt(const QPointF& point) const;
    void setCurrent(const std::optional<Place>& place);
    void paintAxes(class QPainter& painter) const;
    void paintSquare(class QPainter& painter, const Place& place) const;
    QSizeF cellSize() const;

    const Theme& m_theme;
    FastestGrid m_grid;
    std::shared_ptr<const Report> m_report;
    std::optional<Place> m_current;
};

} // namespace headroom::ui
