// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QPushButton;

namespace headroom::ui
{

class Label;
class Theme;

/// Lines of code with a button that copies them.
class Snippet : public QFrame
{
    Q_OBJECT

public:
    /// \a language is for the accessible name: "Python".
    Snippet(const QString& code, const QString& language, const Theme& theme, QWidget* parent = nullptr);

    QString code() const;

public Q_SLOTS:
    void copyCode();

Q_SIGNALS:
    void codeCopied();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applySpacing();

    const Theme& m_theme;
    QString m_text;
    Label* m_code;
    QPushButton* m_copy;
    QHBoxLayout* m_layout;
};

} // namespace headroom::ui
