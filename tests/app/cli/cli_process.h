// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <map>
#include <memory>

/// What headroom-cli said and how it ended.
struct CliResult
{
    int status = -1; ///< exit status; -1 when a signal ended it
    QByteArray out;
    QByteArray err;
};

/// Starts headroom-cli against the fake worker (or whatever HEADROOM_WORKER says) in a folder of its own.
class Cli
{
public:
    Cli();

    /// A variable of the environment of the next runs; an empty value takes it away.
    void set(const char* name, const QString& value);
    /// What the fake worker pretends (core/run/fake_engine.h), as JSON.
    void pretend(const char* json) { set("HEADROOM_FAKE", QString::fromUtf8(json)); }

    CliResult run(const QStringList& arguments) const;
    /// \a inChild is called in the new process before the program is loaded.
    std::unique_ptr<QProcess> start(const QStringList& arguments, const std::function<void()>& inChild = {}) const;

    /// Files and folders below the folder it runs in, relative and sorted.
    QStringList files() const;
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QByteArray read(const QString& name) const;
    void write(const QString& name, const QByteArray& text) const;

    /// The run folder of its history.
    QString runFolder() const { return m_data.filePath(QStringLiteral("headroom/runs")); }

    /// Of the devices that the fake worker has; without this the first run measures them.
    void forgetPeaks();

private:
    void keepPeaksOfFakeDevices();

    QTemporaryDir m_folder;
    QTemporaryDir m_cache;
    QTemporaryDir m_data;
    std::map<QString, QString> m_environment;
};

/// Sends \a signal to \a process while it runs. False when it has ended: its number is then 0, by which kill() means
/// the sender and all its kin.
bool send(const QProcess& process, int signal);

/// Waits for \a process to end.
CliResult finish(QProcess& process);

/// `validate` of a small model with few samples, and \a more.
QStringList smallValidation(const QStringList& more = {});

/// Where smallValidation() leaves its files.
inline const QString kJsonFile = QStringLiteral("out/report.json");
inline const QString kJournalFile = QStringLiteral("out/report.journal.jsonl");
