// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/saved_configurations.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace headroom::ui;

class TestSavedConfigurations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsSavedIsThereAgain()
    {
        const QTemporaryDir folder;
        const SavedConfigurations saved(folder.filePath(QStringLiteral("deep/er")).toStdString());
        QVERIFY(saved.names().isEmpty());
        Configuration form;
        form.setText(Field::Layers, "3");
        saved.save(QStringLiteral("three layers, ü"), form);
        QCOMPARE(saved.names(), QStringList{QStringLiteral("three layers, ü")});
        QCOMPARE(saved.load(QStringLiteral("three layers, ü")), form);
        saved.remove(QStringLiteral("three layers, ü"));
        QVERIFY(saved.names().isEmpty());
    }

    void aDamagedFileIsASentence()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("bad.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"subject\": \"mod");
        file.close();
        const SavedConfigurations saved(folder.path().toStdString());
        QVERIFY_EXCEPTION_THROWN(saved.load(QStringLiteral("bad")), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(saved.load(QStringLiteral("absent")), std::runtime_error);
    }

    void namesThatWouldLeaveTheFolderAreRefused()
    {
        QVERIFY(!SavedConfigurations::problemWithName(QStringLiteral("../up")).isEmpty());
        QVERIFY(!SavedConfigurations::problemWithName(QStringLiteral(" ")).isEmpty());
        QVERIFY(!SavedConfigurations::problemWithName(QStringLiteral(".hidden")).isEmpty());
        QVERIFY(SavedConfigurations::problemWithName(QStringLiteral("GPT-2 at 8k")).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestSavedConfigurations)
#include "tst_saved_configurations.moc"
