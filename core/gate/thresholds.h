// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/run_to_run.h"
#include "core/plan/case_filter.h"
#include "core/validate/judgement.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What else holds for some of the cases. A case is meant when it meets both conditions that are given.
struct CaseThresholds
{
    std::string pattern; ///< a case's description or id, with * and ? as a shell has them; empty: any
    std::string where;   ///< terms of a CaseFilter, for attention calls: "backend=flash,seq>=4k"; empty: any
    CaseFilter filter;   ///< of \ref where
    std::optional<double> minimumEffect{};
    std::optional<double> detectableEffect{};
    std::optional<AccuracyVerdict> tolerated{};
    std::optional<bool> backendMayChange{};

    bool operator==(const CaseThresholds&) const = default;

    /// Whether \a measured is meant.
    bool means(const Case& measured) const;
};

/// What fails a gate, from a file under version control (docs/gate.md):
///
///     {"version": 1,
///      "time": {"minimumEffect": 0.02, "falseDiscoveryRate": 0.05, "confidence": 0.95,
///               "commonShiftFails": true},
///      "accuracy": {"tolerated": "passed", "checks": true},
///      "backend": {"mayChange": false},
///      "cannotTell": {"detectableEffect": 0.1, "detectableLimit": 0.5, "fasterLimit": 3, "share": 0},
///      "circumstances": {"allow": ["clock"], "refuse": ["driverVersion"]},
///      "cases": [{"case": "math *", "where": "seq>=4k", "minimumEffect": 0.1}]}
///
/// Every key may be left out; a file that says nothing is {}.
struct GateThresholds
{
    RunToRunRule time;
    /// When nearly all cases moved together: whether those that moved no further than the others fail, or cannot be
    /// told of, as on a machine whose load or clock drifts from day to day.
    bool commonShiftFails = true;
    /// An accuracy up to this one is no failure, even where the baseline's was better.
    AccuracyVerdict tolerated = AccuracyVerdict::Passed;
    bool checks = true;            ///< a check that passed and now fails is a failure
    bool backendMayChange = false; ///< another backend that ran is no failure
    /// A case that is neither changed nor the same passes all the same when a slowdown of this share would have been
    /// found; else the gate cannot tell.
    double detectableEffect = 0.1;
    /// A case in which a slowdown of this share could have gone unseen cannot be told of, whatever else its times say,
    /// and so one that is more than so many times as fast as in the baseline: a baseline of a machine under load makes
    /// both.
    double detectableLimit = 0.5;
    double fasterLimit = 3.0;
    double cannotTellShare = 0.0;        ///< so many of the cases may be unclear before the gate as a whole is
    std::vector<std::string> allowed;    ///< circumstances that may differ, beside those that a gate is there to test
    std::vector<std::string> refused;    ///< of those, what may not; patterns as in CaseThresholds
    std::vector<CaseThresholds> cases{}; ///< the last that means a case and says something counts

    bool operator==(const GateThresholds&) const = default;

    /// What holds for \a measured.
    CaseThresholds of(const Case& measured) const;

    /// Whether runs may be compared that differ in the circumstance \a name. Without a word in the file: versions of
    /// the driver, CUDA, cuDNN, LibTorch, Headroom and the operating system may differ, for these are what a gate
    /// tests; the machine, its clock and limits, its switches and environment may not.
    bool mayDiffer(std::string_view name) const;
};

/// Whether \a pattern, an entry of what may or may not differ, means the circumstance \a name.
bool meansCircumstance(const std::string& pattern, const std::string& name);

/// Reads thresholds. \throws std::invalid_argument with a sentence that names the key: one that is not known, a value
/// of another type, one out of its range, or one that is there twice.
GateThresholds thresholdsFromText(std::string_view text);

/// The same of a file. \throws std::runtime_error with the path and a sentence.
GateThresholds readThresholds(const std::filesystem::path& file);

/// With every key, in the form that thresholdsFromText() reads.
void to_json(Json& json, const GateThresholds& thresholds);

} // namespace headroom
