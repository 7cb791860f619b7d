// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/json_report.h"
#include "ui/models/figure.h"
#include "ui/pages/page.h"

#include <QAbstractItemView>
#include <QFile>
#include <QtTest>

#include <cmath>
#include <memory>
#include <vector>

namespace headroom::ui
{

/// A report that Headroom ships.
inline std::shared_ptr<const Report> referenceReport(const char* name)
{
    QFile file(QStringLiteral(HEADROOM_TEST_DATA "/../../resources/reports/%1.json").arg(QLatin1String(name)));
    if (!file.open(QIODevice::ReadOnly))
    {
        qFatal("no such report");
    }
    return std::make_shared<const Report>(readJsonReport(file.readAll().toStdString()));
}

/// Shows \a page in a window of its usual size with \a reports, named "report 1" and so on.
inline void showReports(Page& page, const std::vector<std::shared_ptr<const Report>>& reports, bool live = false)
{
    ReportSet set;
    for (const auto& report : reports)
    {
        set.reports.push_back({QStringLiteral("report %1").arg(set.reports.size() + 1), report, live && set.empty()});
    }
    page.resize(900, 712);
    page.showReports(set);
    page.show();
}

inline void showReport(Page& page, const std::shared_ptr<const Report>& report, bool live = false)
{
    showReports(page, {report}, live);
}

inline bool isFigure(const Json& document, const QString& source, const QVariant& value)
{
    const Json& there = document.at(Json::json_pointer(source.toStdString()));
    return there.is_number() ? there.get<double>() == value.toDouble() : there == value.toString().toStdString();
}

/// Holds all figures that \a page shows against the JSON of \a report. Returns how many there were, or -1 after a
/// message on the first that differs.
inline int compareFigures(const Page& page, const Report& report)
{
    const Json document = Json::parse(writeJsonReport(report));
    int count = 0;
    const auto check = [&](const QString& source, const QVariant& value)
    {
        ++count;
        return isFigure(document, source, value) || (qWarning() << source << value, false);
    };
    for (const auto* widget : page.findChildren<QWidget*>())
    {
        const QVariant source = widget->property("figureSource");
        if (source.isValid() && !check(source.toString(), widget->property("figureValue")))
        {
            return -1;
        }
        for (const QVariant& figure : widget->property("figures").toList())
        {
            const QVariantMap map = figure.toMap();
            if (!check(map.value(QStringLiteral("source")).toString(), map.value(QStringLiteral("value"))))
            {
                return -1;
            }
        }
        const auto* view = qobject_cast<const QAbstractItemView*>(widget);
        const QAbstractItemModel* model = view != nullptr ? view->model() : nullptr;
        for (int row = 0; model != nullptr && row < model->rowCount(); ++row)
        {
            for (int column = 0; column < model->columnCount(); ++column)
            {
                const QModelIndex index = model->index(row, column);
                const QVariant place = index.data(kFigureSourceRole);
                if (!place.toString().isEmpty() && !check(place.toString(), index.data(kFigureValueRole)))
                {
                    return -1;
                }
            }
        }
    }
    return count;
}

} // namespace headroom::ui
