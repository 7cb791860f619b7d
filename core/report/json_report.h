// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>
#include <string_view>

namespace headroom
{

/// The report as a JSON document (docs/report.md).
///
/// First the keys of the original tool with their types: compatibility_status, accuracy_metrics and performance_metrics
/// (null where that stage did not run), recommendations (strings), timestamp (ISO 8601 in UTC, without a zone as the
/// original writes it), model_info, and batch_size_scaling and seq_len_scaling where sizes were swept. They speak of
/// the best accepted fused backend, or of math where there is none; percentiles that n does not support are null. Then
/// ours: schema_version, circumstances, cases with all raw samples, judgements, and the rest under headroom.
std::string writeJsonReport(const Report& report);

/// Reads what writeJsonReport() wrote, from ours alone; the original's keys are for other readers. The result equals
/// the report that was written, but for NaN, which equals nothing. \throws std::invalid_argument with a sentence for a
/// text that is cut off, foreign, damaged or of a newer schema.
Report readJsonReport(std::string_view text);

/// Whether \a document is a report of Headroom, by its schema_version.
bool isHeadroomReport(const Json& document);

/// readJsonReport() of a document that is parsed already.
Report reportFromDocument(const Json& document);

/// parseJson() whose sentence says whether the text is cut off or no JSON at all.
Json parseReportText(std::string_view text);

} // namespace headroom
