// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/heat_map.h"

#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

constexpr int kLeftSteps = 9;   ///< room for the batches' labels
constexpr int kBottomSteps = 6; ///< and for the lengths'
constexpr double kLeastSide = 10;
constexpr double kLargestSide = 44;
constexpr double kWidest = 88;
constexpr double kGap = 3;
constexpr std::int64_t kKilo = 1024;

QString lengthText(std::int64_t length)
{
    return length >= kKilo && length % kKilo == 0 ? QStringLiteral("%1k").arg(length / kKilo) : QString::number(length);
}

QString initialsOf(Backend backend)
{
    switch (backend)
    {
    case Backend::Cudnn:
        return QStringLiteral("cu");
    case Backend::Flash:
        return QStringLiteral("fl");
    case Backend::MemoryEfficient:
        return QStringLiteral("me");
    case Backend::Math:
        return QStringLiteral("ma");
    case Backend::Naive:
        return QStringLiteral("na");
    default:
        return textOf(toString(backend)).left(2);
    }
}

/// What stands in a box that has room for words; empty where a sign says it as well.
QString wholeMark(const GridCell& cell)
{
    switch (cell.state)
    {
    case GridState::Winner:
    case GridState::Alone:
        return cell.backends.front() == Backend::MemoryEfficient ? QObject::tr("Mem-eff")
                                                                 : backendName(cell.backends.front());
    case GridState::Unverified:
        return QObject::tr("unverified");
    case GridState::OutOfMemory:
        return QObject::tr("no memory");
    case GridState::Failed:
        return QObject::tr("failed");
    case GridState::NotRun:
        return QObject::tr("not run");
    default:
        return {};
    }
}

QString namesOf(const std::vector<Backend>& backends)
{
    QStringList names;
    for (const Backend backend : backends)
    {
        names.append(backendName(backend));
    }
    return names.join(QObject::tr(" or "));
}

} // namespace

HeatMap::HeatMap(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("heatMap"));
    setAccessibleName(tr("Fastest backend by batch and sequence"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void HeatMap::setGrid(FastestGrid grid, std::shared_ptr<const Report> report)
{
    m_grid = std::move(grid);
    m_report = std::move(report);
    if (m_current && (m_current->batch >= m_grid.batches.size() || m_current->length >= m_grid.lengths.size()))
    {
        m_current.reset();
    }
    updateGeometry();
    update();
}

QString HeatMap::readOutOf(std::size_t batch, std::size_t length) const
{
    if (batch >= m_grid.batches.size() || length >= m_grid.lengths.size())
    {
        return {};
    }
    const Format format;
    const GridCell& cell = m_grid.at(batch, length);
    QString text = tr("Batch %1, %2 %3: ")
                       .arg(textOf(format.count(m_grid.batches[batch])), m_grid.byKeys ? tr("keys") : tr("sequence"),
                            textOf(format.count(m_grid.lengths[length])));
    const QString names = namesOf(cell.backends);
    switch (cell.state)
    {
    case GridState::Absent:
        return text + tr("not asked for");
    case GridState::Waiting:
        return text + tr("not measured yet");
    case GridState::Winner:
        text += tr("%1 is fastest").arg(names);
        if (cell.ratio && cell.second)
        {
            text += tr("; %1 takes %2").arg(backendName(*cell.second), textOf(format.ratio(*cell.ratio)));
        }
        break;
    case GridState::Tie:
        text += tr("%1, too close to call").arg(names);
        break;
    case GridState::Alone:
        text += tr("only %1 is ranked").arg(names);
        break;
    case GridState::Unverified:
        text += tr("measured, but no numbers are verified");
        break;
    case GridState::OutOfMemory:
        text += tr("out of memory");
        break;
    case GridState::Failed:
        text += tr("none could be measured");
        break;
    case GridState::NotRun:
        text += cell.overBudget ? tr("not run, the time of the run was spent") : tr("not run");
        break;
    }
    for (const auto* row : cell.cases)
    {
        const QString figure = isMeasured(*row)
                                   ? textOf(format.duration(row->device->medianNs, row->device->medianIntervalNs))
                                   : textOf(whyEmpty(*row));
        text += QStringLiteral("\n%1 %2").arg(backendName(row->measured.backend), figure);
    }
    return text;
}

QVariantList HeatMap::figures() const
{
    QVariantList all;
    if (m_report == nullptr)
    {
        return all;
    }
    const auto append = [&](const QString& source, const QVariant& value) {
        all.append(QVariantMap{{QStringLiteral("source"), source}, {QStringLiteral("value"), value}});
    };
    for (const auto& cell : m_grid.cells)
    {
        if (cell.fastest != nullptr && cell.fastest->fastest)
        {
            const auto index = cell.fastest - m_report->fastest.data();
            append(QStringLiteral("/headroom/fastest/%1/fastest").arg(index), textOf(toString(cell.backends.front())));
        }
        else if (cell.fastest == nullptr && !cell.backends.empty())
        {
            for (const auto* row : cell.cases) // what the winner is told from
            {
                if (row->measured.backend == cell.backends.front())
                {
                    const Figure figure = medianOf(*m_report, *row);
                    append(figure.source, figure.value);
                }
            }
        }
    }
    return all;
}

/// As wide as there is room for: a map of one row is still a map.
QSizeF HeatMap::cellSize() const
{
    const double columns = static_cast<double>(std::max<std::size_t>(1, m_grid.lengths.size()));
    const double rows = static_cast<double>(std::max<std::size_t>(1, m_grid.batches.size()));
    const double byWidth = (width() - m_theme.space(kLeftSteps)) / columns;
    const double byHeight = (height() - m_theme.space(kBottomSteps)) / rows;
    return {std::clamp(byWidth, kLeastSide, kWidest * m_theme.scale()),
            std::clamp(byHeight, kLeastSide, kLargestSide * m_theme.scale())};
}

QSize HeatMap::sizeHint() const
{
    const double most = kLargestSide * m_theme.scale();
    const double wide = kWidest * m_theme.scale();
    return QSizeF(m_theme.space(kLeftSteps) + wide * static_cast<double>(m_grid.lengths.size()),
                  m_theme.space(kBottomSteps) + most * static_cast<double>(m_grid.batches.size()))
        .toSize();
}

QSize HeatMap::minimumSizeHint() const
{
    constexpr double kLeast = 22;
    return QSizeF(m_theme.space(kLeftSteps) + kLeast * static_cast<double>(m_grid.lengths.size()),
                  m_theme.space(kBottomSteps) + kLeast * static_cast<double>(m_grid.batches.size()))
        .toSize();
}

QRectF HeatMap::squareAt(const Place& place) const
{
    const QSizeF size = cellSize();
    return {m_theme.space(kLeftSteps) + size.width() * static_cast<double>(place.length),
            size.height() * static_cast<double>(place.batch), size.width() - kGap, size.height() - kGap};
}

std::optional<HeatMap::Place> HeatMap::placeAt(const QPointF& point) const
{
    const QSizeF size = cellSize();
    const double x = (point.x() - m_theme.space(kLeftSteps)) / size.width();
    const double y = point.y() / size.height();
    if (x < 0 || y < 0 || x >= static_cast<double>(m_grid.lengths.size()) ||
        y >= static_cast<double>(m_grid.batches.size()))
    {
        return std::nullopt;
    }
    return Place{static_cast<std::size_t>(y), static_cast<std::size_t>(x)};
}

void HeatMap::setCurrent(const std::optional<Place>& place)
{
    if (place == m_current)
    {
        return;
    }
    m_current = place;
    const QString text = place ? readOutOf(place->batch, place->length) : QString();
    setAccessibleDescription(text);
    Q_EMIT readOutChanged(text);
    update();
}

void HeatMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setClipRect(rect()); // as in Card
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxes(painter);
    for (std::size_t batch = 0; batch < m_grid.batches.size(); ++batch)
    {
        for (std::size_t length = 0; length < m_grid.lengths.size(); ++length)
        {
            paintSquare(painter, {batch, length});
        }
    }
}

void HeatMap::paintAxes(QPainter& painter) const
{
    painter.setFont(m_theme.font(TextRole::Note));
    painter.setPen(m_theme.colours().secondary);
    const QSizeF size = cellSize();
    for (std::size_t at = 0; at < m_grid.batches.size(); ++at)
    {
        painter.drawText(QRectF(0, size.height() * static_cast<double>(at),
                                m_theme.space(kLeftSteps) - m_theme.space(2), size.height() - kGap),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(m_grid.batches[at]));
    }
    const double top = size.height() * static_cast<double>(m_grid.batches.size()) + m_theme.space(1);
    const QFontMetricsF metrics(painter.font());
    double end = -1;
    for (std::size_t at = 0; at < m_grid.lengths.size(); ++at)
    {
        const QString text = lengthText(m_grid.lengths[at]);
        const double width = metrics.horizontalAdvance(text);
        const double centre = m_theme.space(kLeftSteps) + size.width() * (static_cast<double>(at) + 0.5) - kGap / 2;
        if (centre - width / 2 < end)
        {
            continue; // labels do not overlap: the read-out has them all
        }
        painter.drawText(QRectF(centre - width, top, 2 * width, metrics.height()), Qt::AlignCenter, text);
        end = centre + width / 2 + m_theme.space(1);
    }
}

void HeatMap::paintSquare(QPainter& painter, const Place& place) const
{
    const auto& colours = m_theme.colours();
    const GridCell& cell = m_grid.at(place.batch, place.length);
    const QRectF square = squareAt(place).adjusted(0.5, 0.5, -0.5, -0.5);
    const double radius = m_theme.space(1);
    const bool ranked = cell.state == GridState::Winner || cell.state == GridState::Alone;
    const QColor own = cell.backends.empty() ? colours.field : m_theme.backendColour(cell.backends.front());
    const bool filled = cell.state == GridState::Winner;
    if (cell.state == GridState::Absent)
    {
        painter.setPen(QPen(colours.line, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
    }
    else
    {
        painter.setPen(QPen(ranked ? own : colours.line, cell.state == GridState::Alone ? 2 : 1));
        painter.setBrush(filled ? own : colours.field);
    }
    painter.drawRoundedRect(square, radius, radius);
    QString mark;
    QColor ink = colours.secondary;
    switch (cell.state)
    {
    case GridState::Winner:
        mark = initialsOf(cell.backends.front());
        ink = colours.panel;
        break;
    case GridState::Alone:
        mark = initialsOf(cell.backends.front());
        ink = colours.text;
        break;
    case GridState::Tie:
        mark = tr("tie");
        break;
    case GridState::Unverified:
        mark = QStringLiteral("?");
        ink = colours.caution;
        break;
    case GridState::OutOfMemory:
        mark = QStringLiteral("×");
        ink = colours.bad;
        break;
    case GridState::Failed:
        mark = QStringLiteral("!");
        ink = colours.bad;
        break;
    case GridState::NotRun:
        mark = QStringLiteral("–");
        break;
    case GridState::Waiting:
        mark = QStringLiteral("…");
        break;
    case GridState::Absent:
        break;
    }
    painter.setFont(m_theme.font(TextRole::Note));
    painter.setPen(ink);
    if (const QString whole = wholeMark(cell);
        QFontMetricsF(painter.font()).horizontalAdvance(whole) + kGap < square.width())
    {
        mark = whole.isEmpty() ? mark : whole;
    }
    painter.drawText(square, Qt::AlignCenter, mark);
    if (cell.outOfMemory > 0 && cell.state != GridState::OutOfMemory)
    {
        painter.setPen(QPen(filled ? colours.panel : colours.bad, 1.5)); // a corner: not all backends had the memory
        const double size = m_theme.space(1) + 1;
        const QPointF corner = square.topRight() + QPointF(-size - 2, 3);
        painter.drawLine(corner, corner + QPointF(size - 1, size - 1));
        painter.drawLine(corner + QPointF(size - 1, 0), corner + QPointF(0, size - 1));
    }
    if (m_current == place)
    {
        painter.setPen(QPen(colours.text, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(square, radius, radius);
    }
}

void HeatMap::mouseMoveEvent(QMouseEvent* event)
{
    setCurrent(placeAt(event->position()));
}

void HeatMap::mousePressEvent(QMouseEvent* event)
{
    if (const auto place = placeAt(event->position()))
    {
        setCurrent(place);
        if (const auto& cell = m_grid.at(place->batch, place->length); !cell.jobId.empty())
        {
            Q_EMIT cellChosen(cell.jobId);
        }
    }
}

void HeatMap::leaveEvent(QEvent*)
{
    if (!hasFocus())
    {
        setCurrent(std::nullopt);
    }
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    if (m_grid.cells.empty())
    {
        return QWidget::keyPressEvent(event);
    }
    Place place = m_current.value_or(Place{});
    switch (event->key())
    {
    case Qt::Key_Left:
        place.length -= place.length > 0 ? 1 : 0;
        break;
    case Qt::Key_Right:
        place.length += place.length + 1 < m_grid.lengths.size() ? 1 : 0;
        break;
    case Qt::Key_Up:
        place.batch -= place.batch > 0 ? 1 : 0;
        break;
    case Qt::Key_Down:
        place.batch += place.batch + 1 < m_grid.batches.size() ? 1 : 0;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (const auto& cell = m_grid.at(place.batch, place.length); !cell.jobId.empty())
        {
            Q_EMIT cellChosen(cell.jobId);
        }
        return;
    default:
        return QWidget::keyPressEvent(event);
    }
    setCurrent(place);
}

void HeatMap::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    if (!m_current && !m_grid.cells.empty())
    {
        setCurrent(Place{});
    }
}

void HeatMap::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    setCurrent(std::nullopt);
}

} // namespace headroom::ui
