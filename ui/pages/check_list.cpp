// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/check_list.h"

#include "core/plan/defects.h"
#include "core/report/report_tables.h"
#include "ui/models/figure.h"
#include "ui/models/report_words.h"
#include "ui/pages/table_panels.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace headroom::ui
{
namespace
{

/// Where a defect stands in the list: what is present comes first, what cannot show on this device last.
int rankOf(CheckStatus status)
{
    switch (status)
    {
    case CheckStatus::Failed:
        return 0;
    case CheckStatus::CouldNotTell:
        return 1;
    case CheckStatus::Passed:
        return 2;
    case CheckStatus::NotApplicable:
        return 3;
    }
    return 4;
}

/// The checks of known defects of \a report, as places in its list.
std::vector<std::size_t> defectsOf(const Report& report)
{
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < report.checks.size(); ++at)
    {
        if (report.checks[at].check == CheckKind::Defect)
        {
            places.push_back(at);
        }
    }
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t left, std::size_t right)
                     { return rankOf(report.checks[left].status) < rankOf(report.checks[right].status); });
    return places;
}

Label* top(Label* label)
{
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    return label;
}

/// "B1", which opens the first issue where it is reported.
Label* nameOf(const CheckResult& check, const Defect* defect, const Theme& theme)
{
    auto* label = top(new Label(textOf(check.item), theme, TextRole::Note));
    if (defect != nullptr)
    {
        label->setText(QStringLiteral("<a href=\"%1\" style=\"color: %2; text-decoration: none\">%3</a>")
                           .arg(textOf(defect->link).toHtmlEscaped(), theme.colours().accent.name(),
                                textOf(check.item).toHtmlEscaped()));
        label->setObjectName(QStringLiteral("defect_") + textOf(check.item));
        label->setTextFormat(Qt::RichText);
        label->setOpenExternalLinks(true);
        label->setToolTip(
            CheckList::tr("Reported as %1; known: %2").arg(textOf(defect->issues), textOf(defect->history)));
        label->setAccessibleName(CheckList::tr("%1, reported as %2").arg(textOf(check.item), textOf(defect->issues)));
    }
    return label;
}

/// What the defect is, and below it what was seen and where it is reported. The check is the report's \a at th.
QVBoxLayout* wordsOf(const CheckResult& check, const Defect* defect, std::size_t at, const Theme& theme)
{
    const QString title = defect != nullptr ? textOf(defect->title) : textOf(check.item);
    auto* what = top(new Label(readable(title), theme, TextRole::Note));
    what->setTone(check.status == CheckStatus::NotApplicable ? Tone::Muted : Tone::Plain);
    what->setStrong(check.status == CheckStatus::Failed);
    what->setWordWrap(true);
    setFigure(*what, {QStringLiteral("/headroom/checks/%1/item").arg(at), textOf(check.item)});
    QString summary = readable(textOf(Format().plain(check.summary)));
    if (defect != nullptr)
    {
        summary += QStringLiteral(" · ") + textOf(defect->issues);
    }
    auto* seen = top(new Label(summary, theme, TextRole::Note));
    seen->setTone(Tone::Muted);
    seen->setWordWrap(true);
    seen->setToolTip(textOf(fmt::format("{}", fmt::join(check.details, "\n"))));
    setFigure(*seen, {QStringLiteral("/headroom/checks/%1/summary").arg(at), textOf(check.summary)});
    auto* words = new QVBoxLayout;
    words->setSpacing(theme.space(1) / 2);
    words->addWidget(what);
    words->addWidget(seen);
    return words;
}

} // namespace

CheckList::CheckList(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_column(new QVBoxLayout(this)), m_tables(new TablePanels(theme))
{
    setObjectName(QStringLiteral("checkList"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(theme.space(3));
    m_column->addWidget(m_tables);
    hide();
}

void CheckList::forget()
{
    m_shown.clear();
}

void CheckList::showReport(const Report& report)
{
    setVisible(!report.checks.empty());
    if (report.checks == m_shown)
    {
        return;
    }
    m_shown = report.checks;
    Report others;
    others.checks = report.checks;
    std::erase_if(others.checks, [](const CheckResult& check) { return check.check == CheckKind::Defect; });
    m_tables->showTables(checkTables(others, Format(), Detail::Compact), tr("Checks of the model"));
    delete std::exchange(m_defects, makeDefects(report));
    if (m_defects != nullptr)
    {
        m_column->addWidget(m_defects);
    }
}

/// Null where none was looked for.
Panel* CheckList::makeDefects(const Report& report) const
{
    const auto places = defectsOf(report);
    if (places.empty())
    {
        return nullptr;
    }
    auto* panel = new Panel(tr("Known defects of scaled_dot_product_attention"), {}, m_theme);
    panel->setObjectName(QStringLiteral("knownDefects"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(m_theme.space(4));
    grid->setVerticalSpacing(m_theme.space(2));
    grid->setColumnStretch(2, 1);
    for (const std::size_t at : places)
    {
        const CheckResult& check = report.checks[at];
        const auto* defect = findDefect(check.item);
        const Cell presence = presenceCell(check.status);
        auto* verdict = top(new Label(textOf(presence.text), m_theme, TextRole::Note));
        verdict->setTone(presence.tone);
        const int row = grid->rowCount();
        grid->addWidget(nameOf(check, defect, m_theme), row, 0, Qt::AlignTop);
        grid->addWidget(verdict, row, 1, Qt::AlignTop);
        grid->addLayout(wordsOf(check, defect, at, m_theme), row, 2);
    }
    panel->body()->addLayout(grid);
    return panel;
}

} // namespace headroom::ui
