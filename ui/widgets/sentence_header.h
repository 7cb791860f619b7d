// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/figure.h"

#include <QWidget>

class QVBoxLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// How a page opens: one sentence that a person could repeat, and a line below it on what was measured.
class SentenceHeader : public QWidget
{
    Q_OBJECT

public:
    explicit SentenceHeader(const Theme& theme, QWidget* parent = nullptr);

    void setSentence(const QString& sentence, const Figure& figure = {});
    void setNote(const QString& note);
    QString sentence() const; ///< as it was set

private:
    void applySpacing();

    const Theme& m_theme;
    QString m_text;
    Label* m_sentence;
    Label* m_note;
    QVBoxLayout* m_layout;
};

} // namespace headroom::ui
