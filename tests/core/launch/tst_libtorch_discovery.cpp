// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/libtorch_discovery.h"
#include "core/launch/set_up_error.h"
#include "core/launch/worker_lookup.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace headroom;

/// Finding a LibTorch among the Pythons of a machine, on a machine made of scripts.
class LibtorchDiscoveryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void packageIsRecognised();
    void placesLeadToThePackage_data();
    void placesLeadToThePackage();
    void pythonOnPathIsAsked();
    void pythonWithCudaIsPreferred();
    void otherVersionIsRejectedWithAReason();
    void namedPlaceIsTheOnlyOne();
    void namedPlaceWithoutLibtorchIsSaid();
    void nothingFound();
    void realPythonIsAskedWithoutImporting();
    void libraryPathHoldsTheCudaRuntime();
    void commandIsSplitAsAShellWould();
    void openQuoteIsAnError();

private:
    void makePackage(const QString& site, const char* version, bool cuda) const;
    void makePython(const QString& program, const QString& packages) const;
    QString path(const QString& name) const { return m_folder->filePath(name); }
    void setPath(const QString& folders) const { qputenv("PATH", folders.toUtf8()); }

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_pathBefore;
};

namespace
{

void writeFile(const QString& name, const QByteArray& text)
{
    QVERIFY(QDir().mkpath(QFileInfo(name).path()));
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

void LibtorchDiscoveryTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_pathBefore = qgetenv("PATH");
    for (const char* name : {"HEADROOM_LIBTORCH", "VIRTUAL_ENV", "CONDA_PREFIX"})
    {
        qunsetenv(name);
    }
    setPath(path(QStringLiteral("bin")));
}

void LibtorchDiscoveryTest::cleanup()
{
    qputenv("PATH", m_pathBefore);
    qunsetenv("HEADROOM_LIBTORCH");
    qunsetenv("VIRTUAL_ENV");
}

void LibtorchDiscoveryTest::makePackage(const QString& site, const char* version, bool cuda) const
{
    const QString torch = path(site) + QStringLiteral("/torch");
    writeFile(torch + QStringLiteral("/lib/libtorch_cpu.so"), "");
    if (cuda)
    {
        writeFile(torch + QStringLiteral("/lib/libtorch_cuda.so"), "");
    }
    writeFile(torch + QStringLiteral("/version.py"),
              QByteArray("from typing import Optional\n\n__version__ = '") + version + "'\ndebug = False\n");
}

/// A program that answers as Python would when it is asked for torch.
void LibtorchDiscoveryTest::makePython(const QString& program, const QString& packages) const
{
    const QString answer = packages.isEmpty() ? QString() : path(packages) + QStringLiteral("/torch");
    writeFile(path(program), "#!/bin/sh\necho '" + answer.toUtf8() + "'\n");
    QFile::setPermissions(path(program), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

void LibtorchDiscoveryTest::packageIsRecognised()
{
    makePackage(QStringLiteral("site"), "2.11.0+cu130", true);
    const auto place = libtorchAt(path(QStringLiteral("site/torch")).toStdString());
    QVERIFY(place.has_value());
    QCOMPARE(place->version, std::string("2.11.0+cu130"));
    QVERIFY(place->cuda);
    QVERIFY(!libtorchAt(path(QStringLiteral("nowhere")).toStdString()).has_value());
}

void LibtorchDiscoveryTest::placesLeadToThePackage_data()
{
    QTest::addColumn<QString>("place");
    QTest::newRow("package") << "env/lib/site/torch";
    QTest::newRow("its libraries") << "env/lib/site/torch/lib";
    QTest::newRow("site-packages") << "env/lib/site";
    QTest::newRow("environment") << "env";
    QTest::newRow("python") << "env/bin/python3";
}

void LibtorchDiscoveryTest::placesLeadToThePackage()
{
    QFETCH(QString, place);
    makePackage(QStringLiteral("env/lib/site"), "2.11.0", false);
    makePython(QStringLiteral("env/bin/python3"), QStringLiteral("env/lib/site"));
    const auto found = libtorchAt(path(place).toStdString());
    QVERIFY(found.has_value());
    QCOMPARE(QString::fromStdString(found->folder.string()), path(QStringLiteral("env/lib/site/torch")));
}

void LibtorchDiscoveryTest::pythonOnPathIsAsked()
{
    makePackage(QStringLiteral("site"), "2.11.0+cu130", true);
    makePython(QStringLiteral("bin/python3"), QStringLiteral("site"));
    const auto search = findLibtorch();
    QVERIFY(search.found.has_value());
    QCOMPARE(search.found->foundBy, std::string("python3"));
}

void LibtorchDiscoveryTest::pythonWithCudaIsPreferred()
{
    makePackage(QStringLiteral("cpu"), "2.11.0+cpu", false);
    makePackage(QStringLiteral("gpu"), "2.11.0+cu130", true);
    makePython(QStringLiteral("env/bin/python3"), QStringLiteral("cpu"));
    makePython(QStringLiteral("bin/python3"), QStringLiteral("gpu"));
    qputenv("VIRTUAL_ENV", path(QStringLiteral("env")).toUtf8());
    const auto search = findLibtorch();
    QVERIFY(search.found.has_value());
    QCOMPARE(search.found->version, std::string("2.11.0+cu130"));
}

void LibtorchDiscoveryTest::otherVersionIsRejectedWithAReason()
{
    makePackage(QStringLiteral("old"), "2.6.0", false);
    makePackage(QStringLiteral("near"), "2.110.0", false); // begins as 2.11 does
    makePython(QStringLiteral("bin/python3"), QStringLiteral("old"));
    makePython(QStringLiteral("bin/python"), QStringLiteral("near"));
    const auto search = findLibtorch();
    QVERIFY(!search.found || search.found->foundBy.starts_with("/opt/"));
    QVERIFY(search.rejected.size() >= 2);
    QVERIFY(search.rejected[0].find("python3 has LibTorch 2.6.0 in ") == 0);
    QVERIFY(search.rejected[1].find("2.110.0") != std::string::npos);
}

void LibtorchDiscoveryTest::namedPlaceIsTheOnlyOne()
{
    makePackage(QStringLiteral("named"), "2.11.1", false);
    makePackage(QStringLiteral("site"), "2.11.0+cu130", true);
    makePython(QStringLiteral("bin/python3"), QStringLiteral("site"));
    qputenv("HEADROOM_LIBTORCH", path(QStringLiteral("named/torch")).toUtf8());
    const auto search = findLibtorch();
    QVERIFY(search.found.has_value());
    QCOMPARE(search.found->version, std::string("2.11.1"));
    QCOMPARE(search.found->foundBy, std::string("HEADROOM_LIBTORCH"));
}

void LibtorchDiscoveryTest::namedPlaceWithoutLibtorchIsSaid()
{
    qputenv("HEADROOM_LIBTORCH", "/no/such/place");
    const auto search = findLibtorch();
    QVERIFY(!search.found.has_value());
    QCOMPARE(search.rejected.size(), std::size_t{1});
    QVERIFY(search.rejected.front().find("/no/such/place") != std::string::npos);
}

void LibtorchDiscoveryTest::nothingFound()
{
    makePython(QStringLiteral("bin/python3"), QString());
    const auto search = findLibtorch();
    QVERIFY(!search.found || search.found->foundBy.starts_with("/opt/"));
    QVERIFY(search.rejected.empty() || search.rejected.front().starts_with("/opt/"));
}

void LibtorchDiscoveryTest::realPythonIsAskedWithoutImporting()
{
    const QString python = QStringLiteral("/usr/bin/python3");
    if (!QFile::exists(python))
    {
        QSKIP("no Python on this machine");
    }
    // The package would fail if it were imported.
    makePackage(QStringLiteral("site"), "2.11.0", false);
    writeFile(path(QStringLiteral("site/torch/__init__.py")), "raise SystemExit('imported')\n");
    setPath(QStringLiteral("/usr/bin:/bin"));
    qputenv("PYTHONPATH", path(QStringLiteral("site")).toUtf8());
    const auto place = libtorchAt(python.toStdString());
    qunsetenv("PYTHONPATH");
    QVERIFY(place.has_value());
    QCOMPARE(QString::fromStdString(place->folder.string()), path(QStringLiteral("site/torch")));
}

void LibtorchDiscoveryTest::libraryPathHoldsTheCudaRuntime()
{
    makePackage(QStringLiteral("site"), "2.11.0+cu130", true);
    const auto place = libtorchAt(path(QStringLiteral("site/torch")).toStdString());
    QVERIFY(place.has_value());
    const auto torch = path(QStringLiteral("site/torch/lib")).toStdString();
    QCOMPARE(libraryPathOf(*place), torch);
    QVERIFY(QDir().mkpath(path(QStringLiteral("site/nvidia/cu13/lib"))));
    QCOMPARE(libraryPathOf(*place), torch + ":" + path(QStringLiteral("site/nvidia/cu13/lib")).toStdString());
}

void LibtorchDiscoveryTest::commandIsSplitAsAShellWould()
{
    using Words = std::vector<std::string>;
    QCOMPARE(splitCommand("ssh host headroom-worker"), (Words{"ssh", "host", "headroom-worker"}));
    QCOMPARE(splitCommand("  a\t'b c'  \"d 'e'\" f\\ g ''"), (Words{"a", "b c", "d 'e'", "f g", ""}));
    QCOMPARE(splitCommand(""), Words());
}

void LibtorchDiscoveryTest::openQuoteIsAnError()
{
    QVERIFY_EXCEPTION_THROWN(splitCommand("a 'b"), SetUpError);
}

QTEST_GUILESS_MAIN(LibtorchDiscoveryTest)
#include "tst_libtorch_discovery.moc"
