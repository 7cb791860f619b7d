// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace headroom::engine
{

inline constexpr std::size_t kDeepestModule = 64; ///< a hostile name may have any number of steps

/// The class of the module at a path, which is empty for the model itself; an empty text where it is not known.
using ModuleClasses = std::function<std::string(const std::string& path)>;

/// The tree of modules that the names of parameters imply ("h.0.attn.weight" stands in h, h.0 and h.0.attn), each with
/// its class and the elements below it; the first is the model. What lies deeper than kDeepestModule counts for the
/// module there.
inline std::vector<ModelModule> modulesOf(const std::vector<std::pair<std::string, std::int64_t>>& parameters,
                                          const ModuleClasses& classOf)
{
    std::vector<ModelModule> modules{{"", classOf(""), 0}};
    std::map<std::string, std::size_t> places{{"", 0}};
    for (const auto& [name, elements] : parameters)
    {
        modules.front().parameters += elements;
        std::size_t depth = 0;
        for (std::size_t dot = name.find('.'); dot != std::string::npos && depth < kDeepestModule;
             dot = name.find('.', dot + 1), ++depth)
        {
            const auto [place, isNew] = places.emplace(name.substr(0, dot), modules.size());
            if (isNew)
            {
                modules.push_back({place->first, classOf(place->first), 0});
            }
            modules[place->second].parameters += elements;
        }
    }
    return modules;
}

} // namespace headroom::engine
