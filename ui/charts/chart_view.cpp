// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include "ui/charts/chart_file.h"
#include "ui/charts/chart_painter.h"
#include "ui/charts/series_layer.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGraphicsScene>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMetaMethod>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace headroom::ui
{
namespace
{

constexpr double kZoomStep = 1.25;
constexpr double kLeastBand = 6; ///< pixels: less is a click

ChartMetrics metricsOf(const Theme& theme)
{
    QFont title = theme.font(TextRole::Title);
    title.setWeight(QFont::DemiBold);
    return {title, theme.font(TextRole::Note), theme.scale()};
}

/// \a range no larger than \a full, and moved to lie in it.
ChartRange keptWithin(const ChartRange& range, const ChartRange& full)
{
    const auto kept = [](double low, double high, double fullLow, double fullHigh)
    {
        const double size = high - low;
        if (size >= (1 - 1e-9) * (fullHigh - fullLow))
        {
            return std::pair(fullLow, fullHigh);
        }
        const double start = std::clamp(low, fullLow, fullHigh - size);
        return std::pair(start, start + size);
    };
    ChartRange result;
    std::tie(result.left, result.right) = kept(range.left, range.right, full.left, full.right);
    std::tie(result.bottom, result.top) = kept(range.bottom, range.top, full.bottom, full.top);
    return result;
}

} // namespace

ChartView::ChartView(const Theme& theme, QWidget* parent) : QGraphicsView(parent), m_theme(theme)
{
    setScene(new QGraphicsScene(this));
    m_layer = std::make_unique<SeriesLayer>(*scene());
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, &ChartView::updateGeometryOfChart);
}

ChartView::~ChartView() = default;

void ChartView::setData(ChartData data)
{
    const bool sameAxes = data.x.scale == m_data.x.scale && data.y.scale == m_data.y.scale &&
                          data.x.name == m_data.x.name && data.unit == m_data.unit;
    if (!sameAxes)
    {
        m_zoom.reset();
    }
    m_data = std::move(data);
    m_layer->take(m_data);
    m_readOut.reset();
    m_stop.reset();
    setAccessibleName(m_data.title);
    setAccessibleDescription(describeChart(m_data));
    updateGeometryOfChart();
}

void ChartView::setHidden(const QSet<QString>& keys)
{
    m_hidden = keys;
    m_readOut.reset();
    m_stop.reset();
    updateGeometryOfChart();
}

void ChartView::zoomTo(const ChartRange& range)
{
    if (range.isValid())
    {
        m_zoom = range;
        updateGeometryOfChart();
        Q_EMIT zoomChanged();
    }
}

void ChartView::resetZoom()
{
    m_zoom.reset();
    updateGeometryOfChart();
    Q_EMIT zoomChanged();
}

void ChartView::updateGeometryOfChart()
{
    const QSizeF size = viewport()->size();
    const QRectF panel(QPointF(0, 0), size);
    scene()->setSceneRect(panel);
    const ChartRange range = m_zoom.value_or(fullRange(m_data, m_hidden));
    m_geometry = layOut(m_data, range, panel, metricsOf(m_theme));
    m_shown = m_layer->show(m_data, m_geometry, m_hidden, m_theme, size);
    viewport()->update();
}

QVariantList ChartView::figures() const
{
    QVariantList all;
    const auto add = [&](const QString& source, double value)
    {
        if (!source.isEmpty())
        {
            all.append(QVariantMap{{QStringLiteral("source"), source}, {QStringLiteral("value"), value}});
        }
    };
    for (const auto& series : m_data.series)
    {
        for (const auto& point : series.points)
        {
            add(point.figureSource, point.figureValue);
        }
    }
    for (const auto& line : m_data.lines)
    {
        add(line.figureSource, line.figureValue);
    }
    return all;
}

void ChartView::drawTo(QPainter& painter, const QRectF& target)
{
    m_bare = true;
    render(&painter, target, viewport()->rect(), Qt::IgnoreAspectRatio);
    m_bare = false;
}

void ChartView::setNotice(const QString& text)
{
    m_notice = text;
    viewport()->update();
}

QSize ChartView::sizeHint() const
{
    return {m_theme.space(110), m_theme.space(70)};
}

QSize ChartView::minimumSizeHint() const
{
    return {m_theme.space(50), m_theme.space(36)};
}

/// The definition of the figure is read at the title; over the plot it would cover the read-out.
bool ChartView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && static_cast<QHelpEvent*>(event)->pos().y() > m_geometry.plot.top())
    {
        event->accept();
        return true;
    }
    return QGraphicsView::viewportEvent(event);
}

void ChartView::drawBackground(QPainter* painter, const QRectF&)
{
    ChartPainter(*painter, m_data, m_geometry, m_theme, m_hidden).drawBehind();
}

void ChartView::drawForeground(QPainter* painter, const QRectF&)
{
    ChartPainter chart(*painter, m_data, m_geometry, m_theme, m_hidden);
    chart.drawInFront(m_shown);
    if (m_bare)
    {
        return;
    }
    if (m_drag == Drag::Band)
    {
        chart.drawRubberBand(QRectF(m_pressed, m_dragged).normalized());
    }
    else if (m_readOut)
    {
        chart.drawReadOut(*m_readOut);
    }
    if (m_zoom || !m_notice.isEmpty())
    {
        chart.drawNotice(m_notice.isEmpty() ? tr("Zoomed: a double click or Home shows all") : m_notice);
    }
    if (hasFocus() && m_focusByKeys)
    {
        chart.drawFocus();
    }
}

void ChartView::resizeEvent(QResizeEvent* event)
{
    QGraphicsView::resizeEvent(event);
    updateGeometryOfChart();
}

// --- reading ---------------------------------------------------------------------------------------------------------

void ChartView::setReadOut(std::optional<ReadOut> readOut)
{
    if (readOut == m_readOut)
    {
        return;
    }
    m_readOut = std::move(readOut);
    setAccessibleDescription(m_readOut ? toText(*m_readOut) : describeChart(m_data));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    viewport()->update();
    Q_EMIT readOutChanged();
}

void ChartView::readAt(QPointF pixel)
{
    const auto toScreen = [this](double x, double y) { return m_geometry.toScreen(x, y); };
    const bool inside = m_geometry.plot.adjusted(-8, -8, 8, 8).contains(pixel);
    setReadOut(inside ? readOutAt(m_data, m_hidden, pixel, toScreen) : std::nullopt);
}

void ChartView::readNext(int step)
{
    const auto stops = stopsOf(m_data, m_hidden);
    if (stops.empty())
    {
        return;
    }
    const auto last = static_cast<std::int64_t>(stops.size()) - 1;
    const auto now = m_stop ? static_cast<std::int64_t>(*m_stop) + step : (step > 0 ? 0 : last);
    m_stop = static_cast<std::size_t>(std::clamp<std::int64_t>(now, 0, last));
    readAt(m_geometry.toScreen(stops[*m_stop].x(), stops[*m_stop].y()));
}

void ChartView::activateAt(QPointF pixel)
{
    double nearest = 12 * m_theme.scale();
    std::optional<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t i = 0; i < m_shown.size(); ++i)
    {
        for (const std::size_t index : m_shown[i])
        {
            const auto& point = m_data.series[i].points[index];
            const double away = QLineF(m_geometry.toScreen(point.x, point.y), pixel).length();
            if (away < nearest)
            {
                nearest = away;
                found = {i, index};
            }
        }
    }
    if (found)
    {
        Q_EMIT pointActivated(found->first, found->second);
    }
}

// --- the mouse -------------------------------------------------------------------------------------------------------

void ChartView::mousePressEvent(QMouseEvent* event)
{
    const bool pans = event->button() == Qt::MiddleButton ||
                      (event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::ShiftModifier));
    m_notice.clear();
    m_pressed = m_dragged = event->position();
    m_rangeAtPress = m_geometry.range;
    if (pans || (event->button() == Qt::LeftButton && m_geometry.plot.contains(m_pressed)))
    {
        m_drag = pans ? Drag::Pan : Drag::Band;
    }
    event->accept();
}

void ChartView::mouseMoveEvent(QMouseEvent* event)
{
    m_dragged = event->position();
    m_stop.reset();
    if (m_drag == Drag::Pan && m_geometry.plot.width() > 0)
    {
        const QPointF way = m_dragged - m_pressed;
        const double down = m_geometry.downwards ? -1 : 1;
        zoomTo(panned(m_rangeAtPress, -way.x() / m_geometry.plot.width(), down * way.y() / m_geometry.plot.height()));
    }
    else if (m_drag == Drag::Band)
    {
        viewport()->update();
    }
    else
    {
        readAt(m_dragged);
    }
    event->accept();
}

void ChartView::mouseReleaseEvent(QMouseEvent* event)
{
    const QRectF band = QRectF(m_pressed, event->position()).normalized().intersected(m_geometry.plot);
    if (std::exchange(m_drag, Drag::None) == Drag::Band)
    {
        if (band.width() > kLeastBand || band.height() > kLeastBand)
        {
            // A flat or a narrow rectangle means one axis alone.
            ChartRange range = m_geometry.range;
            const QPointF first = m_geometry.screenToPlace(band.topLeft());
            const QPointF second = m_geometry.screenToPlace(band.bottomRight());
            if (band.width() > kLeastBand)
            {
                range.left = first.x();
                range.right = second.x();
            }
            if (band.height() > kLeastBand)
            {
                range.bottom = std::min(first.y(), second.y());
                range.top = std::max(first.y(), second.y());
            }
            zoomTo(range);
        }
        else
        {
            activateAt(event->position());
        }
    }
    viewport()->update();
    event->accept();
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event)
{
    resetZoom();
    event->accept();
}

/// Zooming out ends where all is shown.
void ChartView::zoomAbout(QPointF pixel, double factorX, double factorY)
{
    const ChartRange full = fullRange(m_data, m_hidden);
    ChartRange range = zoomed(m_geometry.range, m_geometry.screenToPlace(pixel), factorX, factorY);
    range = factorX > 1 || factorY > 1 ? keptWithin(range, full) : range;
    range == full ? resetZoom() : zoomTo(range);
}

void ChartView::wheelEvent(QWheelEvent* event)
{
    const double factor = std::pow(kZoomStep, -event->angleDelta().y() / 120.0);
    if (factor == 1 || (factor > 1 && !m_zoom))
    {
        event->ignore(); // then the page scrolls
        return;
    }
    const QPointF at = event->position();
    const bool overX = at.y() > m_geometry.plot.bottom();
    const bool overY = at.x() < m_geometry.plot.left() || m_data.y.rows;
    zoomAbout(at, overY && !m_data.y.rows ? 1 : factor, overX || m_data.y.rows ? 1 : factor);
    event->accept();
}

void ChartView::focusInEvent(QFocusEvent* event)
{
    QGraphicsView::focusInEvent(event);
    m_focusByKeys = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                    event->reason() == Qt::ShortcutFocusReason;
    viewport()->update();
}

void ChartView::leaveEvent(QEvent* event)
{
    QGraphicsView::leaveEvent(event);
    setReadOut(std::nullopt);
}

// --- the keyboard ----------------------------------------------------------------------------------------------------

/// Keys that read or show; false for others.
bool ChartView::keyReads(int key, bool shift)
{
    const QPointF centre = m_geometry.plot.center();
    switch (key)
    {
    case Qt::Key_Left:
        shift ? zoomTo(panned(m_geometry.range, -0.1, 0)) : readNext(-1);
        return true;
    case Qt::Key_Right:
        shift ? zoomTo(panned(m_geometry.range, 0.1, 0)) : readNext(1);
        return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (shift)
        {
            zoomTo(panned(m_geometry.range, 0, key == Qt::Key_Up ? 0.1 : -0.1));
        }
        return shift;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAbout(centre, 1 / kZoomStep, m_data.y.rows ? 1 : 1 / kZoomStep);
        return true;
    case Qt::Key_Minus:
        zoomAbout(centre, kZoomStep, m_data.y.rows ? 1 : kZoomStep);
        return true;
    case Qt::Key_Home:
        resetZoom();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_readOut)
        {
            activateAt(m_geometry.toScreen(m_readOut->x, m_readOut->y));
        }
        return m_readOut.has_value();
    default:
        return false;
    }
}

void ChartView::keyPressEvent(QKeyEvent* event)
{
    m_focusByKeys = true;
    if (event->matches(QKeySequence::Copy))
    {
        copyImage();
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Escape && (m_readOut || m_zoom))
    {
        setReadOut(std::nullopt);
        resetZoom();
        event->accept();
        return;
    }
    if (!keyReads(event->key(), event->modifiers().testFlag(Qt::ShiftModifier)))
    {
        event->ignore();
    }
}

// --- taking it away --------------------------------------------------------------------------------------------------

void ChartView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("chartMenu"));
    menu->addAction(tr("Copy as image"), this, &ChartView::copyImage);
    menu->addAction(tr("Copy the figures"), this, &ChartView::copyFigures);
    if (isSignalConnected(QMetaMethod::fromSignal(&ChartView::exportRequested)))
    {
        menu->addAction(tr("Export this chart…"), this, &ChartView::exportRequested)
            ->setObjectName(QStringLiteral("exportChart"));
    }
    menu->addSeparator();
    menu->addAction(tr("Show all"), this, &ChartView::resetZoom)->setEnabled(isZoomed());
    menu->popup(event->globalPos());
}

void ChartView::copyImage()
{
    QGuiApplication::clipboard()->setImage(chartImage(*this));
    setNotice(tr("Copied as an image"));
}

void ChartView::copyFigures()
{
    QGuiApplication::clipboard()->setText(chartText(m_data));
    setNotice(tr("Copied as tab-separated text"));
}

} // namespace headroom::ui
