// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_geometry.h"
#include "ui/charts/read_out.h"

#include <QGraphicsView>
#include <QSet>
#include <QString>
#include <QVariantList>

#include <memory>
#include <optional>

namespace headroom::ui
{

class SeriesLayer;
class Theme;

/// A chart on a panel of its own: title, unit, lines with their intervals, marks for what failed.
///
/// The mouse: hover reads, dragging zooms to a rectangle, the wheel zooms at the cursor (over an axis that axis alone),
/// dragging with Shift or the middle button pans, a double click shows all again. The keys: Left and Right read from
/// point to point, + and - zoom, Shift with an arrow pans, Home shows all, Ctrl+C copies the picture. The same is in
/// the context menu, with saving as PNG or SVG.
class ChartView : public QGraphicsView
{
    Q_OBJECT
    /// Every figure that is drawn of the report in front: {"source": JSON pointer, "value": number}, a map each.
    Q_PROPERTY(QVariantList figures READ figures)

public:
    explicit ChartView(const Theme& theme, QWidget* parent = nullptr);
    ~ChartView() override;

    /// Shows \a data. What was zoomed to stays, while the axes are the same.
    void setData(ChartData data);
    const ChartData& data() const { return m_data; }

    /// Series that are not drawn, by their keys.
    void setHidden(const QSet<QString>& keys);
    const QSet<QString>& hidden() const { return m_hidden; }

    bool isZoomed() const { return m_zoom.has_value(); }
    const ChartRange& range() const { return m_geometry.range; }
    const ChartGeometry& geometryOfChart() const { return m_geometry; }
    void zoomTo(const ChartRange& range);

    const std::optional<ReadOut>& readOut() const { return m_readOut; }
    QVariantList figures() const;

    /// Draws it without cross-hair, notice and focus. For any paint device (chart_file.h).
    void drawTo(QPainter& painter, const QRectF& target);

    /// A line at the bottom of the chart: "Saved as scaling.png". Empty: none.
    void setNotice(const QString& text);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void resetZoom();
    void copyImage();
    void copyFigures(); ///< as tab-separated text

Q_SIGNALS:
    void zoomChanged();
    void readOutChanged();

    /// The user asks for this chart as a file (ui/export/exporter.h). Where nobody is connected it is not offered.
    void exportRequested();

    /// A point was chosen, by a click or by Enter: its series and its place in it.
    void pointActivated(std::size_t series, std::size_t point);

protected:
    bool viewportEvent(QEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    enum class Drag
    {
        None,
        Band,
        Pan
    };

    void updateGeometryOfChart();
    void setReadOut(std::optional<ReadOut> readOut);
    void readAt(QPointF pixel);
    void readNext(int step);
    void activateAt(QPointF pixel);
    void zoomAbout(QPointF pixel, double factorX, double factorY);
    bool keyReads(int key, bool shift);

    const Theme& m_theme;
    ChartData m_data;
    QSet<QString> m_hidden;
    std::unique_ptr<SeriesLayer> m_layer;
    std::vector<std::vector<std::size_t>> m_shown;
    ChartGeometry m_geometry;
    std::optional<ChartRange> m_zoom;
    std::optional<ReadOut> m_readOut;
    std::optional<std::size_t> m_stop; ///< of the cross-hair when it is moved by keys
    QString m_notice;
    bool m_bare = false;        ///< drawn for a file
    bool m_focusByKeys = false; ///< then the focus is shown
    Drag m_drag = Drag::None;
    QPointF m_pressed;
    QPointF m_dragged;
    ChartRange m_rangeAtPress;
};

} // namespace headroom::ui
