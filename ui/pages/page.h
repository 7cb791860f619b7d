// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/plan/plan.h"
#include "core/report/report.h"
#include "core/run/explanation.h"
#include "ui/models/figure.h"
#include "ui/run/model_question.h"
#include "ui/run/run_state.h"

#include <QString>
#include <QWidget>

#include <memory>
#include <vector>

namespace headroom::ui
{

class Theme;

/// A report that is open, or that a run is filling.
struct OpenReport
{
    QString name;                         ///< "This run", or the file's name
    std::shared_ptr<const Report> report; ///< never null
    bool live = false;                    ///< its run still goes on
};

/// What the pages show: the report in front, and those that are compared with it.
struct ReportSet
{
    std::vector<OpenReport> reports; ///< the one in front first; empty: nothing is open yet

    bool empty() const { return reports.empty(); }
    const OpenReport& front() const { return reports.front(); }
};

/// One view of the open reports. A page never changes a report and holds no figure of its own: it is drawn anew from
/// what it is given, at most ten times a second and only while it is visible.
///
/// Each widget that shows a figure of a report says which, by setFigure(); item models by the roles kFigureSourceRole
/// and kFigureValueRole; charts by their property "figures" (ui/models/figure.h). A test walks over them.
class Page : public QWidget
{
    Q_OBJECT

public:
    explicit Page(const Theme& theme, QWidget* parent = nullptr);

    virtual QString id() const = 0;    ///< "overview": of its doc page, its exported files, its place in the settings
    virtual QString title() const = 0; ///< in the rail

    /// Ends what is being made beside the GUI thread, and waits for it: before the page is drawn into a file.
    virtual void complete() {}

    /// Shows \a reports, now or as soon as the page is visible.
    void showReports(const ReportSet& reports);

    /// What the run in flight is doing. For pages that show it live; others leave it alone.
    virtual void showRun(const RunState& state);

    /// What the form asks about, on the device that it chooses. For pages that answer without a run.
    virtual void showProblem(const AttentionProblem& problem, const DeviceFacts& device);

    /// The model from a file that the form holds, as a worker saw it; null: none. For pages that show it before it is
    /// run.
    virtual void showModel(const SeenModel& model);

    /// The answer to explanationWanted(): LibTorch's own where it could be asked, else that of the rules.
    virtual void showExplanation(const AttentionProblem& problem, const LayerEvidence& evidence);

    const ReportSet& reports() const { return m_reports; }
    const Theme& theme() const { return m_theme; }

Q_SIGNALS:
    /// The user wants \a plan to be run: a recommendation tried, a case measured again. \a title is for the queue.
    void planProposed(const headroom::Plan& plan, const QString& title);

    /// The user wants this change in the configuration form.
    void problemProposed(const headroom::AttentionProblem& problem);

    /// LibTorch itself is to be asked who takes \a problem on \a device. Ends in showExplanation(), if there is a
    /// worker.
    void explanationWanted(const headroom::DeviceSelection& device, const headroom::AttentionProblem& problem);

    /// The user wants to see another page, by its id.
    void pageRequested(const QString& id);

    /// The button of an empty page: "run" (what the form holds), "demonstration", "open",
    /// "loadModel", "audit" (of what the form holds).
    void actionRequested(const QString& action);

protected:
    /// Draws reports() and theme() anew.
    virtual void refresh() = 0;

    /// What is kept from one refresh() to the next, because its part of the reports is the same, has another look now.
    virtual void forget() {}

    void showEvent(QShowEvent* event) override;

private:
    void refreshIfVisible();

    const Theme& m_theme;
    ReportSet m_reports;
    bool m_stale = true;
};

} // namespace headroom::ui
