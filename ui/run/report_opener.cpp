// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/report_opener.h"

#include "core/launch/output_files.h"
#include "core/report/original_claims.h"
#include "core/report/export.h"
#include "core/report/fold.h"
#include "core/run/journal.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <stdexcept>

namespace headroom::ui
{
namespace
{

constexpr qint64 kChunk = 1 << 20;

[[noreturn]] void refuse(const QString& sentence)
{
    throw std::runtime_error(sentence.toStdString());
}

/// A report is one JSON document; of a journal each line is one, and its first says so.
bool looksLikeJournal(const QString& path)
{
    if (isJournalName(path.toStdString()) || path.endsWith(QLatin1String(".jsonl")))
    {
        return true;
    }
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.readLine(4096).contains("\"type\":\"runStarted\"");
}

QString sizeText(qint64 bytes)
{
    return QString::fromStdString(Format().bytes(static_cast<double>(bytes)));
}

} // namespace

ReportOpener::ReportOpener(QObject* parent) : QObject(parent), m_there(new QObject)
{
    m_there->moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("open"));
}

ReportOpener::~ReportOpener()
{
    m_leave = true;
    m_thread.quit();
    m_thread.wait();
    delete m_there;
}

void ReportOpener::open(const QString& path)
{
    if (!m_thread.isRunning())
    {
        m_thread.start();
    }
    ++m_open;
    QMetaObject::invokeMethod(m_there, [this, path] { read(path); });
}

/// On the thread. Signals go to their receivers by queue.
void ReportOpener::read(const QString& path)
{
    if (m_leave)
    {
        return;
    }
    try
    {
        const std::string text = readBytes(path);
        if (m_leave)
        {
            return;
        }
        if (looksLikeJournal(path))
        {
            Q_EMIT opened(path, std::make_shared<const Report>(foldEvents(readJournal(path.toStdString()).events)));
        }
        else if (auto any = reportFromText(text); auto* report = std::get_if<Report>(&any))
        {
            Q_EMIT opened(path, std::make_shared<const Report>(std::move(*report)));
        }
        else
        {
            takeOriginal(path, std::get<OriginalReport>(any));
        }
    }
    catch (const std::exception& error)
    {
        QString sentence = QString::fromStdString(error.what());
        if (!sentence.contains(path))
        {
            sentence = QFileInfo(path).fileName() + QStringLiteral(": ") + sentence;
        }
        Q_EMIT refused(path, sentence);
    }
    QMetaObject::invokeMethod(this, &ReportOpener::done);
}

/// Its claims are laid over other reports where their shape is known, and can be read in any case.
void ReportOpener::takeOriginal(const QString& path, const OriginalReport& original)
{
    QString problem;
    try
    {
        Q_EMIT opened(path, std::make_shared<const Report>(claimsOf(original)));
    }
    catch (const std::invalid_argument& error)
    {
        problem = QString::fromStdString(error.what());
    }
    const TextLayout layout;
    Q_EMIT originalOpened(path, QString::fromStdString(writeOriginalText(original, Format(), layout)), problem);
}

std::string ReportOpener::readBytes(const QString& path)
{
    const QFileInfo info(path);
    if (info.isDir())
    {
        refuse(tr("%1 is a folder; open a report or a journal in it.").arg(path));
    }
    if (info.size() > kMostBytes)
    {
        refuse(tr("%1 has %2, and no report is larger than %3: it is probably another kind of file.")
                   .arg(path, sizeText(info.size()), sizeText(kMostBytes)));
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
    {
        refuse(tr("%1 cannot be read: %2.").arg(path, file.errorString()));
    }
    std::string text;
    const qint64 size = std::max<qint64>(1, info.size());
    text.reserve(static_cast<std::size_t>(size));
    while (!file.atEnd() && !m_leave)
    {
        const QByteArray bytes = file.read(kChunk);
        if (bytes.isEmpty())
        {
            refuse(tr("%1 cannot be read to its end: %2.").arg(path, file.errorString()));
        }
        text.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        if (static_cast<qint64>(text.size()) > kMostBytes) // a device has no size before it is read
        {
            refuse(tr("%1 is larger than %2, which no report is.").arg(path, sizeText(kMostBytes)));
        }
        Q_EMIT progressed(path, std::min(1.0, static_cast<double>(text.size()) / static_cast<double>(size)));
    }
    return text;
}

void ReportOpener::done()
{
    if (--m_open == 0)
    {
        Q_EMIT idle();
    }
}

} // namespace headroom::ui
