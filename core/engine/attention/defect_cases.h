// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/backend_trial.h"
#include "core/run/engine.h"

#include <span>
#include <string>
#include <vector>

namespace headroom::engine
{

/// Collects what the cases of one defect showed. Present wins over all; then what stayed open, then what was right.
class DefectFindings
{
public:
    void present(const std::string& seen);
    void absent(const std::string& seen);
    void refused(const std::string& seen);
    void open(const std::string& seen); ///< neither right nor the defect: no memory, another failure

    /// Failed, CouldNotTell, Passed, or, when all was refused, NotApplicable; with a line a finding.
    CheckResult result() const;

private:
    std::vector<std::string> m_present, m_absent, m_refused, m_open;
    std::vector<std::string> m_lines;
};

/// What a function of a row is given, and where it puts what it finds.
struct DefectScene
{
    const CheckSetting& setting;
    const EventDataSink& sink; ///< for what must be said before the process may end
    DefectFindings found{};

    bool onCuda() const { return setting.device.is_cuda(); }
};

/// A plain call of one batch item: equal heads, lengths and head dims, float32 on the CPU and bfloat16 on CUDA.
AttentionProblem plainCall(const DefectScene& scene, std::int64_t heads, std::int64_t length, std::int64_t headDim);

/// The 16-bit types on CUDA; float32 and bfloat16 on the CPU.
std::vector<DType> typesOf(const DefectScene& scene);

/// Judges \a backends on one call: wrong, NaN, or chosen and then failed is present. An undefined \a outputGradient
/// judges the forward pass.
void judgeCase(DefectScene& scene, const std::string& name, const AttentionInputs& inputs,
               const at::Tensor& outputGradient, std::span<const Backend> backends);

/// The same with the tensors of \a problem, and a gradient that comes back where it needs gradients.
void judgeCase(DefectScene& scene, const std::string& name, const AttentionProblem& problem,
               std::span<const Backend> backends);

/// Runs one backend without judging it, for calls too large for a reference: present when it was chosen and then failed
/// or gave NaN.
void runCase(DefectScene& scene, const std::string& name, const AttentionInputs& inputs,
             const at::Tensor& outputGradient, Backend backend);

/// All logits near -120, as in the ladder's step; one channel carries them.
void makeLogitsNegative(AttentionInputs& inputs);

/// Whether all elements are finite.
bool isFinite(const at::Tensor& tensor);

/// The largest distance of two tensors.
double distanceOf(const at::Tensor& first, const at::Tensor& second);

// One function a row, by theme.
void checkB1(DefectScene& scene);
void checkB9(DefectScene& scene);
void checkB10(DefectScene& scene);
void checkB11(DefectScene& scene);
void checkB22(DefectScene& scene);
void checkB26(DefectScene& scene);
void checkB28(DefectScene& scene);
void checkB30(DefectScene& scene); // defect_checks_masks.cpp

void checkB8(DefectScene& scene);
void checkB12(DefectScene& scene);
void checkB13(DefectScene& scene);
void checkB21(DefectScene& scene);
void checkB23(DefectScene& scene);
void checkB24(DefectScene& scene);
void checkB25(DefectScene& scene);
void checkB27(DefectScene& scene); // defect_checks_layouts.cpp

void checkB4(DefectScene& scene);
void checkB5(DefectScene& scene);
void checkB6(DefectScene& scene);
void checkB7(DefectScene& scene);
void checkB29(DefectScene& scene); // defect_checks_sizes.cpp

void checkB2(DefectScene& scene);
void checkB3(DefectScene& scene);
void checkB14(DefectScene& scene);
void checkB15(DefectScene& scene);
void checkB16(DefectScene& scene);
void checkB17(DefectScene& scene);
void checkB18(DefectScene& scene);
void checkB19(DefectScene& scene);
void checkB20(DefectScene& scene); // defect_checks_cudnn.cpp

} // namespace headroom::engine
