// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace headroom
{

/// What goes wrong in a FakeEngine.
enum class Fault
{
    None,
    Kill,       ///< the process ends by SIGKILL
    Segfault,   ///< the process ends by SIGSEGV
    Hang,       ///< the call never returns
    Throw,      ///< an exception that is no EngineError
    DeviceLost, ///< a sticky CUDA error
    Garbage     ///< prints to standard output, then goes on
};

template <> struct EnumNames<Fault>
{
    static constexpr std::string_view kind = "fault";
    static constexpr std::array names{
        std::pair{Fault::None, std::string_view{"none"}},
        std::pair{Fault::Kill, std::string_view{"kill"}},
        std::pair{Fault::Segfault, std::string_view{"segfault"}},
        std::pair{Fault::Hang, std::string_view{"hang"}},
        std::pair{Fault::Throw, std::string_view{"throw"}},
        std::pair{Fault::DeviceLost, std::string_view{"device-lost"}},
        std::pair{Fault::Garbage, std::string_view{"garbage"}},
    };
};

/// What a FakeEngine pretends.
struct FakeScript
{
    std::map<std::string, double> forwardMs{{"math", 4.0},  {"flash", 2.0}, {"memory-efficient", 2.5},
                                            {"cudnn", 1.5}, {"naive", 4.4}, {"default", 2.0}};
    double noise = 0.002;                      ///< relative half width of the pseudo-random part of a sample
    double trainingFactor = 3.0;               ///< training step / forward
    double changedFactor = 1.0;                ///< a captured call with a change / as the model makes it
    std::vector<std::string> inaccurate;       ///< backends whose judgements fail
    std::vector<std::string> refused;          ///< backends that are not eligible
    std::vector<std::string> present;          ///< known defects that are there
    std::string ranInstead;                    ///< what is seen to run in place of flash
    std::int64_t outOfMemoryAboveBatch = 0;    ///< 0: never
    bool cuda = false;                         ///< also offers cuda:0, an invented GPU
    double sampleSleepMs = 0;                  ///< really slept in each sample, so that a test can step in
    std::map<std::string, double> waitedShare; ///< of a backend's samples: so much of their time is waiting for a core
    Fault fault = Fault::None;
    std::int64_t faultAtSample = -1; ///< the fault strikes at this sample of the process, counted from 0
    ModelInspection inspection;      ///< what is seen in any model; without calls: an invented one with two of them
    bool nativeCode = false;         ///< its file holds native code: refused unless that is allowed
    std::string faultAtStep; ///< or at a step: "probe", "judge", "check", "check ITEM", "check ITEM BACKEND", "prepare"
    std::string faultOnceFile; ///< a file that is made when the fault strikes; while it exists, no fault

    bool operator==(const FakeScript&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FakeScript, forwardMs, noise, trainingFactor, changedFactor, inaccurate,
                                                refused, present, ranInstead, outOfMemoryAboveBatch, cuda,
                                                sampleSleepMs, waitedShare, fault, faultAtSample, inspection,
                                                nativeCode, faultAtStep, faultOnceFile)

/// A deterministic engine for the tests of runner, journal, command line and screens. It measures nothing and says so:
/// its LibTorch version is "fake", and so is the name of its device, so that none of its results passes for a real one.
class FakeEngine : public Engine
{
public:
    explicit FakeEngine(FakeScript script = {});

    Circumstances circumstances(const DeviceSelection& selection) override;
    LayerEvidence explain(const AttentionProblem& problem) override;
    ModelInspection inspect(const InspectionRequest& request) override;
    void begin(const Plan& plan) override;
    void probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop) override;
    std::unique_ptr<PreparedCase> prepare(const Case& wanted) override;
    Telemetry telemetry() override;
    void releaseMemory() override {}

    const FakeScript& script() const { return m_script; }

    /// Called by its cases before each sample.
    void strikeAtSample();
    /// A number in [-1, 1] that depends on how many were asked for before.
    double pseudoNoise();

private:
    CheckResult pretendDefect(const CheckJob& job) const;
    void strikeAtStep(const std::string& step);
    void strike();

    FakeScript m_script;
    Circumstances m_circumstances;
    std::uint64_t m_noiseState = 1;
    std::int64_t m_samples = 0;
};

} // namespace headroom
