// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/field_info.h"

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;

namespace headroom::ui
{

class FlowLayout;
class Theme;

/// One field of the form: its label, its editor, and below them what is wrong with it and the values that would work,
/// each a click away. Holds a text and nothing of what it means.
class FieldRow : public QWidget
{
    Q_OBJECT

public:
    FieldRow(const FieldInfo& info, const Theme& theme, QWidget* parent);

    Field field() const { return m_info.field; }
    const FieldInfo& info() const { return m_info; }
    QString text() const;

    /// Shows \a text without announcing it.
    void setText(const QString& text);

    /// What an empty field means.
    void setPlaceholder(const QString& text);

    /// Of a Choice.
    void setChoices(const QList<FieldChoice>& choices);

    /// \a sentence empty: nothing is wrong.
    void setProblem(const QString& sentence, const QStringList& suggestions);

    /// Off while \a reason is not empty, which is then its tooltip.
    void setOff(const QString& reason);

    QWidget* editor() const { return m_editor; }

Q_SIGNALS:
    void edited(const QString& text); ///< with each keystroke
    void committed();                 ///< the user is done with it: return, or on to another field
    void suggestionTaken(const QString& text);
    void undoRequested();
    void redoRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeEditor();
    QWidget* makeLine();
    void addWordMenu(QLineEdit* line);
    void addFileButton(QLineEdit* line);
    void toggleWord(const QString& word);
    bool step(int key);

    FieldInfo m_info;
    const Theme& m_theme;
    QWidget* m_editor = nullptr;
    QLineEdit* m_line = nullptr;
    QComboBox* m_combo = nullptr;
    QCheckBox* m_check = nullptr;
    QLabel* m_problem = nullptr;
    QWidget* m_suggestions = nullptr;
    FlowLayout* m_suggestionFlow = nullptr;
    QStringList m_shownSuggestions;
};

} // namespace headroom::ui
