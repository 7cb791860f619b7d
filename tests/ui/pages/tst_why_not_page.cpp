// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_page_fixture.h"

#include "core/encoding/json.h"
#include "core/run/fake_engine.h"
#include "ui/models/rule_model.h"
#include "ui/pages/why_not_page.h"
#include "ui/run/run_controller.h"
#include "ui/theme/theme.h"
#include "ui/widgets/card.h"

#include <QComboBox>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>

using namespace headroom;
using namespace headroom::ui;

/// Why a backend does not take a call, with the form's question and LibTorch's own word on each change.
class TestWhyNotPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(qputenv("XDG_CACHE_HOME", m_folder.path().toLocal8Bit())); }

    void init()
    {
        m_page = std::make_unique<WhyNotPage>(m_theme);
        m_page->resize(900, 712);
        m_page->show();
    }

    void anEmptyPageSaysWhatItNeeds()
    {
        QVERIFY(!table().isVisible());
        m_page->showProblem(refused(), gpu());
        QVERIFY(table().isVisible());
    }

    void aChangeGoesIntoTheForm()
    {
        m_page->showProblem(refused(), gpu());
        QSignalSpy proposed(m_page.get(), &Page::problemProposed);
        auto* fix = m_page->findChild<QPushButton*>(QStringLiteral("fix-flash"));
        QVERIFY(fix != nullptr);
        QTest::mouseClick(fix, Qt::LeftButton);
        QCOMPARE(proposed.size(), 1);
        const auto changed = proposed.first().first().value<AttentionProblem>();
        QVERIFY(changed.dtype != DType::Float32);
        QVERIFY(checkEligibility(Backend::Flash, changed, gpu()).eligible);
    }

    void rulesThatFailAreFirstAndTheirChangesHaveAColumn()
    {
        m_page->showProblem(refused(), gpu());
        QVERIFY(!table().isColumnHidden(RuleModel::Fix));
        QCOMPARE(table().model()->index(0, RuleModel::Holds).data().toString(), QStringLiteral("no"));
        showReport(*m_page, referenceReport("nvidia_h200_validate_bfloat16")); // every backend takes its call
        auto* choice = m_page->findChild<QComboBox*>(QStringLiteral("question"));
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Down);
        QVERIFY(table().isColumnHidden(RuleModel::Fix));
    }

    void theWorkerIsAskedForTheCallAndForEachChange()
    {
        FakeScript script;
        script.cuda = true;
        RunController runs(WorkerCommand{{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}});
        connect(m_page.get(), &Page::explanationWanted, &runs, &RunController::explain);
        connect(&runs, &RunController::explained, m_page.get(), &Page::showExplanation);
        QSignalSpy described(&runs, &RunController::machineDescribed);
        runs.describeMachine();
        QTRY_COMPARE_WITH_TIMEOUT(described.size(), 1, 20000);
        const auto machine = described.first().first().value<Circumstances>();
        const auto device = std::find_if(machine.devices.begin(), machine.devices.end(),
                                         [](const DeviceFacts& facts) { return facts.kind == DeviceKind::Cuda; });
        QVERIFY(device != machine.devices.end());
        m_page->showProblem(refused(), *device);
        QTRY_COMPARE_WITH_TIMEOUT(wordOn("flash"), QStringLiteral("LibTorch agrees: it takes the changed call."),
                                  20000);
        QVERIFY(note().contains(QStringLiteral("LibTorch was asked")));
    }

    /// What another device would change is no change of the call, and is said beside it.
    void whatItTakesBesideAChangeOfTheCallIsSaid()
    {
        AttentionProblem problem = refused();
        problem.device = DeviceKind::Cpu;
        m_page->showProblem(problem, DeviceFacts{});
        QStringList texts;
        for (const auto* label : m_page->findChild<Card*>(QStringLiteral("why-cudnn"))->findChildren<QLabel*>())
        {
            texts << label->text();
        }
        QVERIFY2(texts.contains(QStringLiteral("No change of the call alone would make it. It takes: run on a CUDA "
                                               "device.")),
                 qPrintable(texts.join(QLatin1Char('\n'))));
    }

    void aRefusalOfLibTorchIsTold()
    {
        connect(m_page.get(), &Page::explanationWanted, this,
                [this](const DeviceSelection&, const AttentionProblem& problem)
                {
                    LayerEvidence evidence = evidenceByRules(problem, gpu());
                    for (auto& answer : evidence.answers)
                    {
                        answer.libtorchAccepts = false;
                        answer.libtorchReasons = {"not on Tuesdays"};
                    }
                    m_page->showExplanation(problem, evidence);
                });
        m_page->showProblem(refused(), gpu());
        QTRY_VERIFY_WITH_TIMEOUT(wordOn("flash").startsWith(QStringLiteral("LibTorch disagrees")), 10000);
        QVERIFY(wordOn("flash").contains(QStringLiteral("not on Tuesdays")));
    }

    /// While a run is on only the rules answer: that is nobody's word yet.
    void anAnswerOfTheRulesIsNotTakenForLibTorchs()
    {
        m_page->showProblem(refused(), gpu());
        QSignalSpy wanted(m_page.get(), &Page::explanationWanted);
        QTRY_COMPARE_WITH_TIMEOUT(wanted.size(), 1, 5000);
        const auto problem = wanted.takeFirst().at(1).value<AttentionProblem>();
        m_page->showExplanation(problem, evidenceByRules(problem, gpu()));
        QTRY_VERIFY_WITH_TIMEOUT(wordOn("flash").startsWith(QStringLiteral("LibTorch is asked")), 5000);
        QVERIFY(!note().contains(QStringLiteral("LibTorch was asked")));
    }

    void layersOfEachOpenReportCanBeChosen()
    {
        const auto report = referenceReport("nvidia_h200_validate_bfloat16");
        showReports(*m_page, {report, report});
        m_page->showProblem(refused(), gpu());
        auto* choice = m_page->findChild<QComboBox*>(QStringLiteral("question"));
        QCOMPARE(choice->count(), 3);
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Down);
        QVERIFY(note().contains(QStringLiteral("bfloat16")));
        QVERIFY(compareFigures(*m_page, *report) > 0);
    }

    /// A run that goes on brings samples ten times a second; what this page answers stays where it is.
    void whatIsTheSameStays()
    {
        Report report = *referenceReport("nvidia_h200_validate_bfloat16");
        showReport(*m_page, std::make_shared<const Report>(report), true);
        const QPointer<Card> card = m_page->findChild<Card*>();
        QTRY_VERIFY(card && card->isVisible());
        report.cases.clear();
        showReport(*m_page, std::make_shared<const Report>(report), true);
        QTest::qWait(50); // what is put away goes in the event loop
        QVERIFY(card && card->isVisible());
        report.layers.front().problem.queryHeads *= 2;
        showReport(*m_page, std::make_shared<const Report>(report), true);
        QTRY_VERIFY(!card);
        QVERIFY(m_page->findChild<Card*>() != nullptr);
    }

    void anotherLookIsMadeAnew()
    {
        showReport(*m_page, referenceReport("nvidia_h200_validate_bfloat16"), true);
        const QPointer<Card> card = m_page->findChild<Card*>();
        m_theme.setScale(1.5);
        QTRY_VERIFY(!card);
        m_theme.setScale(1);
        QVERIFY(m_page->findChild<Card*>() != nullptr);
    }

private:
    static AttentionProblem refused()
    {
        AttentionProblem problem;
        problem.device = DeviceKind::Cuda;
        problem.dtype = DType::Float32; // flash takes 16 bits alone
        return problem;
    }

    static DeviceFacts gpu()
    {
        DeviceFacts device;
        device.kind = DeviceKind::Cuda;
        device.name = "a GPU";
        device.computeCapability = 90;
        device.cudnnVersion = 91900;
        device.memoryBytes = 80LL << 30;
        return device;
    }

    QTableView& table() { return *m_page->findChild<QTableView*>(QStringLiteral("rules")); }
    QString note() { return m_page->findChild<QLabel*>(QStringLiteral("sentenceNote"))->text(); }

    QString wordOn(const char* backend)
    {
        for (const auto* label : m_page->findChildren<QLabel*>(QStringLiteral("libtorch-") + QLatin1String(backend)))
        {
            if (label->isVisible())
            {
                return label->text();
            }
        }
        return {};
    }

    QTemporaryDir m_folder;
    Theme m_theme;
    std::unique_ptr<WhyNotPage> m_page;
};

QTEST_MAIN(TestWhyNotPage)
#include "tst_why_not_page.moc"
