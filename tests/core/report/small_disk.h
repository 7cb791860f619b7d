// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

namespace headroom::testing
{

inline bool writeWhole(const char* path, const std::string& text)
{
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(file);
    return written;
}

/// A folder whose disk is soon full: a small file system of this process alone, where the machine lets one be made
/// without privilege; else files that cannot grow.
class SmallDisk
{
public:
    explicit SmallDisk(std::size_t bytes)
    {
        const std::string user = "0 " + std::to_string(::getuid()) + " 1";
        const std::string group = "0 " + std::to_string(::getgid()) + " 1";
        const std::string size = "size=" + std::to_string(bytes);
        m_mounted = ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && writeWhole("/proc/self/setgroups", "deny") &&
                    writeWhole("/proc/self/uid_map", user) && writeWhole("/proc/self/gid_map", group) &&
                    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    ::mount("none", m_folder.path().toLocal8Bit().constData(), "tmpfs", 0, size.c_str()) == 0;
        if (!m_mounted)
        {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{bytes, bytes};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        }
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk()
    {
        if (m_mounted)
        {
            ::umount2(m_folder.path().toLocal8Bit().constData(), MNT_DETACH);
        }
    }

    /// Whether it is a file system of its own.
    bool isMounted() const { return m_mounted; }
    void setReadOnly(bool readOnly) const
    {
        const unsigned long flags = MS_REMOUNT | (readOnly ? static_cast<unsigned long>(MS_RDONLY) : 0UL);
        ::mount("none", m_folder.path().toLocal8Bit().constData(), "tmpfs", flags, nullptr);
    }

    QString path() const { return m_folder.path(); }
    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden); }
    QString cause() const { return QString::fromLocal8Bit(std::strerror(m_mounted ? ENOSPC : EFBIG)); }

private:
    QTemporaryDir m_folder;
    bool m_mounted = false;
};

} // namespace headroom::testing
