// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace headroom::cli
{

/// Lets nobody who stops reading change what the program does or how it ends: what is written to standard output and
/// standard error behind a closed pipe (`… | head -1`) is dropped, without a signal and without an exception. A
/// descriptor that is closed from the start (`2>&-`) becomes /dev/null, so that no file that is opened later takes its
/// number, and with it what is meant for a reader.
///
/// Called once, before anything is printed. What is written to the C streams afterwards goes through it, whichever
/// thread and whichever part of the program writes.
void outliveReaders();

/// Writes what standard output still holds back. Why something that was printed is not where it should be, as a
/// sentence: a disk is full. Empty when all is, also where nobody read it.
std::string finishOutput();

} // namespace headroom::cli
