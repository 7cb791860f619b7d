// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace headroom::cli
{

/// Exit statuses besides those of Conclusion, whose numbers they share.
inline constexpr int kDone = 0;
inline constexpr int kSetUpFailed = 3;

/// A command of headroom-cli. It has declared its options on \ref app, which the program's parser owns; \ref run does
/// the work by what was read into them, and returns the exit status. \ref run throws SetUpError, or any std::exception
/// whose text is a sentence. \ref refused, where there is one, is told of a command line that is none.
struct Command
{
    CLI::App* app = nullptr;
    std::function<int()> run;
    std::function<void(const std::vector<std::string>& words)> refused{}; ///< instead, where they cannot be read
};

} // namespace headroom::cli
