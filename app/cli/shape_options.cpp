// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shape_options.h"

#include "app/cli/arguments.h"
#include "core/launch/set_up_error.h"

#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kShape = "Shape of the attention call";

} // namespace

/// A layer of the default model at batch 4.
ShapeOptions::ShapeOptions()
{
    problem.batch = 4;
    problem.queryHeads = 12;
    problem.queryLength = 128;
    problem.headDimQk = 64;
}

void declareShapeOptions(CLI::App& app, ShapeOptions& options)
{
    AttentionProblem& problem = options.problem;
    const auto usual = [](auto value) { return fmt::format("{}", value); };
    present(addNumber(app, "--batch-size", problem.batch, "sequences at a time"), kShape, usual(problem.batch));
    present(addNumber(app, "--num-heads", problem.queryHeads, "heads of the query"), kShape, usual(problem.queryHeads));
    present(addNumber(app, "--kv-heads", options.kvHeads, "heads of key and value; fewer is grouped-query attention"),
            kShape, "--num-heads");
    present(addNumber(app, "--seq-len", problem.queryLength, "tokens of the query"), kShape,
            usual(problem.queryLength));
    present(addNumber(app, "--kv-len", options.kvLength, "tokens of key and value"), kShape, "--seq-len");
    present(addNumber(app, "--head-dim", problem.headDimQk, "elements of a head"), kShape, usual(problem.headDimQk));
    present(addNumber(app, "--head-dim-v", options.headDimV, "elements of a head of the value"), kShape, "--head-dim");
    present(addChoice(app, "--dtype", problem.dtype, "data type"), kShape, std::string(toString(problem.dtype)));
    present(addChoice(app, "--mask", problem.mask, "what is given as attn_mask"), kShape,
            std::string(toString(problem.mask)));
    present(addSwitch(app, "--mask-gradient", problem.maskNeedsGradient, "the mask is additive and learned"), kShape);
    present(addSwitch(app, "--causal", problem.causal, "is_causal: each token sees only those before it"), kShape);
    present(addNumber(app, "--dropout", problem.dropout, "share of the probabilities that is dropped"), kShape, "0");
    present(addNumber(app, "--scale", problem.scale, "of the scores"), kShape, "1/sqrt(head_dim)");
    present(addChoice(app, "--layout", problem.layout, "how the tensors lie in memory"), kShape,
            std::string(toString(problem.layout)));
    present(addSwitch(app, "--inference", options.inference, "no gradients are wanted"), kShape);
}

AttentionProblem problemOf(const ShapeOptions& options, DeviceKind device)
{
    AttentionProblem problem = options.problem;
    problem.kvHeads = options.kvHeads.value_or(problem.queryHeads);
    problem.kvLength = options.kvLength.value_or(problem.queryLength);
    problem.headDimV = options.headDimV.value_or(problem.headDimQk);
    problem.device = device;
    problem.needsGradients = !options.inference;
    if (const auto problems = problemsWith(problem); !problems.empty())
    {
        throw SetUpError(fmt::format("{}", fmt::join(problems, "\n")));
    }
    return problem;
}

} // namespace headroom::cli
