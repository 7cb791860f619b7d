// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ink.h"

#include <QSet>
#include <QString>
#include <QWidget>

#include <vector>

class QAbstractButton;

namespace headroom::ui
{

class ChartView;
class Theme;

struct LegendEntry
{
    QString key;
    QString name;
    Ink ink;
    Marker marker = Marker::Circle;
    LineStyle style = LineStyle::Solid;
    QString note;    ///< tooltip: what is behind it
    double size = 1; ///< of its marker, as in the charts

    bool operator==(const LegendEntry&) const = default;
};

/// The one legend of a page, above its charts: a button for each series, which shows and hides it in all of them. A
/// double click, or Shift with a click, shows it alone.
class ChartLegend : public QWidget
{
    Q_OBJECT

public:
    explicit ChartLegend(const Theme& theme, QWidget* parent = nullptr);

    /// Entries with a key that was there before stay shown or hidden.
    void setEntries(const std::vector<LegendEntry>& entries);

    /// \a chart follows what is shown and hidden.
    void control(ChartView* chart);

    const QSet<QString>& hidden() const { return m_hidden; }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void setShown(const QString& key, bool shown);
    void showOnly(const QString& key); ///< once more: all again

Q_SIGNALS:
    void hiddenChanged(const QSet<QString>& keys);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void announce();
    int placeButtons(int width, bool apply) const;

    const Theme& m_theme;
    std::vector<LegendEntry> m_entries;
    QSet<QString> m_hidden;
    std::vector<QAbstractButton*> m_buttons; ///< one an entry
    std::vector<ChartView*> m_charts;
};

} // namespace headroom::ui
