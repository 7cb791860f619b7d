// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gate/gate_verdict.h"
#include "core/report/format.h"
#include "core/report/table.h"

#include <string>
#include <string_view>

namespace headroom
{

/// A gate's verdict in one format each; JSON is to_json() of it.

/// For continuous integration: JUnit XML with one suite of cases and one of checks, as Jenkins (junit-10.xsd of its
/// xUnit plug-in), GitLab and the report actions of GitHub read it. A case that fails is a `failure`, one that cannot
/// be told of is `skipped`, each with its sentences as text; `time` is the candidate's time of one run in seconds. What
/// may not stand in XML 1.0 becomes U+FFFD.
std::string writeGateJunit(const GateVerdict& verdict);

/// A summary for the page of a job: the answer, its reasons, a table of what is not simply as before (thirty rows at
/// most), what differs in the circumstances, and the runs.
std::string writeGateMarkdown(const GateVerdict& verdict);

/// How the root of the JUnit XML begins, by which it is known again.
inline constexpr std::string_view kJunitRoot = "<testsuites name=\"headroom gate\"";

/// Whether \a text, the whole of a file, was written by one of the two above: JUnit by the name of its root, Markdown
/// by a comment at its end.
bool isGateOutput(std::string_view text);

/// The same for a terminal, with a row for every case.
std::string writeGateText(const GateVerdict& verdict, const Format& format, const TextLayout& layout);

} // namespace headroom
