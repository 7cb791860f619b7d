// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/model/model_outline.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// Finds attention that is written out by hand in the graph of an exported program: a product of two batched tensors
/// (matmul, bmm or einsum), a softmax or exp over its sum, and a product of that.
class GraphAttention
{
public:
    /// \a values are the graph's tensors by name; they and the nodes must stay where they are.
    explicit GraphAttention(const Json& values) : m_values(values) {}

    void add(const Json& node);

    /// The attention whose probabilities \a node gives, without its path; nothing for another node. All nodes must have
    /// been added.
    std::optional<ModelCall> normalisedBy(const Json& node);

private:
    using Sizes = std::vector<std::int64_t>;

    /// The sizes of a product's operands, [.., row, inner] and [.., inner, column].
    struct Operands
    {
        std::string left;
        Sizes leftSizes;
        Sizes rightSizes;
    };

    Sizes sizesAt(const std::string& name) const;
    Sizes apart(const std::string& name) const;
    std::optional<Operands> scoresOf(const Json& product) const;
    std::optional<Operands> weightedBy(const std::string& weights, const Json& product) const;
    std::optional<Operands> matrixOperands(const Json& product) const;
    std::optional<std::string> scoresBehind(const Json& node);
    const Json* makerThrough(const std::string& name, std::initializer_list<std::string_view> passed,
                             std::string_view wanted) const;
    std::optional<Operands> productBefore(const std::string& name, int steps);
    std::optional<Operands> productAfter(const std::string& name, int steps);

    const Json& m_values;
    std::map<std::string, const Json*> m_makers;     ///< nodes by their first result
    std::multimap<std::string, const Json*> m_users; ///< nodes by each tensor that they take
    int m_visitsLeft = 0; ///< of nodes, in one search: a hostile graph may have any number of ways
};

} // namespace headroom::engine
