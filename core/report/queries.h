// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <optional>
#include <string_view>
#include <vector>

namespace headroom
{

/// Questions that several views ask of a report. Pointers are into the report that was asked, and live as long.

/// Ids of the jobs that a validation's main answer comes from: warm L2, the baseline first.
inline constexpr std::string_view kForwardJob = "forward";
inline constexpr std::string_view kTrainingJob = "training-step";

const Job* findJob(const Report& report, std::string_view id);
const JobReport* findJobReport(const Report& report, std::string_view id);
const CaseReport* findCase(const Report& report, std::string_view jobId, std::string_view caseId);
const Headline* findHeadline(const Report& report, Pass pass);
std::vector<const CaseReport*> casesOfJob(const Report& report, std::string_view jobId);

/// The comparison that stands for \a pass: its headline's, or else, unranked, the fastest fused candidate's.
const ComparisonReport* mainComparison(const Report& report, Pass pass);

const CaseReport* candidateOf(const Report& report, const ComparisonReport& comparison);
const CaseReport* baselineOf(const Report& report, const ComparisonReport& comparison);

/// What the run is about: the subject of its first job that has one.
std::optional<Subject> mainSubject(const Report& report);
std::optional<ModelInput> mainModel(const Report& report);
std::optional<AttentionProblem> mainProblem(const Report& report); ///< the attention call of it, if it has any
std::optional<DType> mainDtype(const Report& report);

bool isSkipped(const Report& report, Stage stage);

/// Attention layers were looked for and none were found.
bool hasNoAttention(const Report& report);

/// Whether any layer's call would be taken by \a backend: LibTorch's own word before that of the rules.
bool accepts(const BackendAnswer& answer);

/// Whether \a backend takes the calls of all layers; nothing when no layer was probed.
std::optional<bool> takesAllLayers(const Report& report, Backend backend);

/// The worst verdict on \a backend among judgements of attention calls and whole models; nothing when there is none.
std::optional<AccuracyVerdict> accuracyOf(const Report& report, Backend backend);

/// The comparison between the candidate and its job's baseline, or null.
const ComparisonReport* comparisonOf(const Report& report, const CaseReport& candidate);

/// "in the forward pass", "in the training step", "in the backward pass".
std::string_view inThePass(Pass pass);

} // namespace headroom
