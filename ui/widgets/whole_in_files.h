// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace headroom::ui
{

/// The property of a table that is shown with all its rows and columns in pictures and documents, where nobody can
/// scroll. Others are excerpts there: a ledger has thousands of rows.
inline constexpr char kWholeInFiles[] = "wholeInFiles";

} // namespace headroom::ui
