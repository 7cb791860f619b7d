// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace headroom::cli
{

/// The parser's complaints as sentences of ours.

/// What is wrong with the command line, and where its help is.
std::string sentenceFor(const CLI::App& program, const CLI::ParseError& error);

/// The words of the command line that no command and no option took, as a sentence with the nearest one there is; empty
/// when all were taken.
std::string misuse(const CLI::App& program);

/// Prints each line of \a text on standard error behind the program's name. Returns the status for it, 3.
int complain(const std::string& text);

} // namespace headroom::cli
