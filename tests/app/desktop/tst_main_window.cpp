// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
class TestMainWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothing() {}
};
QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
