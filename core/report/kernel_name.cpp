// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/kernel_name.h"

namespace headroom
{
namespace
{

constexpr std::string_view kAnonymous = "(anonymous namespace)::";
constexpr std::string_view kVoid = "void ";

std::string withoutAnonymous(std::string_view name)
{
    std::string text(name);
    for (auto at = text.find(kAnonymous); at != std::string::npos; at = text.find(kAnonymous))
    {
        text.erase(at, kAnonymous.size());
    }
    return text;
}

} // namespace

std::string shortKernelName(std::string_view name)
{
    std::string whole = withoutAnonymous(name);
    if (whole.starts_with(kVoid))
    {
        whole.erase(0, kVoid.size());
    }
    std::string text;
    int depth = 0;
    for (const char letter : whole)
    {
        if (depth == 0 && letter == '(')
        {
            break;
        }
        depth += letter == '<' ? 1 : 0;
        if (depth == 0)
        {
            text += letter;
        }
        depth -= letter == '>' ? 1 : 0;
        if (depth < 0) // an operator's name, or none of C++
        {
            return std::string(name);
        }
    }
    return depth == 0 && !text.empty() ? text : std::string(name);
}

} // namespace headroom
