// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/faced_page.h"

class QComboBox;
class QProgressBar;
class QPushButton;

namespace headroom::ui
{

class Hint;
class Label;
class Panel;
class ReportPreview;
class SentenceHeader;
class TableGrid;

/// The report as it will be written: a choice of formats, what each holds and is for, a preview, and the button that
/// writes it. The writing itself is for who is connected to exportRequested(); it tells back by showWritten().
class ReportPage : public FacedPage
{
    Q_OBJECT

public:
    explicit ReportPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("report"); }
    QString title() const override { return tr("Report"); }
    void complete() override;

    QString format() const; ///< "pdf", "html", "png", "svg", "json", "md", "csv"
    void setFormat(const QString& format);

public Q_SLOTS:
    void showProgress(int done, int total);
    void showWritten(const QStringList& files);
    void showFailure(const QString& sentence);

Q_SIGNALS:
    void exportRequested(const QString& format);
    void fileRequested(const QString& path); ///< one that was written is to be shown to the user

protected:
    void refresh() override;
    void forget() override;

private:
    Hint* makeHint();
    void build();
    void showPreview();
    void showContents();

    SentenceHeader* m_header;
    QComboBox* m_format;
    QPushButton* m_export;
    Label* m_about;
    Label* m_result;
    QProgressBar* m_progress;
    Panel* m_contents;
    TableGrid* m_contentRows;
    Panel* m_previewPanel;
    ReportPreview* m_preview;
};

} // namespace headroom::ui
