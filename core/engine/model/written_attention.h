// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"

#include <ATen/core/ivalue.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// Finds attention that is written out by hand in a stream of operators, by following what becomes of a product of two
/// batched tensors.
class WrittenAttention
{
public:
    /// Attention that was found.
    struct Found
    {
        AttentionInputs inputs;        ///< [B, H, S, D]; three-dimensional tensors [B * H, S, D] count as one batch
        std::size_t firstOperator = 0; ///< the number of the first matrix product, as given to see()
        double flops = 0;              ///< of its two products
    };

    /// Hears of the operator numbered \a number, its arguments and its results, none of them nested in another one.
    std::optional<Found> see(std::size_t number, std::string_view name, std::span<const c10::IValue> arguments,
                             std::span<const c10::IValue> results);

private:
    struct Scores
    {
        at::Tensor query;
        at::Tensor keyTransposed;
        std::optional<at::Tensor> mask;
        double scale = 1;
        double dropout = 0;
        bool probabilities = false; ///< after the softmax
        std::size_t firstOperator = 0;
        double flops = 0;
    };
    using Known = std::shared_ptr<const Scores>;

    Known of(const c10::IValue& value) const;
    void keep(std::span<const c10::IValue> arguments, std::span<const c10::IValue> results, const Known& scores);
    Known product(std::size_t number, std::span<const at::Tensor> operands, const at::Tensor& result) const;
    static std::optional<Found> finish(const Scores& scores, const at::Tensor& value);
    Known carriedOn(std::string_view name, std::span<const c10::IValue> arguments) const;

    std::map<const void*, Known> m_known; ///< by the address of a result's memory
};

} // namespace headroom::engine
