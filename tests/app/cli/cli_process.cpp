// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QDirIterator>
#include <QFile>
#include <QProcessEnvironment>

#include <csignal>

namespace
{
constexpr int kPatienceMs = 60000;
}

Cli::Cli()
{
    set("HEADROOM_WORKER", QStringLiteral(HEADROOM_FAKE_WORKER));
    set("HEADROOM_FAKE", QString());
    set("HEADROOM_LIBTORCH", QString());
    set("LC_ALL", QStringLiteral("C.UTF-8"));
    set("XDG_CACHE_HOME", m_cache.path());
    set("XDG_DATA_HOME", m_data.path());
    set("HEADROOM_HISTORY", QString());
    keepPeaksOfFakeDevices();
}

/// As after an earlier run, so that none of the runs begins with measuring them.
void Cli::keepPeaksOfFakeDevices()
{
    QDir(m_cache.path()).mkpath(QStringLiteral("headroom"));
    QFile file(m_cache.filePath(QStringLiteral("headroom/peaks.json")));
    file.open(QIODevice::WriteOnly);
    file.write(R"({"peaks": [
        {"device": "cpu", "deviceName": "fake device", "threads": 2, "libtorchVersion": "fake"},
        {"device": "cuda", "deviceName": "fake device", "threads": 2, "libtorchVersion": "fake"}]})");
}

void Cli::forgetPeaks()
{
    QFile::remove(m_cache.filePath(QStringLiteral("headroom/peaks.json")));
}

void Cli::set(const char* name, const QString& value)
{
    m_environment[QString::fromUtf8(name)] = value;
}

std::unique_ptr<QProcess> Cli::start(const QStringList& arguments, const std::function<void()>& inChild) const
{
    auto process = std::make_unique<QProcess>();
    if (inChild)
    {
        process->setChildProcessModifier(inChild);
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const auto& [name, value] : m_environment)
    {
        if (value.isEmpty())
        {
            environment.remove(name);
        }
        else
        {
            environment.insert(name, value);
        }
    }
    process->setProcessEnvironment(environment);
    process->setWorkingDirectory(m_folder.path());
    process->start(QStringLiteral(HEADROOM_CLI), arguments);
    process->waitForStarted(kPatienceMs);
    process->closeWriteChannel();
    return process;
}

bool send(const QProcess& process, int signal)
{
    const auto number = static_cast<pid_t>(process.processId());
    return number > 0 && ::kill(number, signal) == 0;
}

CliResult finish(QProcess& process)
{
    const bool ended = process.state() == QProcess::NotRunning || process.waitForFinished(kPatienceMs);
    const bool normal = ended && process.exitStatus() == QProcess::NormalExit;
    CliResult result{normal ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    if (!ended)
    {
        process.kill();
        process.waitForFinished(kPatienceMs);
    }
    return result;
}

CliResult Cli::run(const QStringList& arguments) const
{
    return finish(*start(arguments));
}

QStringList Cli::files() const
{
    QStringList found;
    const QDir base(m_folder.path());
    QDirIterator all(m_folder.path(), QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot,
                     QDirIterator::Subdirectories);
    while (all.hasNext())
    {
        found.append(base.relativeFilePath(all.next()));
    }
    found.sort();
    return found;
}

QByteArray Cli::read(const QString& name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void Cli::write(const QString& name, const QByteArray& text) const
{
    QDir(m_folder.path()).mkpath(QFileInfo(path(name)).path());
    QFile file(path(name));
    if (file.open(QIODevice::WriteOnly))
    {
        file.write(text);
    }
}

QStringList smallValidation(const QStringList& more)
{
    QStringList arguments{QStringLiteral("validate")};
    for (const char* word :
         {"--vocab-size", "100", "--d-model",     "64",    "--num-layers",     "2", "--num-heads",  "4",
          "--seq-len",    "16",  "--batch-size",  "2",     "--num-iterations", "8", "--num-warmup", "1",
          "--output-dir", "out", "--report-name", "report"})
    {
        arguments.append(QString::fromLatin1(word));
    }
    return arguments + more;
}
