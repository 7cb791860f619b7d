// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/html_report.h"

#include "core/report/answer.h"
#include "core/report/inspection_tables.h"
#include "core/report/kernel_table.h"
#include "core/report/projection.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "core/report/repro.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// The colours are those of the desktop's theme (ui/theme/theme.cpp), which core cannot see.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--page:#f6f7f9;--panel:#fff;--line:#dde1e7;--text:#1b1f27;--secondary:#5b6472;
--accent:#2458c6;--good:#1b7f4b;--caution:#a86200;--bad:#b3261e;--code:#ecf2fd}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--panel:#1c2027;--line:#2e343e;--text:#e9ecf1;
--secondary:#9aa3b2;--accent:#7aa2ff;--good:#58c48a;--caution:#f0b35a;--bad:#ff8a80;--code:#242c3d}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);
font:14px/1.5 Inter,"Segoe UI",system-ui,sans-serif}
main,header,footer{max-width:1200px;margin:0 auto;padding:0 24px}header{padding-top:32px}
h1{font-size:26px;line-height:1.3;margin:4px 0 12px}h2{font-size:19px;margin:36px 0 12px}h3{font-size:14px;margin:18px 0 8px}
p,li,footer{color:var(--secondary)}header p.name,footer{font-size:13px}
section>div.scroll{overflow-x:auto;background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:0 0 12px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 12px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}th{color:var(--secondary);font-weight:500;white-space:nowrap}
.r{text-align:right}td.r{white-space:nowrap}
.good{color:var(--good)}.caution{color:var(--caution)}.bad{color:var(--bad)}.muted{color:var(--secondary)}
.charts{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0;flex:0 1 auto;max-width:100%}figure img{max-width:100%;height:auto;display:block}
article{background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--caution);border-radius:8px;
padding:12px 16px;margin:0 0 12px}article.good{border-left-color:var(--good);color:inherit}
article.bad{border-left-color:var(--bad);color:inherit}article h3{margin:0 0 4px}article p{margin:4px 0}
pre{background:var(--code);border-radius:4px;padding:8px 12px;overflow-x:auto;font:12px/1.5 "DejaVu Sans Mono",monospace}
details{margin:12px 0}summary{cursor:pointer;color:var(--accent)}
@media print{body{background:#fff}section{break-inside:avoid}}
)";

std::string_view classOf(Tone tone)
{
    switch (tone)
    {
    case Tone::Good:
        return "good";
    case Tone::Caution:
        return "caution";
    case Tone::Bad:
        return "bad";
    case Tone::Muted:
        return "muted";
    case Tone::Plain:
        break;
    }
    return "";
}

std::string attribute(Align align, Tone tone)
{
    std::string classes{classOf(tone)};
    if (align == Align::Right)
    {
        classes += classes.empty() ? "r" : " r";
    }
    return classes.empty() ? classes : fmt::format(" class=\"{}\"", classes);
}

std::string htmlTable(const Table& table)
{
    std::string html = table.title.empty() ? "" : fmt::format("<h3>{}</h3>\n", htmlEscaped(table.title));
    html += "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>";
    for (const auto& column : table.columns)
    {
        html += fmt::format("<th scope=\"col\"{}>{}</th>", attribute(column.align, Tone::Plain),
                            htmlEscaped(column.header));
    }
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows)
    {
        html += "<tr>";
        for (std::size_t at = 0; at < row.size() && at < table.columns.size(); ++at)
        {
            html += fmt::format("<td{}>{}</td>", attribute(table.columns[at].align, row[at].tone),
                                htmlEscaped(row[at].text));
        }
        html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
    for (const auto& note : table.notes)
    {
        html += fmt::format("<p>{}</p>\n", htmlEscaped(note));
    }
    return html;
}

std::string section(std::string_view title, const std::vector<Table>& tables)
{
    if (tables.empty())
    {
        return {};
    }
    std::string html = fmt::format("<section>\n<h2>{}</h2>\n", htmlEscaped(title));
    for (const auto& table : tables)
    {
        html += htmlTable(table);
    }
    return html + "</section>\n";
}

std::string skipped(const Report& report, Stage stage, std::string_view title)
{
    return isSkipped(report, stage) ? fmt::format("<section><h2>{}</h2><p>Skipped, as asked.</p></section>\n", title)
                                    : std::string();
}

std::string chartsOf(const std::vector<HtmlChart>& charts)
{
    std::string html;
    for (std::size_t at = 0; at < charts.size(); ++at)
    {
        const HtmlChart& chart = charts[at];
        if (at == 0 || charts[at - 1].section != chart.section)
        {
            html += fmt::format("{}<section>\n<h2>{}</h2>\n<div class=\"charts\">\n",
                                at == 0 ? "" : "</div>\n</section>\n", htmlEscaped(chart.section));
        }
        html += fmt::format("<figure><picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"{}\">"
                            "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\"></picture></figure>\n",
                            chart.darkUri, chart.lightUri, chart.width, chart.height,
                            htmlEscaped(chart.title + ". " + chart.description));
    }
    return html.empty() ? html : html + "</div>\n</section>\n";
}

std::string code(const std::string& text)
{
    return text.empty() ? text : fmt::format("<pre><code>{}</code></pre>\n", htmlEscaped(text));
}

std::string recommendations(const Report& report)
{
    std::string html;
    for (const auto& advice : report.recommendations)
    {
        const std::string_view tone = advice.severity == Severity::Good      ? "good"
                                      : advice.severity == Severity::Problem ? "bad"
                                                                             : "caution";
        html += fmt::format("<article class=\"{}\"><h3>{}</h3><p>{}</p>\n", tone, htmlEscaped(advice.title),
                            htmlEscaped(advice.why));
        html += advice.gainText.empty() ? ""
                                        : fmt::format("<p><strong>{}{}</strong></p>\n", advice.gain ? "Gain: " : "",
                                                      htmlEscaped(advice.gainText));
        html += code(advice.python) + code(advice.cpp);
        html += advice.undo.empty() ? "" : fmt::format("<p>{}</p>\n", htmlEscaped(advice.undo));
        html += "</article>\n";
    }
    return html.empty() ? html : "<section>\n<h2>Recommendations</h2>\n" + html + "</section>\n";
}

std::string repro(const Report& report)
{
    const std::string lines = reproLines(report);
    return lines.empty() ? lines
                         : fmt::format("<details><summary>The command line that measures each case again</summary>"
                                       "<pre><code>{}</code></pre></details>\n",
                                       htmlEscaped(lines));
}

std::string warnings(const Report& report)
{
    std::string items;
    for (const auto& line : report.log)
    {
        if (line.level != LogLevel::Info)
        {
            items += fmt::format("<li>{}: {}</li>\n", toString(line.level), htmlEscaped(line.text));
        }
    }
    return items.empty() ? items : "<section>\n<h2>Warnings</h2>\n<ul>\n" + items + "</ul>\n</section>\n";
}

std::string header(const Report& report, const Format& format)
{
    std::string html = fmt::format("<header>\n<p class=\"name\">Headroom {} · {} · {}</p>\n<h1>{}</h1>\n",
                                   htmlEscaped(report.headroomVersion), htmlEscaped(report.plan.command),
                                   htmlEscaped(report.startedUtc), htmlEscaped(answerOf(report, format)));
    std::string reasons;
    for (const auto& reason : furtherReasons(report, format))
    {
        reasons += fmt::format("<li>{}</li>\n", htmlEscaped(reason));
    }
    return html + (reasons.empty() ? "" : "<ul>\n" + reasons + "</ul>\n") + "</header>\n";
}

std::string tables(const Report& report, const Format& format)
{
    auto hardware = hardwareTables(report, format, Detail::Full);
    if (report.peaks)
    {
        hardware.push_back(peaksTable(*report.peaks, format));
    }
    return section("Model", modelTables(report, format)) +
           section("Findings", auditTables(report, format, Detail::Full)) +
           section("Backends", kernelSummaryTables(report, format)) + section("Kernels", kernelTables(report, format)) +
           section("Compatibility", compatibilityTables(report, format, Detail::Full)) +
           skipped(report, Stage::Accuracy, "Accuracy") +
           section("Accuracy", accuracyTables(report, format, Detail::Full)) +
           skipped(report, Stage::Performance, "Performance") +
           section("A against B", abTables(report, format, Detail::Full)) +
           section("Performance", performanceTables(report, format, Detail::Full)) +
           section("Projection", projectionTables(report, format)) + section("Against the hardware", hardware) +
           section("Where memory ends", frontierTables(report, format)) +
           section("Sweeps", sweepTables(report, format)) +
           section("Checks", checkTables(report, format, Detail::Full)) +
           section("What did not pass", unfinishedTables(report, format));
}

} // namespace

std::string htmlEscaped(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (const char one : text)
    {
        switch (one)
        {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        default:
            escaped += one;
        }
    }
    return escaped;
}

std::string writeHtmlReport(const Report& report, const std::vector<HtmlChart>& charts)
{
    const Format format;
    std::string html = fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                   "<title>Headroom: {}</title>\n<style>{}</style>\n</head>\n<body>\n",
                                   htmlEscaped(spaced(toString(report.conclusion))), kStyle);
    html += header(report, format) + "<main>\n" + chartsOf(charts) + recommendations(report) + tables(report, format) +
            repro(report) + warnings(report);
    const auto circumstances = circumstancesTable(report, format, Detail::Full);
    html += circumstances.rows.empty() ? std::string() : section("Circumstances", {circumstances});
    return html + "</main>\n<footer><p>A percentile is shown only where enough samples support it; \"median, 95 %\" is "
                  "the median with its distribution-free interval, and a speed-up is the median over interleaved "
                  "rounds with its interval.</p></footer>\n</body>\n</html>\n";
}

} // namespace headroom
