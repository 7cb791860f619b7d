// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"

#include <string>
#include <utility>

namespace headroom
{

/// A table of facts, a label and a value a row; facts that are not known are left out.
class FactRows
{
public:
    void add(std::string label, std::string value)
    {
        if (!value.empty())
        {
            table.rows.push_back({Cell(std::move(label), Tone::Muted), Cell(std::move(value))});
        }
    }
    Table table;
};

} // namespace headroom
