// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "ui/export/page_sheet.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

namespace
{

std::shared_ptr<const Report> reportOf(const char* name)
{
    AnyReport any = openReport(std::string(HEADROOM_TEST_DATA "/../../") + name);
    return std::make_shared<const Report>(std::get<Report>(std::move(any)));
}

/// What of \a label does not fit into it.
QString cutIn(const QLabel& label)
{
    const QSize room = label.contentsRect().size();
    const QFontMetrics metrics(label.font());
    if (label.wordWrap())
    {
        const int needed =
            metrics.boundingRect(QRect(0, 0, room.width(), 100000), Qt::TextWordWrap, label.text()).height();
        return needed > room.height() + 2 ? QStringLiteral("%1 of %2 px high").arg(room.height()).arg(needed)
                                          : QString();
    }
    const int needed = metrics.size(0, label.text()).width();
    return needed > room.width() + 2 ? QStringLiteral("%1 of %2 px wide").arg(room.width()).arg(needed) : QString();
}

/// How far \a label reaches out of what it lies in on \a page, which cuts it.
QString clippedIn(const QLabel& label, const QWidget& page)
{
    for (const QWidget* at = label.parentWidget(); at != nullptr && at != &page; at = at->parentWidget())
    {
        const int left = label.mapTo(const_cast<QWidget*>(at), QPoint(0, 0)).x();
        if (left < -1 || left + label.width() > at->width() + 1)
        {
            return QStringLiteral("from %1 to %2 in %3 px").arg(left).arg(left + label.width()).arg(at->width());
        }
    }
    return {};
}

bool isText(const QLabel& label)
{
    return label.isVisible() && !label.text().isEmpty() && label.textFormat() != Qt::RichText;
}

} // namespace

/// No label of any page is cut, and none lies on another, in light and dark, at 1280 by 800 beside the form, narrower,
/// at presentation scale and at twice the scale; without a report, with one, and with one that is being filled.
class TestPageLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        Theme theme;
        QApplication::setFont(theme.font(TextRole::Title));
    }

    void nothingIsCut_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("live");
        QTest::addColumn<double>("scale");
        const QStringList files{QString(),
                                QStringLiteral("resources/reports/nvidia_h200_validate_bfloat16.json"),
                                QStringLiteral("resources/reports/nvidia_h200_battery.json"),
                                QStringLiteral("tests/data/report/cpu_failures.json"),
                                QStringLiteral("tests/data/report/fake_audit.json"),
                                QStringLiteral("resources/reports/nvidia_h200_audit_t5.json")};
        for (const PageFactory& factory : pageFactories())
        {
            for (const QString& file : files)
            {
                for (const double scale : {1.0, 1.5, 2.0})
                {
                    const QString name =
                        QStringLiteral("%1 %2 %3")
                            .arg(factory.id, file.isEmpty() ? QStringLiteral("empty") : QFileInfo(file).baseName(),
                                 QString::number(scale));
                    QTest::newRow(name.toLatin1().constData()) << factory.id << file << false << scale;
                }
            }
            QTest::newRow((factory.id + QStringLiteral(" live")).toLatin1().constData())
                << factory.id << files[3] << true << 1.0;
        }
    }

    void nothingIsCut()
    {
        QFETCH(QString, id);
        QFETCH(QString, file);
        QFETCH(bool, live);
        QFETCH(double, scale);
        Theme theme;
        theme.setScale(scale);
        ReportSet reports;
        if (!file.isEmpty())
        {
            reports.reports.push_back({file, reportOf(file.toLatin1().constData()), live});
        }
        // Twice as large on a screen with twice the pixels; 1.5 is the presentation's, on one of the usual size.
        const QSize size = scale == 2.0 ? QSize(1800, 1456) : scale > 1 ? QSize(1280, 800) : QSize(900, 728);
        const PageSheet sheet(theme, factoryOf(id), reports, size);
        QList<QLabel*> labels;
        for (auto* label : sheet.page().findChildren<QLabel*>())
        {
            if (isText(*label))
            {
                labels.append(label);
                const QString cut = cutIn(*label) + clippedIn(*label, sheet.page());
                QVERIFY2(cut.isEmpty(), qPrintable(QStringLiteral("'%1' is cut: %2").arg(label->text(), cut)));
            }
        }
        for (const auto* button : sheet.page().findChildren<QPushButton*>())
        {
            QVERIFY2(!button->isVisible() || button->width() >= button->minimumSizeHint().width() - 2,
                     qPrintable(QStringLiteral("the button '%1' is cut").arg(button->text())));
        }
        verifyApart(labels);
    }

private:
    static void verifyApart(const QList<QLabel*>& labels)
    {
        for (const QLabel* one : labels)
        {
            for (const QLabel* other : labels)
            {
                if (one != other && one->parentWidget() == other->parentWidget())
                {
                    const QRect overlap = one->geometry().intersected(other->geometry());
                    QVERIFY2(overlap.width() < 2 || overlap.height() < 2,
                             qPrintable(QStringLiteral("'%1' lies on '%2'").arg(one->text(), other->text())));
                }
            }
        }
    }

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
};

QTEST_MAIN(TestPageLayout)
#include "tst_page_layout.moc"
