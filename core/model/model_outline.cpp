// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_outline.h"

namespace headroom
{

const std::array<LoaderAbilities, 5>& loaderAbilities()
{
    static constexpr std::array<LoaderAbilities, 5> kAll{
        LoaderAbilities{ModelLoader::HuggingFace, "folder with config.json and *.safetensors", true, true, true, true,
                        ForeignCode::None,
                        "GPT-2, LLaMA, Mistral, Qwen 2 and 3, BERT, ViT, T5 and BART, whose attention calls are those "
                        "that transformers 5.24 makes for the family."},
        LoaderAbilities{ModelLoader::Config, "config.json alone", true, true, true, true, ForeignCode::None,
                        "Weights are random: enough for speed, memory and backends."},
        LoaderAbilities{ModelLoader::TorchScript, ".pt, .ts", true, true, true, true, ForeignCode::Operators,
                        "Calls are those that were scripted or traced; deprecated in PyTorch since 2.9. One that opens "
                        "files or reaches other machines needs --allow-native-code."},
        LoaderAbilities{ModelLoader::Exported, ".pt2 of torch.export.save", true, true, false, false,
                        ForeignCode::Operators,
                        "Backends can be switched where the graph still holds scaled_dot_product_attention. One that "
                        "opens files or reaches other machines needs --allow-native-code."},
        LoaderAbilities{ModelLoader::Compiled, ".pt2 of AOTInductor", false, false, false, false, ForeignCode::Native,
                        "Native code with the backend of the machine that compiled it; needs --allow-native-code."}};
    return kAll;
}

const LoaderAbilities& abilitiesOf(ModelLoader loader)
{
    return loaderAbilities().at(static_cast<std::size_t>(loader));
}

AttentionProblem ModelOutline::problemAt(std::size_t index, std::int64_t toBatch, std::int64_t toSequence) const
{
    AttentionProblem problem = calls.at(index).problem;
    problem.batch = batch > 0 && problem.batch == batch ? toBatch : problem.batch;
    if (!fixedSequence)
    {
        problem.queryLength = problem.queryLength == sequence ? toSequence : problem.queryLength;
        problem.kvLength = problem.kvLength == sequence ? toSequence : problem.kvLength;
    }
    return problem;
}

double ModelOutline::growth(std::int64_t toBatch, std::int64_t toSequence) const
{
    const double tokens = static_cast<double>(batch) * (fixedSequence ? 1.0 : static_cast<double>(sequence));
    const double wanted = static_cast<double>(toBatch) * (fixedSequence ? 1.0 : static_cast<double>(toSequence));
    return tokens > 0 ? wanted / tokens : 0.0;
}

} // namespace headroom
