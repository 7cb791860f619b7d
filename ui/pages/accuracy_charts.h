// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/charts/chart_data.h"
#include "ui/charts/chart_legend.h"

#include <QString>

#include <optional>
#include <vector>

namespace headroom::ui
{

/// One tensor of one judgement.
struct JudgedTensor
{
    const Judgement* judgement = nullptr;
    const TensorJudgement* tensor = nullptr;

    /// Error over what is allowed: 0 is exact, 1 the limit. By the worse of maximum and mean, and in float32 outputs by
    /// the absolute tolerance as well. Infinite where an element is not finite; nothing where it was not judged.
    std::optional<double> shareOfAllowed() const;
};

/// Whether the mean error of \a tensor is nearer to what it may be than the largest one is to the limits of its own.
bool isNearerByMean(const TensorJudgement& tensor);

/// What the largest error of \a tensor may be: the smaller one of its limits.
double allowedLargestOf(const TensorJudgement& tensor);

/// The judgements of one kind of place, in groups that a person would look at together.
struct AccuracyScope
{
    JudgementScope scope = JudgementScope::AttentionCall;
    QString name; ///< "attention calls", "whole model"
    std::vector<const Judgement*> judgements;
};

/// All scopes of \a report, attention calls first.
std::vector<AccuracyScope> accuracyScopesOf(const Report& report);

/// Of each backend and tensor the judgement that used most of what is allowed, in the order of tensors O, LSE, dQ, dK,
/// dV, then others as they come.
std::vector<JudgedTensor> worstOf(const AccuracyScope& scope);

/// The one that is nearest to its limit, or beyond it; nothing where nothing was judged.
std::optional<JudgedTensor> worstOfAll(const AccuracyScope& scope);

/// One report's part in the charts.
struct AccuracySource
{
    QString name;
    const Report* report = nullptr;
    AccuracyScope scope;
};

/// Rows of tensors, a mark a backend: the share of what is allowed that its error used, with the limit at 100 %.
ChartData headroomChart(const std::vector<AccuracySource>& sources);

/// Likewise error over yardstick, with the limit of the report's policy.
ChartData yardstickChart(const std::vector<AccuracySource>& sources);

/// Place by place, the worst tensor of each backend: layer by layer in a model, call by call in a sweep.
ChartData placesChart(const AccuracySource& source);

std::vector<LegendEntry> accuracyLegend(const std::vector<AccuracySource>& sources);

} // namespace headroom::ui
