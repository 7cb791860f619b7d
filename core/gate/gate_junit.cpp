// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_writers.h"

#include <cstdint>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr const char* kReplacement = "\xEF\xBF\xBD"; // U+FFFD

/// A character of UTF-8 text and how many bytes it takes; nothing where the bytes are no character.
struct Character
{
    std::uint32_t code = 0;
    std::size_t bytes = 0;
};

Character characterAt(std::string_view text, std::size_t at)
{
    const auto byte = [text](std::size_t where) -> std::uint32_t { return static_cast<unsigned char>(text[where]); };
    const std::uint32_t first = byte(at);
    const std::size_t more = first < 0x80U          ? 0U
                             : first >> 5U == 0x6U  ? 1U
                             : first >> 4U == 0xEU  ? 2U
                             : first >> 3U == 0x1EU ? 3U
                                                    : 4U;
    if (more > 3 || at + more >= text.size())
    {
        return {};
    }
    std::uint32_t code = more == 0 ? first : first & (0x3FU >> more);
    for (std::size_t next = 1; next <= more; ++next)
    {
        if (byte(at + next) >> 6U != 0x2U)
        {
            return {};
        }
        code = (code << 6U) | (byte(at + next) & 0x3FU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000}; // a longer form than needed is none
    return code < kLeast[more] ? Character{} : Character{code, more + 1};
}

/// The characters of XML 1.0, section 2.2.
bool isXml(std::uint32_t code)
{
    return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
           (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

/// \a text for an element or an attribute in double quotes.
std::string escaped(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();)
    {
        const Character character = characterAt(text, at);
        const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
        switch (character.code)
        {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\n': // in an attribute a parser would make a blank of it
            result += "&#10;";
            break;
        case '\r':
            result += "&#13;";
            break;
        case '\t':
            result += "&#9;";
            break;
        default:
            result += character.bytes > 0 && isXml(character.code) ? text.substr(at, bytes) : kReplacement;
        }
        at += bytes;
    }
    return result;
}

std::string joined(const std::vector<std::string>& lines)
{
    return fmt::format("{}", fmt::join(lines, "\n"));
}

std::string element(const char* name, const std::vector<std::string>& why, const std::string& type)
{
    return fmt::format("      <{} message=\"{}\"{}>{}</{}>\n", name, escaped(why.front()),
                       type.empty() ? "" : fmt::format(" type=\"{}\"", type), escaped(joined(why)), name);
}

/// What kind of failure, for those who filter by it.
std::string typeOf(const GateCase& one)
{
    return one.timeJudged && one.time.verdict == ComparisonVerdict::Slower ? "slower" : "broken";
}

std::string testCase(const std::string& suite, const std::string& name, double seconds, const GateFindings& findings,
                     const std::string& failureType)
{
    std::string inside;
    switch (findings.status())
    {
    case GateStatus::Failed:
        inside += element("failure", findings.failures, failureType);
        break;
    case GateStatus::CannotTell:
        inside += element("skipped", findings.doubts, {});
        break;
    case GateStatus::Passed:
        break;
    }
    std::vector<std::string> said = findings.notes;
    if (findings.status() == GateStatus::Failed)
    {
        said.insert(said.end(), findings.doubts.begin(), findings.doubts.end());
    }
    if (!said.empty())
    {
        inside += fmt::format("      <system-out>{}</system-out>\n", escaped(joined(said)));
    }
    const std::string start = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.9f}\"", escaped(suite),
                                          escaped(name), seconds);
    return inside.empty() ? start + "/>\n" : start + ">\n" + inside + "    </testcase>\n";
}

template <typename Rows> std::size_t countOf(const Rows& rows, GateStatus status)
{
    std::size_t count = 0;
    for (const auto& row : rows)
    {
        count += row.status() == status ? 1 : 0;
    }
    return count;
}

template <typename Rows>
std::string suiteStart(const std::string& name, const Rows& rows, double seconds, const std::string& properties)
{
    return fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
                       "time=\"{:.9f}\">\n{}",
                       escaped(name), rows.size(), countOf(rows, GateStatus::Failed),
                       countOf(rows, GateStatus::CannotTell), seconds, properties);
}

std::string property(const std::string& name, const std::string& value)
{
    return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", escaped(name), escaped(value));
}

std::string propertiesOf(const GateVerdict& verdict)
{
    std::string text = "    <properties>\n";
    text += property("conclusion", std::string(toString(verdict.conclusion)));
    text += property("reasons", joined(verdict.reasons));
    text += property("baseline runs", fmt::format("{}", fmt::join(verdict.baselineRuns, " ")));
    text += property("candidate runs", fmt::format("{}", fmt::join(verdict.candidateRuns, " ")));
    for (const GateDifference& one : verdict.differences)
    {
        text += property("differs: " + one.difference.name, one.difference.first + " / " + one.difference.second);
    }
    if (!verdict.notes.empty())
    {
        text += property("notes", joined(verdict.notes));
    }
    return text + "    </properties>\n";
}

/// Of a gate that cannot tell: its reasons may be of no case, as when times are not compared or it was cancelled, and a
/// file without a failure and without a skipped case is a pass to whoever reads it.
std::vector<GateCheck> wholeGate(const GateVerdict& verdict)
{
    if (verdict.conclusion != Conclusion::CannotTell)
    {
        return {};
    }
    GateCheck whole;
    whole.title = "gate";
    whole.findings.doubts = verdict.reasons;
    if (verdict.reasons.empty())
    {
        whole.findings.doubts.emplace_back("The gate cannot tell.");
    }
    return {whole};
}

double secondsOf(const GateCase& one)
{
    return one.candidate.medianNs.value_or(0.0) * 1e-9;
}

std::string checksSuite(const std::string& name, const std::vector<GateCheck>& checks)
{
    std::string text = suiteStart(name, checks, 0, {});
    for (const GateCheck& one : checks)
    {
        text += testCase(name, one.title, 0, one.findings, "changed");
    }
    return text + "  </testsuite>\n";
}

} // namespace

std::string writeGateJunit(const GateVerdict& verdict)
{
    const std::string suite = "headroom." + verdict.baseline;
    double seconds = 0;
    std::map<std::string, int> titles; // a name names one case
    for (const GateCase& one : verdict.cases)
    {
        seconds += secondsOf(one);
        ++titles[one.title];
    }
    const std::vector<GateCheck> whole = wholeGate(verdict);
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("{} tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.9f}\">\n", kJunitRoot,
                        verdict.cases.size() + verdict.checks.size() + whole.size(),
                        verdict.count(GateStatus::Failed) + verdict.checksThat(GateStatus::Failed), seconds);
    text += suiteStart(suite + ".cases", verdict.cases, seconds, propertiesOf(verdict));
    for (const GateCase& one : verdict.cases)
    {
        const std::string name = titles[one.title] > 1 ? fmt::format("{} [{}]", one.title, one.id) : one.title;
        text += testCase(suite + ".cases", name, secondsOf(one), one.findings, typeOf(one));
    }
    text += "  </testsuite>\n" + checksSuite(suite + ".checks", verdict.checks);
    if (!whole.empty())
    {
        text += checksSuite(suite + ".gate", whole);
    }
    return text + "</testsuites>\n";
}

} // namespace headroom
