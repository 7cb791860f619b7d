// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/history/run_row.h"

#include <cstdint>
#include <optional>
#include <string>

namespace headroom
{

/// Which runs of the history are meant; each condition that is set must hold.
struct RunFilter
{
    std::string text;   ///< words; each is part of the id, name, title, command, preset, device, a tag or the note
    std::string device; ///< part of the device's name, or "cpu" or "cuda"
    std::string command;
    std::string tag;
    std::optional<DType> dtype;
    std::optional<RunState> state;
    std::optional<Conclusion> conclusion;
    std::string sinceUtc;               ///< "2026-11-23" or "2026-11-23T05:23": started then or later
    std::string untilUtc;               ///< likewise: started then or earlier, that day or minute included
    std::optional<std::int64_t> atMost; ///< the latest of those

    bool operator==(const RunFilter&) const = default;
};

} // namespace headroom
