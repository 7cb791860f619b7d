// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architecture.h"

#include "core/attention/saturating.h"

#include <algorithm>

namespace headroom
{

bool Architecture::windowed(std::int64_t layer) const
{
    return window && std::find(windowedLayers.begin(), windowedLayers.end(), layer) != windowedLayers.end();
}

std::int64_t parameterCount(const Architecture& architecture)
{
    std::int64_t count = 0;
    for (const ParameterSpec& parameter : parametersOf(architecture))
    {
        std::int64_t size = parameter.tiedTo.empty() || !architecture.tiedEmbeddings ? 1 : 0;
        for (const std::int64_t length : parameter.shape)
        {
            size = saturatingProduct({size, length});
        }
        count = saturatingSum({count, size});
    }
    return count;
}

std::int64_t sequenceThatFits(const Architecture& architecture, std::int64_t wanted)
{
    if (architecture.takesImages())
    {
        return architecture.imageHeight / architecture.patchHeight *
                   (architecture.imageWidth / architecture.patchWidth) +
               1;
    }
    return architecture.maxPositions > 0 ? std::min(wanted, architecture.maxPositions) : wanted;
}

} // namespace headroom
