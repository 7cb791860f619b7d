// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace headroom::ui
{

class Theme;

/// Above the fields of a model: which file it is from and what was seen in it, how it comes into the form, and the way
/// back to the built-in one.
class ModelFileCard : public QWidget
{
    Q_OBJECT

public:
    explicit ModelFileCard(const Theme& theme, QWidget* parent = nullptr);

    void showBuiltIn();
    void showModel(const QString& path, const ModelInspection& seen);
    void showUnknown(const QString& path); ///< not looked at yet
    void showFailure(const QString& path, const QString& sentence);

    /// What is being looked at, in a sentence below; empty: nothing.
    void showProgress(const QString& sentence);

Q_SIGNALS:
    void fileWanted();
    void folderWanted();
    void builtInWanted();
    void retryWanted();

private:
    void showPath(const QString& path);
    void showFacts(const QString& text);

    QLabel* m_name;
    QLabel* m_facts;
    QLabel* m_problem;
    QLabel* m_progress;
    QPushButton* m_load;
    QPushButton* m_again;
    QPushButton* m_builtIn;
};

} // namespace headroom::ui
