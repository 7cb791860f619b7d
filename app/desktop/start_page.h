// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QStringList>
#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace headroom::desktop
{

/// What a first start shows: what the program is for, a demonstration that measures this very machine, and reports that
/// were measured elsewhere.
class StartPage : public QWidget
{
    Q_OBJECT

public:
    StartPage(const ui::Theme& theme, QWidget* parent);

    void showRecent(const QStringList& files, const QStringList& models); ///< reports and journals; models
    void showDemonstration(const QString& state);                         ///< what it waits for; empty: it can be begun

Q_SIGNALS:
    void demonstrationRequested();
    void openRequested();
    void fileRequested(const QString& path);
    void modelRequested(const QString& path); ///< for the form

private:
    void applyTheme();
    QWidget* makePanel(const QString& title, QVBoxLayout*& body);
    QPushButton* addFile(QVBoxLayout& into, const QString& name, const QString& title, const QString& note);

    const ui::Theme& m_theme;
    QLabel* m_sentence;
    QLabel* m_note;
    QPushButton* m_demonstration;
    QLabel* m_demonstrationNote;
    QVBoxLayout* m_recent = nullptr;
    QWidget* m_recentPanel;
    std::vector<QLabel*> m_notes;
    std::vector<QVBoxLayout*> m_bodies; ///< of the panels
};

} // namespace headroom::desktop
