// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

/// docs/cli.md against what the program says of itself: a flag that is not documented, or documented and gone, is
/// found.
class CliManualTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachCommandHasASection();
    void flagsOfHelpAndManualAreTheSame_data();
    void flagsOfHelpAndManualAreTheSame();
    void defaultsAreThoseOfTheHelp();
    void exitStatusesAreExplained();

private:
    QString m_manual;
};

namespace
{

/// The commands that \a help lists.
QStringList commandsIn(const QString& help)
{
    static const QRegularExpression line(QStringLiteral("^  ([a-z][a-z-]*)  +\\S"),
                                         QRegularExpression::MultilineOption);
    const auto begin = help.indexOf(QStringLiteral("\nCommands\n"));
    QStringList names;
    for (auto match = line.globalMatch(begin < 0 ? QString() : help.mid(begin)); match.hasNext();)
    {
        names.append(match.next().captured(1));
    }
    return names;
}

/// The help of \a command, and of the commands below it: the manual has one section for all.
QString helpOf(const QString& command)
{
    const QString help = QString::fromUtf8(Cli().run({command, QStringLiteral("--help")}).out);
    QString inner;
    for (const QString& name : commandsIn(help))
    {
        inner += QString::fromUtf8(Cli().run({command, name, QStringLiteral("--help")}).out);
    }
    return help + inner;
}

QStringList commands()
{
    return commandsIn(QString::fromUtf8(Cli().run({QStringLiteral("--help")}).out));
}

/// The part of the manual below the heading "## `headroom-cli COMMAND`".
QString sectionOf(const QString& manual, const QString& command)
{
    const QString heading = QStringLiteral("\n## `headroom-cli %1").arg(command);
    const auto begin = manual.indexOf(heading);
    return begin < 0 ? QString() : manual.mid(begin, manual.indexOf(QStringLiteral("\n## "), begin + 1) - begin);
}

/// Flags at the begin of an option's line in the help.
QSet<QString> flagsOfHelp(const QString& help)
{
    static const QRegularExpression line(QStringLiteral("^  (?:-\\w,)?(--[a-z-]+)"),
                                         QRegularExpression::MultilineOption);
    QSet<QString> flags;
    for (auto match = line.globalMatch(help); match.hasNext();)
    {
        flags.insert(match.next().captured(1));
    }
    flags.remove(QStringLiteral("--help"));
    return flags;
}

/// Flags in the first column of the section's tables.
QSet<QString> flagsOfManual(const QString& section)
{
    static const QRegularExpression row(QStringLiteral("^\\| `(--[a-z-]+)"), QRegularExpression::MultilineOption);
    QSet<QString> flags;
    for (auto match = row.globalMatch(section); match.hasNext();)
    {
        flags.insert(match.next().captured(1));
    }
    return flags;
}

} // namespace

void CliManualTest::initTestCase()
{
    QFile file(QStringLiteral(HEADROOM_SOURCE_DIR "/docs/cli.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_manual = QString::fromUtf8(file.readAll());
}

void CliManualTest::eachCommandHasASection()
{
    QVERIFY(!commands().isEmpty());
    for (const QString& command : commands())
    {
        const QString section = sectionOf(m_manual, command);
        QVERIFY2(!section.isEmpty(), qPrintable(command));
        QVERIFY2(section.contains(QStringLiteral("```sh\n")), qPrintable(command + QStringLiteral(" has no example")));
        QVERIFY2(section.contains(QStringLiteral("Exit status")), qPrintable(command));
    }
}

void CliManualTest::flagsOfHelpAndManualAreTheSame_data()
{
    QTest::addColumn<QString>("command");
    for (const QString& command : commands())
    {
        QTest::newRow(qPrintable(command)) << command;
    }
}

void CliManualTest::flagsOfHelpAndManualAreTheSame()
{
    QFETCH(QString, command);
    const auto inHelp = flagsOfHelp(helpOf(command));
    const auto inManual = flagsOfManual(sectionOf(m_manual, command));
    const auto list = [](const QSet<QString>& flags)
    { return QStringList(flags.begin(), flags.end()).join(QLatin1Char(' ')); };
    QVERIFY2((inHelp - inManual).isEmpty(),
             qPrintable(QStringLiteral("not in docs/cli.md: ") + list(inHelp - inManual)));
    QVERIFY2((inManual - inHelp).isEmpty(), qPrintable(QStringLiteral("not in --help: ") + list(inManual - inHelp)));
}

void CliManualTest::defaultsAreThoseOfTheHelp()
{
    static const QRegularExpression option(QStringLiteral("^  (--[a-z-]+) .*?\\(default: ([^)]*)\\)"),
                                           QRegularExpression::MultilineOption);
    // One option a line: what is wrapped is joined again.
    static const QRegularExpression wrapping(QStringLiteral("\\n {34}"));
    const QString help = helpOf(QStringLiteral("validate")).replace(wrapping, QStringLiteral(" "));
    const QStringList rows = sectionOf(m_manual, QStringLiteral("validate")).split(QLatin1Char('\n'));
    int compared = 0;
    for (auto match = option.globalMatch(help); match.hasNext();)
    {
        const auto found = match.next();
        const QString byDefault = found.captured(2).section(QLatin1Char(','), 0, 0); // before ", or the preset's"
        const QString begin = QStringLiteral("| `%1").arg(found.captured(1));
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const QString& line) {
                                          return line.startsWith(begin + QLatin1Char('`')) ||
                                                 line.startsWith(begin + QLatin1Char(' '));
                                      });
        QVERIFY2(row != rows.end(), qPrintable(found.captured(1)));
        QVERIFY2(row->contains(byDefault), qPrintable(*row + QStringLiteral(" lacks ") + byDefault));
        ++compared;
    }
    QVERIFY(compared > 15);
}

void CliManualTest::exitStatusesAreExplained()
{
    const auto begin = m_manual.indexOf(QStringLiteral("\n## Exit status\n"));
    QVERIFY(begin >= 0);
    for (const char* status : {"| 0 |", "| 1 |", "| 2 |", "| 3 |"})
    {
        QVERIFY2(m_manual.indexOf(QLatin1String(status), begin) >= 0, status);
    }
}

QTEST_GUILESS_MAIN(CliManualTest)
#include "tst_cli_manual.moc"
