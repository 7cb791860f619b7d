// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QWidget>

#include <memory>

class QPlainTextEdit;
class QStackedLayout;
class QTextBrowser;
class QTextDocument;

namespace headroom::ui
{

class Theme;

/// A report as a format will show it. It is written on a thread of the pool; until it is there, what was shown before
/// stays. A very long text is cut in the preview, which says so.
class ReportPreview : public QWidget
{
    Q_OBJECT

public:
    explicit ReportPreview(const Theme& theme, QWidget* parent = nullptr);

    /// Shows \a report in \a format, an id of exportFormats(), soon: filled() tells when. The same once more is no
    /// work.
    void showReport(const std::shared_ptr<const Report>& report, const QString& format);

    /// Shows \a sentence in place of a report.
    void showSentence(const QString& sentence);

    /// Shows now what would be shown soon.
    void complete();

    /// What was shown has another look now: it is made anew when it is asked for next.
    void forget() { m_report.reset(); }

Q_SIGNALS:
    void filled();

private:
    struct Made;
    struct Look;
    static std::shared_ptr<Made> make(const Report& report, const QString& format, const Look& look);
    Look look() const;
    void take(Made& made);

    const Theme& m_theme;
    QStackedLayout* m_stack;
    QTextBrowser* m_document;
    QPlainTextEdit* m_text;
    QTextDocument* m_shown = nullptr;       ///< in m_document, whose child it is
    std::shared_ptr<const Report> m_report; ///< that is shown, or will be
    QString m_format;
    int m_asked = 0; ///< counts what was asked for: an answer to an older question is dropped
    bool m_waiting = false;
};

} // namespace headroom::ui
