// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/mask_reading.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace headroom::engine
{
namespace
{

at::Tensor positions(std::int64_t count, const at::Tensor& like)
{
    return at::arange(count, like.options().dtype(at::kLong));
}

/// The elements that take part, [B or 1, H or 1, Sq or 1, Skv].
at::Tensor allowedOf(const at::Tensor& mask)
{
    auto allowed = mask.scalar_type() == at::kBool ? mask : mask.gt(kAsGoodAsHidden);
    while (allowed.dim() < 4)
    {
        allowed = allowed.unsqueeze(0);
    }
    return allowed;
}

bool hasBias(const at::Tensor& mask, const at::Tensor& allowed)
{
    return mask.scalar_type() != at::kBool &&
           mask.reshape(allowed.sizes()).ne(0).logical_and(allowed).any().item<bool>();
}

/// [Skv] of \a tensor [.., Skv]: true where any is.
at::Tensor anyOfKey(const at::Tensor& allowed)
{
    return allowed.flatten(0, -2).any(0);
}

bool isSame(const at::Tensor& allowed, const at::Tensor& expected)
{
    return allowed.eq(expected).all().item<bool>();
}

std::int64_t lastTrue(const at::Tensor& row)
{
    const auto places = row.nonzero();
    return places.numel() > 0 ? places.max().item<std::int64_t>() + 1 : 0;
}

/// Whether each row of \a keys [B, Skv] is a run of true before, or after, a run of false.
bool isPadding(const at::Tensor& keys)
{
    const auto numbers = keys.to(at::kLong);
    const auto steps = numbers.diff(1, -1).abs().sum(-1);
    return steps.le(1).all().item<bool>();
}

class Reader
{
public:
    Reader(const at::Tensor& mask, std::int64_t queries, std::int64_t keys, const std::optional<at::Tensor>& realKeys)
        : m_mask(mask), m_allowed(allowedOf(mask)), m_queries(queries), m_keys(keys), m_realKeys(realKeys)
    {
        const auto query = positions(queries, mask).unsqueeze(1);
        m_triangle = positions(keys, mask).le(query.add(keys - queries)); // bottom right, with the last query last
        m_topLeft = positions(keys, mask).le(query);
    }

    MaskContent content(MaskReading& reading)
    {
        reading.unpaddedKeys = lastTrue(anyOfKey(m_allowed));
        if (hasBias(m_mask, m_allowed))
        {
            return MaskContent::Bias;
        }
        if (m_allowed.all().item<bool>())
        {
            return MaskContent::AllTrue;
        }
        if (m_allowed.size(2) == 1 || sameForAllQueries())
        {
            return ofKeys();
        }
        return ofTriangle(reading);
    }

private:
    bool sameForAllQueries() const { return isSame(m_allowed, m_allowed.select(2, 0).unsqueeze(2)); }

    /// [B, Skv], of a mask that is the same for all heads and queries; nothing for another one.
    std::optional<at::Tensor> keyRows() const
    {
        const auto rows = m_allowed.select(2, 0);
        return isSame(rows, rows.select(1, 0).unsqueeze(1)) ? std::optional(rows.select(1, 0)) : std::nullopt;
    }

    MaskContent ofKeys() const
    {
        const auto rows = keyRows();
        if (!rows)
        {
            return MaskContent::Other;
        }
        if (m_realKeys && m_realKeys->sizes() == rows->sizes())
        {
            const bool hidesReal = isSame(*rows, m_realKeys->logical_not());
            return hidesReal ? MaskContent::Inverted
                             : (isSame(*rows, *m_realKeys) ? MaskContent::Padding : MaskContent::Other);
        }
        return isPadding(*rows) ? MaskContent::Padding : MaskContent::Other;
    }

    MaskContent ofTriangle(MaskReading& reading) const
    {
        if (isSame(m_allowed, m_queries == m_keys ? m_topLeft : m_triangle))
        {
            return m_queries == m_keys ? MaskContent::Causal : MaskContent::Other;
        }
        if (isSame(m_allowed, m_topLeft))
        {
            return MaskContent::Causal; // of unequal lengths: what is_causal does, whether it was meant or not
        }
        const auto future = m_triangle.logical_not();
        if (m_queries == m_keys && isSame(m_allowed, future))
        {
            return MaskContent::Inverted; // each query sees what comes after it, and not itself
        }
        if (m_allowed.logical_and(future).any().item<bool>())
        {
            return MaskContent::Other;
        }
        const auto widest = m_allowed.select(2, m_queries - 1).sum(-1).max().item<std::int64_t>();
        const auto within = positions(m_keys, m_mask)
                                .gt(positions(m_queries, m_mask).unsqueeze(1).add(m_keys - m_queries - widest))
                                .logical_and(m_triangle);
        if (isSame(m_allowed, within))
        {
            reading.window = widest;
            return MaskContent::Window;
        }
        return isTriangleAndPadding() ? MaskContent::CausalPadding : MaskContent::Other;
    }

    /// A key is hidden from all queries or from those before it. Rows of padding may hide all, or see themselves.
    bool isTriangleAndPadding() const
    {
        const auto last = m_allowed.select(2, m_queries - 1).unsqueeze(2); // the last query sees all that is real
        return m_realKeys.has_value()
                   ? isSame(m_allowed, m_triangle.logical_and(m_realKeys->unsqueeze(1).unsqueeze(1)))
                   : isSame(m_allowed, m_triangle.logical_and(last)) && isPadding(last.flatten(0, 2));
    }

    at::Tensor m_mask;
    at::Tensor m_allowed;
    at::Tensor m_triangle;
    at::Tensor m_topLeft;
    std::int64_t m_queries;
    std::int64_t m_keys;
    std::optional<at::Tensor> m_realKeys;
};

/// Share of [Sq, Skv] that the top-left triangle hides.
double hiddenByTriangle(std::int64_t queries, std::int64_t keys)
{
    const auto square = std::min(queries, keys);
    const double seen = static_cast<double>(square) * (static_cast<double>(square) + 1) / 2 +
                        static_cast<double>(queries - square) * static_cast<double>(keys);
    return 1.0 - seen / (static_cast<double>(queries) * static_cast<double>(keys));
}

} // namespace

MaskReading readMask(const std::optional<at::Tensor>& mask, bool causal, std::int64_t queryLength,
                     std::int64_t keyLength, const std::optional<at::Tensor>& realKeys)
{
    const c10::NoGradGuard noGradients;
    MaskReading reading;
    reading.unpaddedKeys = keyLength;
    if (queryLength < 1 || keyLength < 1)
    {
        return reading;
    }
    reading.masked = causal ? hiddenByTriangle(queryLength, keyLength) : 0.0;
    if (!mask || mask->numel() == 0 || mask->size(-1) != keyLength)
    {
        reading.content = mask ? MaskContent::Other : MaskContent::None;
        return reading;
    }
    auto allowed = allowedOf(*mask);
    reading.content = Reader(*mask, queryLength, keyLength, realKeys).content(reading);
    if (causal)
    {
        const auto triangle = positions(keyLength, *mask).le(positions(queryLength, *mask).unsqueeze(1));
        allowed = allowed.logical_and(triangle);
    }
    reading.masked = 1.0 - allowed.to(at::kFloat).mean().item<double>();
    return reading;
}

std::int64_t distinctHeads(const at::Tensor& key, const at::Tensor& value)
{
    const c10::NoGradGuard noGradients;
    std::int64_t distinct = key.size(1) > 0 ? 1 : 0;
    for (std::int64_t head = 1; head < key.size(1); ++head)
    {
        const bool copied = at::equal(key.select(1, head), key.select(1, head - 1)) &&
                            at::equal(value.select(1, head), value.select(1, head - 1));
        distinct += copied ? 0 : 1;
    }
    return distinct;
}

} // namespace headroom::engine
