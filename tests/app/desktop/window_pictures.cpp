// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "app/desktop/page_stack.h"
#include "app/desktop/reference_reports.h"
#include "core/history/run_marks.h"
#include "core/report/fold.h"
#include "tests/core/history/kept_runs.h"
#include "tests/core/run/fake_plan.h"
#include "ui/charts/chart_view.h"
#include "ui/config/configuration_panel.h"
#include "ui/config/model_form.h"
#include "ui/pages/dashboard_page.h"
#include "ui/pages/page_set.h"
#include "ui/pages/report_preview.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QTextStream>

using namespace headroom;

namespace
{

/// Draws the whole window at its usual size, in one scheme, with and without reports, at rest and while a run is on.
class WindowPictures
{
public:
    WindowPictures(QString folder, ui::SchemeChoice scheme) : m_folder(std::move(folder)), m_scheme(scheme) {}

    void drawAll(const QStringList& reports)
    {
        begin({}, {});
        draw("start");
        m_fixture.trigger("actionShortcuts");
        draw("shortcuts");
        drawFileDialog();
        drawModel();
        drawHistory();
        drawDashboard();
        drawPresentation();
        if (reports.isEmpty())
        {
            return;
        }
        begin({}, reports);
        drawPages("");
        drawRun();
    }

private:
    void begin(const FakeScript& script, const QStringList& files)
    {
        m_fixture.start(script, files);
        m_fixture.desktop().theme().setChoice(m_scheme);
        m_fixture.window().resize(1280, 800);
        const int expected = static_cast<int>(files.size());
        const bool there = QTest::qWaitFor(
            [&] { return static_cast<int>(m_fixture.desktop().bench().entries().size()) == expected; }, 20000);
        QTextStream(stderr) << (there ? "" : "a report was not opened\n");
        QTest::qWait(400);
    }

    void drawPages(const char* prefix)
    {
        for (const auto& factory : ui::pageFactories())
        {
            if (auto* button = m_fixture.button(qPrintable(QStringLiteral("rail_") + factory.id)))
            {
                button->click();
            }
            auto* preview = m_fixture.window().findChild<ui::ReportPreview*>();
            if (preview != nullptr && preview->isVisible())
            {
                preview->complete();
            }
            draw(qPrintable(QLatin1String(prefix) + factory.id));
            auto* scope = m_fixture.window().findChild<QComboBox*>(QStringLiteral("accuracyScope"));
            if (scope->isVisible())
            {
                scope->setCurrentIndex(scope->count() - 1); // what is chosen last: checks, where there are some
                draw(qPrintable(QLatin1String(prefix) + factory.id + QStringLiteral("_last")));
            }
        }
    }

    /// Qt's own, as it is where the system has none.
    void drawFileDialog()
    {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        begin({}, {});
        m_fixture.trigger("actionOpen");
        auto* dialog = m_fixture.window().findChild<QFileDialog*>(QStringLiteral("openDialog"));
        QTest::qWait(300);
        if (dialog != nullptr)
        {
            dialog->grab().save(m_folder + QStringLiteral("/file_dialog.png"));
            dialog->close();
        }
        QTextStream(stderr) << (dialog != nullptr ? "" : "there is no file dialog\n");
    }

    /// The form with a model from a file, before it is run.
    void drawModel()
    {
        const QString path = m_fixture.path("bert-tiny");
        QDir().mkpath(path);
        QFile config(path + QStringLiteral("/config.json"));
        config.open(QIODevice::WriteOnly);
        begin({}, {});
        auto* form = m_fixture.window().findChild<ui::ConfigurationPanel*>();
        form->loadModelFile(path);
        const bool loaded =
            QTest::qWaitFor([&] { return form->canRun() && ui::isFromFile(form->configuration()); }, 20000);
        QTextStream(stderr) << (loaded ? "" : "the model was not loaded\n");
        draw("loaded_model");
    }

    /// Three weeks of runs, of which the last took longer than those before, after an update.
    void drawHistory()
    {
        const RunFolder folder(desktop::Session::runsFolder().toStdString());
        for (int day = 1; day <= 21; ++day)
        {
            testing::KeptRun run = testing::runOfDay(day);
            run.facts = testing::cudaCircumstances();
            run.facts.libtorchVersion = day <= 14 ? "2.10.0+cu130" : "2.11.0+cu130";
            run.input.device = DeviceKind::Cuda;
            run.mathNs = (day <= 14 ? 4e6 : 4.5e6) * (1 + 0.004 * (day * 7 % 5));
            run.end = day == 9 ? testing::RunEnd::Cancelled : testing::RunEnd::Finished;
            testing::keep(folder, run);
        }
        changeMarks(folder, testing::runOfDay(20).id,
                    [](RunMarks& marks)
                    {
                        marks.tags = {"nightly"};
                        marks.note = "after the update";
                    });
        begin({}, {});
        m_fixture.button("rail_history")->click();
        auto* table = m_fixture.window().findChild<QTableView*>(QStringLiteral("historyTable"));
        const bool read = QTest::qWaitFor([&] { return table->model()->rowCount() == 21; }, 20000);
        QTextStream(stderr) << (read ? "" : "the history was not read\n");
        table->selectRow(1);
        draw("history");
        m_fixture.window().findChild<QTabBar*>(QStringLiteral("historyTabs"))->setCurrentIndex(1);
        auto* chart = m_fixture.window().findChild<ui::ChartView*>(QStringLiteral("trendChart"));
        const bool drawn = QTest::qWaitFor([&] { return chart->data().hasPoints(); }, 20000);
        QTextStream(stderr) << (drawn ? "" : "there is no trend\n");
        draw("history_trends");
        QDir(desktop::Session::runsFolder()).removeRecursively();
    }

    /// An afternoon of repetitions, slower at its end.
    void drawDashboard()
    {
        ui::Watch watch;
        begin({}, {});
        m_fixture.button("rail_dashboard")->click();
        draw("dashboard_empty");
        auto* page = m_fixture.window().findChild<ui::DashboardPage*>();
        page->setWatch(watch);
        watch.start(testing::validationPlan(), QStringLiteral("nightly"),
                    std::chrono::seconds(37)); // sixteen are ten minutes
        for (int at = 1; at <= 16; ++at)
        {
            testing::KeptRun run = testing::runOfDay(21);
            run.facts = testing::cudaCircumstances();
            run.input.device = DeviceKind::Cuda;
            run.mathNs = (at <= 12 ? 4e6 : 4.5e6) * (1 + 0.002 * (at * 7 % 5));
            watch.take(std::make_shared<const Report>(foldEvents(testing::eventsOf(run))));
        }
        draw("dashboard");
        page->setWatch(m_nothing); // before this one goes
    }

    /// As on a projector of this size.
    void drawPresentation()
    {
        QStringList files;
        for (const auto& report : desktop::referenceReports())
        {
            files << report.path;
        }
        begin({}, files.mid(0, 1));
        m_fixture.trigger("actionPresent");
        m_fixture.window().showNormal(); // what has no display has a screen of its own size
        m_fixture.window().resize(1920, 1080);
        m_fixture.desktop().theme().setScale(1080 / 640.0); // as Presentation sets it for such a screen
        for (const char* page : {"overview", "kernels", "scaling", "latency", "accuracy"})
        {
            m_fixture.window().pages().showPage(QLatin1String(page));
            draw(qPrintable(QStringLiteral("presenting_%1").arg(QLatin1String(page))));
        }
        m_fixture.trigger("actionPresent");
    }

    void drawRun()
    {
        FakeScript script;
        script.sampleSleepMs = 150;
        script.cuda = true;
        begin(script, {});
        auto& bench = m_fixture.desktop().bench();
        bench.startRun(fakePlan(), QStringLiteral("GPT-2 small, training step"));
        bench.startRun(fakePlan(), QStringLiteral("Llama-3 8B, forward"));
        bench.startRun(fakePlan(), QStringLiteral("The same in float32"));
        QTest::qWait(2500);
        drawPages("live_");
        m_fixture.trigger("actionQueue");
        draw("queue");
        m_fixture.trigger("actionCancel");
        QTest::qWait(1500);
        draw("cancelled");
    }

    void draw(const char* name)
    {
        QTest::qWait(150);
        const QString path = QStringLiteral("%1/%2.png").arg(m_folder, QLatin1String(name));
        m_fixture.window().grab().save(path);
        QTextStream(stdout) << path << "\n";
    }

    DesktopFixture m_fixture;
    ui::Watch m_nothing;
    QString m_folder;
    ui::SchemeChoice m_scheme;
};

} // namespace

/// window-pictures DIR light|dark [REPORT...]: without a report the window as it is at first alone.
int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 3)
    {
        QTextStream(stderr) << "window-pictures DIR light|dark [REPORT...]\n";
        return 3;
    }
    QDir().mkpath(arguments.at(1));
    const bool dark = arguments.at(2) == QLatin1String("dark");
    WindowPictures(arguments.at(1), dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light).drawAll(arguments.mid(3));
    return 0;
}
