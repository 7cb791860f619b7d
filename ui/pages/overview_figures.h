// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/widgets/big_figure.h"

#include <QString>

#include <optional>
#include <vector>

namespace headroom::ui
{

/// The tensor that comes nearest to what it may be off, or is beyond it.
struct AccuracyRoom
{
    const Judgement* judgement = nullptr;
    const TensorJudgement* tensor = nullptr;
    double used = 0;       ///< share of the allowed error (JudgedTensor::shareOfAllowed())
    bool byMaximum = true; ///< else the mean is the nearer one
};

/// Of \a backend's attention calls; without one of all that was judged, as on the page Accuracy. Nothing when none was
/// judged.
std::optional<AccuracyRoom> accuracyRoomOf(const Report& report, std::optional<Backend> backend);

/// "batch 1, sequence 16 384, head_dim 128, causal": which of the calls of a sweep it is.
QString shapeWords(const AttentionProblem& problem);

/// The case that the overview speaks of: the best of the training step, else of the forward pass, else the one with the
/// highest rate of a sweep. Null when nothing was timed.
const CaseReport* mainCase(const Report& report);

/// The job that is being run; null where none is.
const JobReport* jobInFlight(const Report& report);

/// Whether checks are all that \a report has.
bool isBattery(const Report& report);

/// The four figures of the overview: speed, accuracy, memory, throughput; for a battery of known defects what it found.
/// What was not measured says so.
std::vector<BigFigureContent> overviewFigures(const Report& report);

} // namespace headroom::ui
