// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/thresholds.h"

#include "core/encoding/whole_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

namespace headroom
{
namespace
{

/// What a gate is there to test.
constexpr std::array<std::string_view, 15> kTested{
    "headroomVersion", "gitHash",       "gitDirty",     "libtorchVersion",     "cudaVersion",
    "cudaBuilt",       "cudaAvailable", "cudaProblem",  "cudaRuntimeVersion",  "driverCudaVersion",
    "driverVersion",   "cudnnVersion",  "sdpaPriority", "device.cudnnVersion", "operatingSystem"};

bool matches(const std::string& pattern, const std::string& text)
{
    return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

/// An object whose keys are taken one by one; what is left at the end is not known.
class Keys
{
public:
    Keys(const Json& json, std::string path) : m_json(json), m_path(std::move(path))
    {
        if (!json.is_object())
        {
            throw std::invalid_argument(m_path.empty() ? "thresholds are a JSON object, {...}"
                                                       : fmt::format("'{}' is a JSON object, {{...}}", m_path));
        }
    }

    const Json* take(const std::string& key)
    {
        m_known.push_back(key);
        const auto found = m_json.find(key);
        return found == m_json.end() ? nullptr : &*found;
    }

    std::string pathOf(const std::string& key) const { return m_path.empty() ? key : m_path + "." + key; }

    /// A number with \a least <= x <= \a most, or without its ends where \a open.
    template <typename Target>
    void number(const std::string& key, Target& target, double least, double most, bool open = false)
    {
        const Json* value = take(key);
        if (value == nullptr)
        {
            return;
        }
        const double found = value->is_number() ? value->template get<double>() : std::nan("");
        if (!(open ? found > least && found < most : found >= least && found <= most))
        {
            throw std::invalid_argument(
                std::isinf(most)
                    ? fmt::format("'{}' is a number of at least {}, not {}", pathOf(key), least, value->dump())
                    : fmt::format("'{}' is a number {} {} and {}, not {}", pathOf(key), open ? "between" : "from",
                                  least, most, value->dump()));
        }
        target = found;
    }

    template <typename Target> void truth(const std::string& key, Target& target)
    {
        if (const Json* value = take(key))
        {
            if (!value->is_boolean())
            {
                throw std::invalid_argument(fmt::format("'{}' is true or false, not {}", pathOf(key), value->dump()));
            }
            target = value->template get<bool>();
        }
    }

    template <typename Target> void accuracy(const std::string& key, Target& target)
    {
        if (const Json* value = take(key))
        {
            const auto found =
                value->is_string() ? fromString<AccuracyVerdict>(value->get<std::string>()) : std::nullopt;
            if (!found)
            {
                throw std::invalid_argument(
                    fmt::format("'{}' is one of {}, not {}", pathOf(key), namesOf<AccuracyVerdict>(), value->dump()));
            }
            target = *found;
        }
    }

    void text(const std::string& key, std::string& target)
    {
        if (const Json* value = take(key))
        {
            if (!value->is_string() || value->get<std::string>().empty())
            {
                throw std::invalid_argument(fmt::format("'{}' is a text, not {}", pathOf(key), value->dump()));
            }
            target = value->get<std::string>();
        }
    }

    void texts(const std::string& key, std::vector<std::string>& target)
    {
        const Json* value = take(key);
        if (value == nullptr)
        {
            return;
        }
        if (!value->is_array() ||
            !std::all_of(value->begin(), value->end(), [](const Json& one) { return one.is_string(); }))
        {
            throw std::invalid_argument(fmt::format("'{}' is a list of texts, not {}", pathOf(key), value->dump()));
        }
        target = value->get<std::vector<std::string>>();
    }

    void refuseOthers() const
    {
        for (const auto& [key, value] : m_json.items())
        {
            if (std::find(m_known.begin(), m_known.end(), key) == m_known.end())
            {
                throw std::invalid_argument(fmt::format("there is no key '{}' in thresholds; here there may be {}",
                                                        pathOf(key), fmt::join(m_known, ", ")));
            }
        }
    }

private:
    const Json& m_json;
    std::string m_path;
    std::vector<std::string> m_known;
};

constexpr double kAny = std::numeric_limits<double>::infinity();

template <typename Read> void readObject(Keys& parent, const std::string& key, const Read& read)
{
    if (const Json* json = parent.take(key))
    {
        Keys keys(*json, parent.pathOf(key));
        read(keys);
        keys.refuseOthers();
    }
}

CaseThresholds caseFromJson(const Json& json, const std::string& path)
{
    Keys keys(json, path);
    CaseThresholds result;
    keys.text("case", result.pattern);
    keys.text("where", result.where);
    keys.number("minimumEffect", result.minimumEffect, 0.0, kAny);
    keys.number("detectableEffect", result.detectableEffect, 0.0, kAny);
    keys.accuracy("tolerated", result.tolerated);
    keys.truth("backendMayChange", result.backendMayChange);
    keys.refuseOthers();
    if (result.pattern.empty() && result.where.empty())
    {
        throw std::invalid_argument(fmt::format(
            "'{}' needs 'case' (a description or id, with * and ?) or 'where' (as in `backend=flash`)", path));
    }
    if (!result.where.empty())
    {
        try
        {
            result.filter.add(result.where);
        }
        catch (const std::invalid_argument& error)
        {
            throw std::invalid_argument(fmt::format("'{}.where': {}", path, error.what()));
        }
    }
    return result;
}

void readCases(Keys& keys, std::vector<CaseThresholds>& cases)
{
    const Json* json = keys.take("cases");
    if (json == nullptr)
    {
        return;
    }
    if (!json->is_array())
    {
        throw std::invalid_argument("'cases' is a list, [...]");
    }
    for (std::size_t at = 0; at < json->size(); ++at)
    {
        cases.push_back(caseFromJson((*json)[at], fmt::format("cases[{}]", at)));
    }
}

void readVersion(Keys& keys)
{
    const Json* version = keys.take("version");
    if (version != nullptr && *version != Json(1))
    {
        throw std::invalid_argument(
            fmt::format("'version' is 1, not {}; a newer Headroom may read this file", version->dump()));
    }
}

/// Of a key that is there twice only one would count, and no reader sees which.
void refuseTwice(std::string_view text)
{
    std::vector<std::set<std::string>> open;
    const auto look = [&open](int /*depth*/, Json::parse_event_t event, Json& parsed)
    {
        if (event == Json::parse_event_t::object_start)
        {
            open.emplace_back();
        }
        else if (event == Json::parse_event_t::object_end)
        {
            open.pop_back();
        }
        else if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
        {
            throw std::invalid_argument(fmt::format("'{}' is there twice", parsed.get<std::string>()));
        }
        return true;
    };
    [[maybe_unused]] const Json whole = Json::parse(text, look);
}

bool contains(const std::vector<std::string>& patterns, const std::string& name)
{
    return std::any_of(patterns.begin(), patterns.end(),
                       [&name](const std::string& pattern) { return matches(pattern, name); });
}

} // namespace

bool CaseThresholds::means(const Case& measured) const
{
    const bool byName = pattern.empty() || pattern == measured.id() || matches(pattern, describe(measured));
    const bool isCall = std::holds_alternative<AttentionProblem>(measured.subject);
    return byName && (where.empty() || (isCall && filter.keeps(measured)));
}

bool meansCircumstance(const std::string& pattern, const std::string& name)
{
    return matches(pattern, name);
}

CaseThresholds GateThresholds::of(const Case& measured) const
{
    CaseThresholds result;
    result.minimumEffect = time.minimumEffect;
    result.detectableEffect = detectableEffect;
    result.tolerated = tolerated;
    result.backendMayChange = backendMayChange;
    for (const CaseThresholds& one : cases)
    {
        if (one.means(measured))
        {
            result.minimumEffect = one.minimumEffect ? one.minimumEffect : result.minimumEffect;
            result.detectableEffect = one.detectableEffect ? one.detectableEffect : result.detectableEffect;
            result.tolerated = one.tolerated ? one.tolerated : result.tolerated;
            result.backendMayChange = one.backendMayChange ? one.backendMayChange : result.backendMayChange;
        }
    }
    return result;
}

bool GateThresholds::mayDiffer(std::string_view name) const
{
    const std::string text(name);
    return contains(allowed, text) ||
           (std::find(kTested.begin(), kTested.end(), name) != kTested.end() && !contains(refused, text));
}

GateThresholds thresholdsFromText(std::string_view text)
{
    const Json json = parseJson(text);
    refuseTwice(text);
    Keys keys(json, {});
    GateThresholds result;
    readVersion(keys);
    readObject(keys, "time",
               [&result](Keys& time)
               {
                   time.number("minimumEffect", result.time.minimumEffect, 0.0, kAny);
                   time.number("falseDiscoveryRate", result.time.falseDiscoveryRate, 0.0, 1.0, true);
                   time.number("confidence", result.time.confidence, 0.0, 1.0, true);
                   time.truth("commonShiftFails", result.commonShiftFails);
               });
    readObject(keys, "accuracy",
               [&result](Keys& accuracy)
               {
                   accuracy.accuracy("tolerated", result.tolerated);
                   accuracy.truth("checks", result.checks);
               });
    readObject(keys, "backend", [&result](Keys& backend) { backend.truth("mayChange", result.backendMayChange); });
    readObject(keys, "cannotTell",
               [&result](Keys& cannotTell)
               {
                   cannotTell.number("detectableEffect", result.detectableEffect, 0.0, kAny);
                   cannotTell.number("detectableLimit", result.detectableLimit, 0.0, kAny);
                   cannotTell.number("fasterLimit", result.fasterLimit, 1.0, kAny);
                   cannotTell.number("share", result.cannotTellShare, 0.0, 1.0);
               });
    readObject(keys, "circumstances",
               [&result](Keys& circumstances)
               {
                   circumstances.texts("allow", result.allowed);
                   circumstances.texts("refuse", result.refused);
               });
    readCases(keys, result.cases);
    keys.refuseOthers();
    return result;
}

GateThresholds readThresholds(const std::filesystem::path& file)
{
    const std::string text = wholeFile(file);
    try
    {
        return thresholdsFromText(text);
    }
    catch (const std::invalid_argument& error)
    {
        throw std::runtime_error(fmt::format("{}: {}.", file.string(), error.what()));
    }
}

void to_json(Json& json, const GateThresholds& thresholds)
{
    Json cases = Json::array();
    for (const CaseThresholds& one : thresholds.cases)
    {
        Json row = Json::object();
        const auto add = [&row](const char* key, const auto& value)
        {
            if (value)
            {
                row[key] = *value;
            }
        };
        if (!one.pattern.empty())
        {
            row["case"] = one.pattern;
        }
        if (!one.where.empty())
        {
            row["where"] = one.where;
        }
        add("minimumEffect", one.minimumEffect);
        add("detectableEffect", one.detectableEffect);
        add("tolerated", one.tolerated);
        add("backendMayChange", one.backendMayChange);
        cases.push_back(std::move(row));
    }
    Json time = thresholds.time;
    time["commonShiftFails"] = thresholds.commonShiftFails;
    json = Json{{"version", 1},
                {"time", std::move(time)},
                {"accuracy", {{"tolerated", thresholds.tolerated}, {"checks", thresholds.checks}}},
                {"backend", {{"mayChange", thresholds.backendMayChange}}},
                {"cannotTell",
                 {{"detectableEffect", thresholds.detectableEffect},
                  {"detectableLimit", thresholds.detectableLimit},
                  {"fasterLimit", thresholds.fasterLimit},
                  {"share", thresholds.cannotTellShare}}},
                {"circumstances", {{"allow", thresholds.allowed}, {"refuse", thresholds.refused}}},
                {"cases", std::move(cases)}};
}

} // namespace headroom
