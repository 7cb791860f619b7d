// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "core/report/export.h"
#include "core/report/json_report.h"
#include "ui/config/configuration_panel.h"
#include "ui/export/exporter.h"

#include <QImage>
#include <QLabel>
#include <QSignalSpy>
#include <QtTest>

using namespace headroom;

/// From a click to exported files, with the real worker on the CPU.
class TestDesktopRun : public QObject
{
    Q_OBJECT

    std::unique_ptr<DesktopFixture> m_fixture;

    desktop::Workbench& bench() { return m_fixture->desktop().bench(); }

    QStringList write(const QString& format, const QString& path)
    {
        ui::Exporter exporter(&m_fixture->window());
        QSignalSpy written(&exporter, &ui::Exporter::written);
        QSignalSpy failed(&exporter, &ui::Exporter::failed);
        exporter.begin(bench().reportSet(), format, path, ui::Scheme::Light);
        const bool over = QTest::qWaitFor([&] { return !written.isEmpty() || !failed.isEmpty(); }, 120000);
        return over && failed.isEmpty() ? written.front().front().toStringList() : QStringList();
    }

    /// What the visible label \a name says; empty when there is none.
    QString textOf(const char* name)
    {
        for (const auto* label : m_fixture->window().findChildren<QLabel*>(QLatin1String(name)))
        {
            if (label->isVisible())
            {
                return label->text();
            }
        }
        return {};
    }

    /// What the widgets of the window show as figures of the report: the JSON pointer of each and its value.
    std::vector<std::pair<QString, QVariant>> figuresShown()
    {
        std::vector<std::pair<QString, QVariant>> figures;
        for (const auto* widget : m_fixture->window().findChildren<QWidget*>())
        {
            const QString source = widget->property("figureSource").toString();
            if (!source.isEmpty() && widget->isVisible())
            {
                figures.emplace_back(source, widget->property("figureValue"));
            }
        }
        return figures;
    }

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<DesktopFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void fromAClickToPicturesAndFigures()
    {
        m_fixture->startWith({{HEADROOM_WORKER}, {}});
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        QTest::mouseClick(m_fixture->button("demonstrationButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 240000);
        const auto report = bench().entries().front().shown.report;
        QCOMPARE(report->finished->outcome, Outcome::Passed);
        QCOMPARE(report->circumstances->libtorchVersion.empty(), false);
        QVERIFY(!report->cases.empty());
        // It has an answer, unless this machine was too busy for one within the demonstration's 20 seconds.
        const bool answered = std::ranges::any_of(report->comparisons, [](const ComparisonReport& one)
                                                  { return one.comparison.ratio.has_value(); });
        const bool cut =
            std::ranges::any_of(report->jobs, [](const JobReport& job) { return job.result.cause == Cause::Budget; });
        QVERIFY(answered || cut);
        QVERIFY(!report->telemetry.empty() || cut);

        const QStringList json = write(QStringLiteral("json"), m_fixture->path("run.json"));
        QCOMPARE(json.size(), 1);
        QFile file(json.front());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto exported = Json::parse(file.readAll().toStdString());
        const auto figures = figuresShown();
        QVERIFY(figures.size() >= 3);
        for (const auto& [source, value] : figures)
        {
            const auto& there = exported.at(Json::json_pointer(source.toStdString()));
            if (there.is_number())
            {
                QCOMPARE(value.toDouble(), there.get<double>());
            }
        }
        QCOMPARE(std::get<Report>(openReport(json.front().toStdString())).cases.size(), report->cases.size());

        const QStringList pictures = write(QStringLiteral("png"), m_fixture->path("run"));
        QVERIFY(pictures.size() >= 5);
        for (const QString& picture : pictures)
        {
            QVERIFY2(!QImage(picture).isNull(), qPrintable(picture));
        }
    }

    /// What the rules propose is LibTorch's own word before it is clicked, and after.
    void aRemedyIsConfirmedByLibTorch()
    {
        m_fixture->startWith({{HEADROOM_WORKER}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(bench().machine().has_value(), 120000);
        auto* form = m_fixture->window().findChild<ui::ConfigurationPanel*>();
        AttentionProblem refused;
        refused.queryHeads = 2;
        refused.kvHeads = 2;
        refused.queryLength = 128;
        refused.kvLength = 128;
        refused.headDimQk = 64;
        refused.headDimV = 48; // flash on the CPU takes equal ones alone
        QSignalSpy asked(form, &ui::ConfigurationPanel::problemChanged);
        form->setProblem(refused);
        m_fixture->button("rail_why_not")->click();
        QTRY_COMPARE_WITH_TIMEOUT(textOf("libtorch-flash"),
                                  QStringLiteral("LibTorch agrees: it takes the changed call."), 120000);

        QTest::mouseClick(m_fixture->button("fix-flash"), Qt::LeftButton);
        QCOMPARE(asked.last().first().value<AttentionProblem>().headDimV, 64);
        const auto note = [this] { return textOf("sentenceNote"); };
        QTRY_VERIFY_WITH_TIMEOUT(note().endsWith(QStringLiteral("LibTorch was asked")), 120000);
        QVERIFY2(textOf("sentence").contains(QStringLiteral("LibTorch runs Flash")), qPrintable(textOf("sentence")));
        QVERIFY(m_fixture->button("fix-flash") == nullptr);
    }

    void aCancelledRunKeepsWhatIsFinished()
    {
        m_fixture->startWith({{HEADROOM_WORKER}, {}});
        QSignalSpy ended(&bench(), &desktop::Workbench::runEnded);
        QTest::mouseClick(m_fixture->button("demonstrationButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!bench().entries().empty() && bench().entries().front().shown.report &&
                                     std::any_of(bench().entries().front().shown.report->jobs.begin(),
                                                 bench().entries().front().shown.report->jobs.end(),
                                                 [](const JobReport& job) { return job.finished; }),
                                 120000);
        QTest::mouseClick(m_fixture->button("cancelButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 20000);
        const auto report = bench().entries().front().shown.report;
        QCOMPARE(report->finished->outcome, Outcome::Cancelled);
        QVERIFY(std::any_of(report->jobs.begin(), report->jobs.end(),
                            [](const JobReport& job)
                            { return job.finished && job.result.outcome == Outcome::Passed; }));
    }
};

QTEST_MAIN(TestDesktopRun)
#include "tst_desktop_run.moc"
