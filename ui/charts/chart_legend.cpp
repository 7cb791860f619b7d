// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_legend.h"

#include "ui/charts/chart_view.h"
#include "ui/charts/marker_shape.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QMouseEvent>
#include <QPainter>

namespace headroom::ui
{
namespace
{

/// A stretch of line with its marker, and the name.
class LegendButton : public QAbstractButton
{
public:
    LegendButton(const Theme& theme, const LegendEntry& entry, ChartLegend* legend)
        : QAbstractButton(legend), m_theme(theme), m_entry(entry), m_legend(legend)
    {
        setCheckable(true);
        setText(entry.name);
        setObjectName(QStringLiteral("legend_") + entry.key);
        setAccessibleName(entry.name);
        setAccessibleDescription(ChartLegend::tr("Shows or hides %1 in all charts of this page.").arg(entry.name));
        setToolTip(entry.note.isEmpty() ? ChartLegend::tr("Click: show or hide. Shift+click: show it alone.")
                                        : entry.note);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
    }

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(m_theme.font(TextRole::Note));
        return {metrics.horizontalAdvance(text()) + m_theme.space(10), metrics.height() + m_theme.space(2)};
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Colours& colours = m_theme.colours();
        const bool shown = isChecked();
        const QColor ink = shown ? colourOf(m_entry.ink, m_theme) : colours.line;
        const double middle = height() / 2.0;
        const double left = m_theme.space(1);
        const double length = m_theme.space(5);
        painter.setPen(QPen(ink, 2 * m_theme.scale(), penStyle(m_entry.style)));
        painter.drawLine(QPointF(left, middle), QPointF(left + length, middle));
        drawMarker(painter, m_entry.marker, {left + length / 2, middle}, 3.5 * m_entry.size * m_theme.scale(), ink);
        QFont font = m_theme.font(TextRole::Note);
        font.setStrikeOut(!shown);
        painter.setFont(font);
        painter.setPen(shown ? colours.text : colours.secondary);
        painter.drawText(rect().adjusted(m_theme.space(8), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
        if (hasFocus())
        {
            painter.setPen(QPen(colours.accent, 1));
            painter.setBrush(Qt::NoBrush); // the marker was filled
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        }
    }

    void mousePressEvent(QMouseEvent* event) override
    {
        if (event->modifiers().testFlag(Qt::ShiftModifier))
        {
            m_legend->showOnly(m_entry.key);
            return;
        }
        QAbstractButton::mousePressEvent(event);
    }

private:
    const Theme& m_theme;
    LegendEntry m_entry;
    ChartLegend* m_legend;
};

} // namespace

ChartLegend::ChartLegend(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("chartLegend"));
    setAccessibleName(tr("Legend"));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum); // a second row is above what the hint says
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme, &Theme::changed, this,
            [this]
            {
                placeButtons(width(), true);
                updateGeometry();
            });
}

void ChartLegend::setEntries(const std::vector<LegendEntry>& entries)
{
    if (entries == m_entries)
    {
        return;
    }
    m_entries = entries;
    for (auto* button : m_buttons)
    {
        button->hide();
        button->deleteLater();
    }
    m_buttons.clear();
    for (const auto& entry : entries)
    {
        auto* button = new LegendButton(m_theme, entry, this);
        button->setChecked(!m_hidden.contains(entry.key));
        connect(button, &QAbstractButton::clicked, this, [this, key = entry.key](bool shown) { setShown(key, shown); });
        button->show();
        m_buttons.push_back(button);
    }
    placeButtons(width(), true);
    updateGeometry();
}

void ChartLegend::control(ChartView* chart)
{
    m_charts.push_back(chart);
    chart->setHidden(m_hidden);
}

void ChartLegend::setShown(const QString& key, bool shown)
{
    shown ? static_cast<void>(m_hidden.remove(key)) : static_cast<void>(m_hidden.insert(key));
    announce();
}

void ChartLegend::showOnly(const QString& key)
{
    QSet<QString> others;
    for (const auto& entry : m_entries)
    {
        if (entry.key != key)
        {
            others.insert(entry.key);
        }
    }
    m_hidden = m_hidden == others ? QSet<QString>() : others;
    announce();
}

void ChartLegend::announce()
{
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
    {
        m_buttons[i]->setChecked(!m_hidden.contains(m_entries[i].key));
    }
    for (auto* chart : m_charts)
    {
        chart->setHidden(m_hidden);
    }
    Q_EMIT hiddenChanged(m_hidden);
}

/// Rows of buttons, as many as \a width needs. Returns their height.
int ChartLegend::placeButtons(int width, bool apply) const
{
    const int gap = m_theme.space(2);
    int x = 0;
    int y = 0;
    int rowHeight = 0;
    for (auto* button : m_buttons)
    {
        const QSize size = button->sizeHint();
        if (x > 0 && x + size.width() > width)
        {
            x = 0;
            y += rowHeight;
        }
        if (apply)
        {
            button->setGeometry(QRect(QPoint(x, y), size));
        }
        x += size.width() + gap;
        rowHeight = std::max(rowHeight, size.height());
    }
    return y + rowHeight;
}

int ChartLegend::heightForWidth(int width) const
{
    return placeButtons(width, false);
}

QSize ChartLegend::sizeHint() const
{
    int width = 0;
    int height = 0;
    for (const auto* button : m_buttons)
    {
        width += button->sizeHint().width() + m_theme.space(2);
        height = std::max(height, button->sizeHint().height());
    }
    return {width, height};
}

QSize ChartLegend::minimumSizeHint() const
{
    return {m_theme.space(20), m_buttons.empty() ? 0 : m_buttons.front()->sizeHint().height()};
}

void ChartLegend::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeButtons(width(), true);
}

} // namespace headroom::ui
