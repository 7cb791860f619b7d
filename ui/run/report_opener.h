// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <atomic>
#include <memory>

namespace headroom
{
struct OriginalReport;
}

namespace headroom::ui
{

/// Reads reports and journals on a thread of its own, one after the other. Every file ends in one of opened(),
/// originalOpened() and refused().
class ReportOpener : public QObject
{
    Q_OBJECT

public:
    /// Files beyond this are refused: nothing that Headroom writes comes near it.
    static constexpr qint64 kMostBytes = 1LL << 30;

    explicit ReportOpener(QObject* parent = nullptr);
    ~ReportOpener() override; ///< leaves what is being read

    void open(const QString& path);
    bool isBusy() const { return m_open > 0; }

Q_SIGNALS:
    /// \a share of the file is read, between 0 and 1.
    void progressed(const QString& path, double share);
    void opened(const QString& path, const std::shared_ptr<const headroom::Report>& report);
    /// A report of the tool that Headroom grew from: its claims as text. They were opened() before that as a report to
    /// lay over others, unless \a problem says why that cannot be.
    void originalOpened(const QString& path, const QString& text, const QString& problem);
    /// \a sentence says what is wrong with the file, and where it can what to do.
    void refused(const QString& path, const QString& sentence);
    void idle(); ///< nothing more to read

private:
    void read(const QString& path);
    void takeOriginal(const QString& path, const OriginalReport& original);
    std::string readBytes(const QString& path);
    void done();

    QThread m_thread;
    QObject* m_there; ///< lives in the thread
    std::atomic<bool> m_leave{false};
    int m_open = 0;
};

} // namespace headroom::ui
