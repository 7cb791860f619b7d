// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QVariant>

namespace headroom::ui
{

/// A figure on the screen: where it stands in the report's JSON (core/report/json_report.h), and what stands there.
struct Figure
{
    QString source; ///< a JSON pointer: "/cases/3/device/medianNs"
    QVariant value; ///< the number or text there, unrounded
};

/// Of item models: which figure of the report a cell shows.
inline constexpr int kFigureSourceRole = Qt::UserRole + 100;
inline constexpr int kFigureValueRole = Qt::UserRole + 101;

/// Says that \a widget shows \a figure: its properties "figureSource" and "figureValue". One without a source takes
/// them away.
inline void setFigure(QObject& widget, const Figure& figure)
{
    widget.setProperty("figureSource", figure.source.isEmpty() ? QVariant() : figure.source);
    widget.setProperty("figureValue", figure.source.isEmpty() ? QVariant() : figure.value);
}

/// Says that \a widget shows \a all of these, one behind the other: its property "figures", a map each.
inline void setFigures(QObject& widget, const QList<Figure>& all)
{
    QVariantList list;
    for (const Figure& figure : all)
    {
        list.append(QVariantMap{{QStringLiteral("source"), figure.source}, {QStringLiteral("value"), figure.value}});
    }
    widget.setProperty("figures", list.isEmpty() ? QVariant() : QVariant(list));
}

} // namespace headroom::ui
