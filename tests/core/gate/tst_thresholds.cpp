// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/thresholds.h"

#include <stdexcept>

#include <QTemporaryDir>
#include <QtTest>

using namespace headroom;

namespace
{

QString complaintAbout(const char* text)
{
    try
    {
        (void)thresholdsFromText(text);
    }
    catch (const std::invalid_argument& error)
    {
        return QString::fromUtf8(error.what());
    }
    return {};
}

Case callOf(Backend backend, std::int64_t sequence)
{
    AttentionProblem problem;
    problem.queryLength = sequence;
    problem.kvLength = sequence;
    Case measured;
    measured.subject = problem;
    measured.backend = backend;
    return measured;
}

} // namespace

class TestThresholds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyObjectIsTheDefaults() { QVERIFY(thresholdsFromText("{}") == GateThresholds{}); }

    void everyKeyIsRead()
    {
        const auto read = thresholdsFromText(R"({"version": 1,
            "time": {"minimumEffect": 0.03, "falseDiscoveryRate": 0.01, "confidence": 0.9, "commonShiftFails": false},
            "accuracy": {"tolerated": "unverified", "checks": false},
            "backend": {"mayChange": true},
            "cannotTell": {"detectableEffect": 0.2, "detectableLimit": 0.7, "fasterLimit": 5, "share": 0.1},
            "circumstances": {"allow": ["clock"], "refuse": ["driverVersion"]},
            "cases": [{"case": "math *", "where": "seq>=4k", "minimumEffect": 0.1, "detectableEffect": 0.3,
                       "tolerated": "failed", "backendMayChange": false}]})");
        QCOMPARE(read.time.minimumEffect, 0.03);
        QCOMPARE(read.time.falseDiscoveryRate, 0.01);
        QCOMPARE(read.time.confidence, 0.9);
        QCOMPARE(read.tolerated, AccuracyVerdict::Unverified);
        QVERIFY(!read.checks && read.backendMayChange && !read.commonShiftFails);
        QCOMPARE(read.detectableEffect, 0.2);
        QCOMPARE(read.detectableLimit, 0.7);
        QCOMPARE(read.fasterLimit, 5.0);
        QCOMPARE(read.cannotTellShare, 0.1);
        QCOMPARE(read.cases.size(), 1U);
        QVERIFY(thresholdsFromText(Json(read).dump()) == read);
    }

    void whatIsWrongIsNamedByItsKey_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* text, const char* says)
        { QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(says); };
        row("no JSON", "{", "not valid JSON");
        row("no object", "[]", "JSON object");
        row("unknown key", R"({"thime": {}})", "'thime'");
        row("unknown key inside", R"({"time": {"minEffect": 1}})", "'time.minEffect'");
        row("a part that is no object", R"({"time": 3})", "'time'");
        row("negative", R"({"time": {"minimumEffect": -0.1}})", "'time.minimumEffect' is a number of at least 0");
        row("text for a number", R"({"time": {"minimumEffect": "2 %"}})", "'time.minimumEffect'");
        row("rate of 1", R"({"time": {"falseDiscoveryRate": 1}})", "between 0 and 1");
        row("confidence of 0", R"({"time": {"confidence": 0}})", "'time.confidence'");
        row("NaN", R"({"time": {"confidence": "NaN"}})", "'time.confidence'");
        row("slower is no speed-up", R"({"cannotTell": {"fasterLimit": 0.5}})",
            "'cannotTell.fasterLimit' is a number of at least 1, not 0.5");
        row("share above 1", R"({"cannotTell": {"share": 1.5}})", "'cannotTell.share' is a number from 0 and 1");
        row("no verdict", R"({"accuracy": {"tolerated": "bad"}})", "'accuracy.tolerated' is one of passed");
        row("no truth", R"({"backend": {"mayChange": 1}})", "'backend.mayChange' is true or false");
        row("no list", R"({"circumstances": {"allow": "clock"}})", "'circumstances.allow' is a list");
        row("list of numbers", R"({"circumstances": {"refuse": [1]}})", "'circumstances.refuse' is a list");
        row("cases no list", R"({"cases": {}})", "'cases' is a list");
        row("case that means none", R"({"cases": [{"minimumEffect": 1}]})", "'cases[0]' needs 'case'");
        row("case with a bad filter", R"({"cases": [{"where": "colour=red"}]})", "'cases[0].where'");
        row("case with an unknown key", R"({"cases": [{"case": "*", "min": 1}]})", "'cases[0].min'");
        row("a key twice", R"({"time": {"confidence": 0.9, "confidence": 0.95}})", "'confidence' is there twice");
        row("a part twice", R"({"time": {}, "accuracy": {}, "time": {}})", "'time' is there twice");
        row("a key twice in a list", R"({"cases": [{"case": "a"}, {"case": "b", "case": "c"}]})", "'case' is there");
        row("other version", R"({"version": 2})", "'version' is 1");
    }
    void whatIsWrongIsNamedByItsKey()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const QString complaint = complaintAbout(text.constData());
        QVERIFY2(complaint.contains(says), qPrintable(complaint));
    }

    void theLastThatMeansACaseCounts()
    {
        const auto thresholds = thresholdsFromText(R"({"cases": [
            {"where": "backend=math", "minimumEffect": 0.1, "detectableEffect": 0.5},
            {"where": "backend=math,seq>=4k", "minimumEffect": 0.2}]})");
        QCOMPARE(*thresholds.of(callOf(Backend::Flash, 128)).minimumEffect, 0.02);
        QCOMPARE(*thresholds.of(callOf(Backend::Math, 128)).minimumEffect, 0.1);
        QCOMPARE(*thresholds.of(callOf(Backend::Math, 8192)).minimumEffect, 0.2);
        QCOMPARE(*thresholds.of(callOf(Backend::Math, 8192)).detectableEffect, 0.5);
    }

    void aCaseIsNamedByItsTextOrId()
    {
        const Case measured = callOf(Backend::Flash, 128);
        GateThresholds thresholds;
        thresholds.cases.push_back({"flash *", "", {}, 0.5, {}, {}, {}});
        QCOMPARE(*thresholds.of(measured).minimumEffect, 0.5);
        thresholds.cases.back().pattern = measured.id();
        QCOMPARE(*thresholds.of(measured).minimumEffect, 0.5);
        thresholds.cases.back().pattern = "cudnn *";
        QCOMPARE(*thresholds.of(measured).minimumEffect, 0.02);
    }

    void aFilterOfCallsMeansNoModel()
    {
        const auto thresholds = thresholdsFromText(R"({"cases": [{"where": "seq>=1", "minimumEffect": 0.5}]})");
        Case measured;
        measured.subject = ModelInput{};
        QCOMPARE(*thresholds.of(measured).minimumEffect, 0.02);
    }

    void whatAGateTestsMayDiffer()
    {
        const GateThresholds thresholds;
        QVERIFY(thresholds.mayDiffer("driverVersion"));
        QVERIFY(thresholds.mayDiffer("libtorchVersion"));
        QVERIFY(!thresholds.mayDiffer("device.name"));
        QVERIFY(!thresholds.mayDiffer("device.powerLimitW"));
        QVERIFY(!thresholds.mayDiffer("clock"));
        QVERIFY(!thresholds.mayDiffer("threads"));
    }

    void theFileHasTheLastWordOnCircumstances()
    {
        GateThresholds thresholds;
        thresholds.allowed = {"clock", "environment.*"};
        thresholds.refused = {"driver*"};
        QVERIFY(thresholds.mayDiffer("clock"));
        QVERIFY(thresholds.mayDiffer("environment.OMP_NUM_THREADS"));
        QVERIFY(!thresholds.mayDiffer("driverVersion"));
        QVERIFY(thresholds.mayDiffer("cudnnVersion"));
    }

    void aFileThatCannotBeReadIsNamed()
    {
        const QTemporaryDir folder;
        const std::string missing = folder.filePath(QStringLiteral("none.json")).toStdString();
        QVERIFY_EXCEPTION_THROWN((void)readThresholds(missing), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN((void)readThresholds(folder.path().toStdString()), std::runtime_error);
    }
};

QTEST_GUILESS_MAIN(TestThresholds)
#include "tst_thresholds.moc"
