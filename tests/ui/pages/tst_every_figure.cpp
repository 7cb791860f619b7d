// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/json.h"
#include "core/report/export.h"
#include "core/report/json_report.h"
#include "ui/export/page_sheet.h"
#include "ui/models/figure.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QLabel>
#include <QRegularExpression>
#include <QtTest>

#include <cmath>
#include <set>

using namespace headroom;
using namespace headroom::ui;

namespace
{

constexpr int kMostRows = 60; ///< of a long table; its cells are all made by the same code

QString fileOf(const char* name)
{
    return QStringLiteral(HEADROOM_TEST_DATA "/../../%1").arg(QLatin1String(name));
}

ReportSet openAll(const QStringList& names)
{
    ReportSet set;
    for (const QString& name : names)
    {
        AnyReport any = openReport(fileOf(name.toLatin1().constData()).toStdString());
        set.reports.push_back({name, std::make_shared<const Report>(std::get<Report>(std::move(any))), false});
    }
    return set;
}

void take(std::vector<Figure>& figures, const QVariant& source, const QVariant& value)
{
    if (!source.toString().isEmpty())
    {
        figures.push_back({source.toString(), value});
    }
}

void takeCells(std::vector<Figure>& figures, const QAbstractItemModel& model)
{
    for (int row = 0; row < std::min(kMostRows, model.rowCount()); ++row)
    {
        for (int column = 0; column < model.columnCount(); ++column)
        {
            const QModelIndex cell = model.index(row, column);
            take(figures, cell.data(kFigureSourceRole), cell.data(kFigureValueRole));
        }
    }
}

/// All that \a page says to be a figure of the report in front.
std::vector<Figure> figuresOn(const Page& page)
{
    std::vector<Figure> figures;
    for (const QWidget* widget : page.findChildren<QWidget*>())
    {
        take(figures, widget->property("figureSource"), widget->property("figureValue"));
        for (const QVariant& one : widget->property("figures").toList())
        {
            const QVariantMap map = one.toMap();
            take(figures, map.value(QStringLiteral("source")), map.value(QStringLiteral("value")));
        }
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget); view != nullptr && view->model())
        {
            takeCells(figures, *view->model());
        }
    }
    return figures;
}

/// A place whose numbers are no figures of the report, and why.
struct Reviewed
{
    const char* objectName; ///< of the widget, or of one that it lies in
    const char* why;
};

constexpr Reviewed kReviewed[] = {
    {"backends", "a table of core/report, which tests/core/report holds against the report"},
    {"unfinished", "likewise"},
    {"reportContents", "how much of what the report holds: counted"},
    {"heatMapReadOut", "how often each backend wins: counted over the squares, which are figures"},
    {"sentenceNote", "what was asked for, and how many there are of it"},
    {"rooflinePeaks", "the maker's specification; what was measured is marked all the same"},
    {"scalingHeader", "worked out from the medians, which the charts have as figures"},
    {"monitorHeader", "the most over all readings, which the charts have as figures"},
    {"accuracyNote", "sentences of the report on what is odd"},
    {"modelTree", "the time of a module is the sum of its calls', each of which is a figure"},
    {"modelFindings", "how many calls a rule is true of: counted by core/audit"},
    {"panelNote", "units, and how many there are of something"},
    {"snippet", "code to copy"},
};

/// The entry that \a widget is reviewed by; null: it is not.
const Reviewed* reviewOf(const QWidget* widget)
{
    for (const QObject* at = widget; at != nullptr; at = at->parent())
    {
        for (const Reviewed& one : kReviewed)
        {
            if (at->objectName() == QLatin1String(one.objectName))
            {
                return &one;
            }
        }
    }
    return nullptr;
}

/// What the report says, as one text: a name on a page is one of it.
struct ReportText
{
    QString strings;          ///< all strings and keys of the JSON
    std::set<double> numbers; ///< those that were asked for are whole

    explicit ReportText(const Json& json) { add(json); }

    void add(const Json& json)
    {
        if (json.is_string())
        {
            strings += QString::fromStdString(json.get<std::string>()) + QLatin1Char('\n');
        }
        else if (json.is_number())
        {
            numbers.insert(json.get<double>());
        }
        else if (json.is_structured())
        {
            for (const auto& [key, value] : json.items())
            {
                strings += json.is_object() ? QString::fromStdString(key) + QLatin1Char('\n') : QString();
                add(value);
            }
        }
    }

    /// "bfloat16", "sm_90", "layers.0" stand in it; of "B4" or "D64" the number does; "p95" is a word of statistics.
    bool knows(const QString& name) const
    {
        static const QRegularExpression size(QStringLiteral("^[BHSDL](\\d+)$"));
        static const QStringList kWords{QStringLiteral("p95"),  QStringLiteral("p99"),  QStringLiteral("fp64"),
                                        QStringLiteral("fp32"), QStringLiteral("fp16"), QStringLiteral("L2"),
                                        QStringLiteral("A4")};
        const auto sized = size.match(name);
        return kWords.contains(name) || strings.contains(name, Qt::CaseInsensitive) ||
               (sized.hasMatch() && numbers.contains(sized.captured(1).toDouble()));
    }
};

/// What is left of \a text without names of \a report that have digits in them and sizes that were asked for.
QString withoutNames(QString text, const ReportText& report)
{
    static const QRegularExpression kName(
        QStringLiteral("[\\w.+-]*[A-Za-z_][\\w.+-]*\\d[\\w+-]*(?:[.:<>,*()][\\w+-]+)*")); // H100, sm_90, layers.0
    text.replace(QRegularExpression(QStringLiteral("<[^>]*>")), QStringLiteral(" "));     // mark-up
    qsizetype from = 0;
    for (auto match = kName.match(text, from); match.hasMatch(); match = kName.match(text, from))
    {
        const bool known = report.knows(match.captured());
        from = known ? match.capturedStart() : match.capturedEnd();
        if (known)
        {
            text.replace(match.capturedStart(), match.capturedLength(), QStringLiteral(" "));
        }
    }
    static const QStringList kNames{
        QStringLiteral("\\[[\\d, ]*\\]"), // the place of an element
        QStringLiteral("95 %"),           // of intervals, by definition
        QStringLiteral(
            "(?:batch|sequence|keys|head_dim|d_model|length|LibTorch|cuDNN|capability)(?: length)? [\\d.  ]+(?:k\\b)?"),
        QStringLiteral("[\\d  ]+ (?:heads?|layers?|tokens? in all|query heads|key/value heads)"),
        QStringLiteral("\\d+GB\\b"), // of a device's name
        QStringLiteral("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d"),
        QStringLiteral("\\d+-(?:bit|second)")};
    for (const QString& name : kNames)
    {
        text.replace(QRegularExpression(name), QStringLiteral(" "));
    }
    return text;
}

bool hasNumber(const QString& text, const ReportText& report)
{
    static const QRegularExpression digit(QStringLiteral("\\d"));
    return withoutNames(text, report).contains(digit);
}

bool isMarked(const QObject& object)
{
    return !object.property("figureSource").toString().isEmpty() || !object.property("figures").toList().isEmpty();
}

/// The entries of the list above that have excused a number.
using Excuses = std::set<const Reviewed*>;

/// Whether \a widget, which shows a number, is reviewed.
bool isExcused(const QWidget* widget, Excuses& excuses)
{
    const Reviewed* review = reviewOf(widget);
    if (review != nullptr)
    {
        excuses.insert(review);
    }
    return review != nullptr;
}

/// Numbers that \a page shows of \a report and does not say the source of.
QStringList unmarkedOn(const Page& page, const ReportText& report, Excuses& excuses)
{
    QStringList unmarked;
    for (const auto* label : page.findChildren<QLabel*>())
    {
        if (label->isVisible() && hasNumber(label->text(), report) && !isMarked(*label) && !isExcused(label, excuses))
        {
            unmarked << QStringLiteral("%1 “%2”").arg(label->objectName(), label->text());
        }
    }
    for (const auto* view : page.findChildren<QAbstractItemView*>())
    {
        const QAbstractItemModel* model = view->model();
        if (model == nullptr || !view->isVisible())
        {
            continue;
        }
        for (int row = 0; row < std::min(kMostRows, model->rowCount()); ++row)
        {
            for (int column = 0; column < model->columnCount(); ++column)
            {
                const QModelIndex cell = model->index(row, column);
                const QString heading = model->headerData(column, Qt::Horizontal).toString();
                const bool counted = heading == QLatin1String("No.") || heading == QLatin1String("Flags");
                if (!counted && hasNumber(cell.data().toString(), report) &&
                    cell.data(kFigureSourceRole).toString().isEmpty() && !isExcused(view, excuses))
                {
                    unmarked << QStringLiteral("%1[%2] “%3”")
                                    .arg(view->objectName())
                                    .arg(column)
                                    .arg(cell.data().toString());
                }
            }
        }
    }
    unmarked.removeDuplicates();
    return unmarked;
}

/// Whether \a shown is what stands in \a json; numbers to the last bits that a unit's division leaves.
bool isThere(const Json& json, const QVariant& shown)
{
    if (json.is_string())
    {
        return shown.toString().toStdString() == json.get<std::string>();
    }
    if (json.is_boolean())
    {
        return shown.toBool() == json.get<bool>();
    }
    if (json.is_null())
    {
        return !shown.isValid() || std::isnan(shown.toDouble());
    }
    if (!json.is_number())
    {
        return false;
    }
    const double there = json.get<double>();
    return std::abs(shown.toDouble() - there) <= 1e-9 * std::max(std::abs(there), 1e-30);
}

} // namespace

/// Shows every page for reports of every kind, and looks each figure that it says it shows up in the report's JSON.
class TestEveryFigure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        QApplication::setFont(m_theme.font(TextRole::Title));
    }

    void eachFigureIsTheReports_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("file");
        const QStringList files{QStringLiteral("resources/reports/nvidia_h200_fa3_paper.json"),
                                QStringLiteral("resources/reports/nvidia_h200_validate_bfloat16.json"),
                                QStringLiteral("resources/reports/nvidia_h200_battery.json"),
                                QStringLiteral("tests/data/report/cpu_validate.json"),
                                QStringLiteral("tests/data/report/cpu_failures.json"),
                                QStringLiteral("tests/data/report/fake_audit.json")};
        for (const PageFactory& factory : pageFactories())
        {
            for (const QString& file : files)
            {
                const QString name = factory.id + QLatin1Char(' ') + QFileInfo(file).baseName();
                QTest::newRow(name.toLatin1().constData()) << factory.id << file;
            }
        }
    }

    void eachFigureIsTheReports()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        const ReportSet reports = openAll({file});
        const PageSheet sheet(m_theme, factoryOf(id), reports, QSize(1280, 800));
        const auto figures = figuresOn(sheet.page());
        const Json document = Json::parse(writeJsonReport(*reports.front().report));
        for (const Figure& figure : figures)
        {
            const Json::json_pointer pointer(figure.source.toStdString());
            QVERIFY2(document.contains(pointer), qPrintable(figure.source + QStringLiteral(" is not in the report")));
            QVERIFY2(isThere(document.at(pointer), figure.value),
                     qPrintable(QStringLiteral("%1 is shown as %2, the report has %3")
                                    .arg(figure.source, figure.value.toString(),
                                         QString::fromStdString(document.at(pointer).dump()).left(80))));
        }
        m_counts[id] += static_cast<int>(figures.size());
        qInfo("%s: %d figures", QTest::currentDataTag(), static_cast<int>(figures.size()));
    }

    void noNumberIsWithoutASource_data() { eachFigureIsTheReports_data(); }

    /// What is a number and no name says where it comes from; what is reviewed is listed above.
    void noNumberIsWithoutASource()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        const ReportSet reports = openAll({file});
        const PageSheet sheet(m_theme, factoryOf(id), reports, QSize(1280, 800));
        const QStringList unmarked = unmarkedOn(sheet.page(), textOfReport(reports), m_excuses);
        QVERIFY2(unmarked.isEmpty(), qPrintable(unmarked.join(QLatin1Char('\n'))));
    }

    /// An exception that excuses nothing would one day excuse what nobody has looked at.
    void eachExceptionIsNeeded()
    {
        QStringList unused;
        for (const Reviewed& one : kReviewed)
        {
            unused << (m_excuses.contains(&one) ? QStringList() : QStringList{QLatin1String(one.objectName)});
        }
        QVERIFY2(unused.isEmpty(), qPrintable(unused.join(QLatin1String(", "))));
    }

    /// The walk itself: a number that nobody vouches for is seen.
    void theWalkSeesANumberWithoutASource()
    {
        const ReportSet reports = openAll({QStringLiteral("tests/data/report/cpu_validate.json")});
        const PageSheet sheet(m_theme, factoryOf(QStringLiteral("overview")), reports, QSize(1280, 800));
        const ReportText text = textOfReport(reports);
        Excuses excuses;
        QLabel label(QStringLiteral("3.14 ms faster"), &sheet.page());
        label.show();
        const auto seen = [&](const QString& words)
        {
            label.setText(words);
            return unmarkedOn(sheet.page(), text, excuses).filter(words).size() == 1;
        };
        QVERIFY(seen(QStringLiteral("3.14 ms faster")));
        QVERIFY(seen(QStringLiteral("on an H999 of float77"))); // names that the report does not have
        QVERIFY(!seen(QStringLiteral("of float32")));
        setFigure(label, {QStringLiteral("/cases/0/device/medianNs"), 1.0});
        QVERIFY(!seen(QStringLiteral("3.14 ms faster")));
    }

    /// A page that shows no figure of any report tells nothing, or does not say where its figures come from.
    void eachPageShowsFigures()
    {
        for (const PageFactory& factory : pageFactories())
        {
            const bool needsMore = QStringList{QStringLiteral("compare"), QStringLiteral("monitor"),
                                               QStringLiteral("history"), QStringLiteral("dashboard")}
                                       .contains(factory.id); // the last two are of other runs than the one in front
            QVERIFY2(needsMore || m_counts[factory.id] > 0,
                     qPrintable(factory.id + QStringLiteral(" shows no figure")));
        }
    }

    /// What is big on the overview is written from the very number that it says it is.
    void bigFiguresAreWrittenFromTheirValues()
    {
        const ReportSet reports = openAll({QStringLiteral("resources/reports/nvidia_h200_validate_bfloat16.json")});
        const PageSheet sheet(m_theme, factoryOf(QStringLiteral("overview")), reports, QSize(1280, 800));
        const Format format;
        int seen = 0;
        for (const auto* label : sheet.page().findChildren<QLabel*>())
        {
            const QString source = label->property("figureSource").toString();
            const double value = label->property("figureValue").toDouble();
            const auto expect = [&](const std::string& text)
            {
                QCOMPARE(label->text(), QString::fromStdString(text));
                ++seen;
            };
            if (source.endsWith(QLatin1String("/comparison/ratio")))
            {
                expect(format.ratio(value));
            }
            else if (source.endsWith(QLatin1String("/peakBytes")))
            {
                expect(format.bytes(value));
            }
            else if (source.endsWith(QLatin1String("/tokensPerSecond")))
            {
                expect(format.rate(value, "tok/s"));
            }
        }
        QCOMPARE(seen, 3);
    }

    void pagesWithoutAReportSayWhatWillBeThere()
    {
        for (const PageFactory& factory : pageFactories())
        {
            const PageSheet sheet(m_theme, factory, ReportSet(), QSize(1280, 800));
            QString words;
            for (const auto* label : sheet.page().findChildren<QLabel*>())
            {
                words += label->isVisible() ? label->text() : QString();
            }
            for (const auto* widget : sheet.page().findChildren<QWidget*>())
            {
                words += widget->isVisible() ? widget->accessibleDescription() : QString();
            }
            QVERIFY2(words.size() > 20, qPrintable(factory.id + QStringLiteral(" is empty without a hint")));
        }
    }

private:
    static PageFactory factoryOf(const QString& id)
    {
        for (const auto& factory : pageFactories())
        {
            if (factory.id == id)
            {
                return factory;
            }
        }
        return {};
    }

    static ReportText textOfReport(const ReportSet& reports)
    {
        ReportText text(Json::parse(writeJsonReport(*reports.front().report)));
        text.strings += reports.front().name; // which is on the page too
        return text;
    }

    Theme m_theme;
    std::map<QString, int> m_counts;
    Excuses m_excuses;
};

QTEST_MAIN(TestEveryFigure)
#include "tst_every_figure.moc"
