// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility.h"

#include <QFile>
#include <QtTest>

#include <map>

using namespace headroom;

/// Headroom's rules against LibTorch's own answers, which tests/data/eligibility/ask_libtorch.py wrote down.
namespace
{

/// at::SDPBackend.
const std::map<int, Backend> kChoices{
    {0, Backend::Math}, {1, Backend::Flash}, {2, Backend::MemoryEfficient}, {3, Backend::Cudnn}};

AttentionProblem problemOf(const QList<QByteArray>& fields, DeviceKind device)
{
    AttentionProblem problem;
    problem.device = device;
    problem.batch = 2;
    problem.dtype = parseEnum<DType>(fields[0].toStdString());
    problem.headDimQk = fields[1].toLongLong();
    problem.headDimV = fields[2].toLongLong();
    problem.queryLength = fields[3].toLongLong();
    problem.kvLength = fields[4].toLongLong();
    problem.queryHeads = fields[5].toLongLong();
    problem.kvHeads = fields[6].toLongLong();
    problem.maskNeedsGradient = fields[7] == "additive-gradient";
    problem.mask = problem.maskNeedsGradient ? MaskKind::Additive : parseEnum<MaskKind>(fields[7].toStdString());
    problem.causal = fields[8] == "1";
    problem.dropout = fields[9].toDouble();
    problem.needsGradients = fields[10] == "1";
    return problem;
}

} // namespace

class TestEligibilityLibtorch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRulesAgreeWithLibtorch_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("CPU") << QStringLiteral("cpu.csv");
        QTest::newRow("H200") << QStringLiteral("h200.csv");
    }
    void theRulesAgreeWithLibtorch()
    {
        QFETCH(QString, file);
        const QString path = QStringLiteral(HEADROOM_TEST_DATA "/eligibility/") + file;
        if (!QFile::exists(path) && file != QStringLiteral("cpu.csv"))
        {
            QSKIP("no answers of this device were recorded; run tests/data/eligibility/ask_libtorch.py on it");
        }
        QFile answers(path);
        QVERIFY(answers.open(QIODevice::ReadOnly | QIODevice::Text));
        answers.readLine();
        const QList<QByteArray> words = answers.readLine().trimmed().split(' '); // # capability 90 cudnn 91900
        answers.readLine();
        DeviceFacts device;
        device.computeCapability = words.at(2).toInt();
        device.cudnnVersion = words.at(4).toInt();
        device.kind = device.computeCapability > 0 ? DeviceKind::Cuda : DeviceKind::Cpu;

        int compared = 0;
        while (!answers.atEnd())
        {
            const QByteArray line = answers.readLine().trimmed();
            const QList<QByteArray> fields = line.split(',');
            QCOMPARE(fields.size(), 15);
            const AttentionProblem problem = problemOf(fields, device.kind);
            const std::pair<Backend, int> columns[] = {
                {Backend::Flash, 11}, {Backend::MemoryEfficient, 12}, {Backend::Cudnn, 13}};
            for (const auto& [backend, column] : columns)
            {
                const Eligibility answer = checkEligibility(backend, problem, device);
                QVERIFY2(answer.eligible == (fields[column] == "1"),
                         (line + ": " + std::string(toString(backend)).c_str() + ' ' + reasonsOf(answer).c_str())
                             .constData());
            }
            QVERIFY2(predictDefault(problem, device) == kChoices.at(fields[14].toInt()), line.constData());
            ++compared;
        }
        QVERIFY(compared > 200);
    }
};

QTEST_APPLESS_MAIN(TestEligibilityLibtorch)
#include "tst_eligibility_libtorch.moc"
