// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/case_filter.h"

#include "core/plan/number_list.h"
#include "core/plan/sweep_mask.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// A property whose values are words. \ref canonical reads a value as the command line does.
struct WordField
{
    std::string_view name;
    std::string (*of)(const Case&, const AttentionProblem&);
    std::string (*canonical)(std::string_view);
};

struct NumberField
{
    std::string_view name;
    double (*of)(const AttentionProblem&);
};

template <NamedEnum E> std::string canonicalName(std::string_view text)
{
    return std::string(toString(parseEnum<E>(text)));
}

const std::array kWordFields{
    WordField{"backend",
              [](const Case& value, const AttentionProblem&) { return std::string(toString(value.backend)); },
              canonicalName<Backend>},
    WordField{"pass", [](const Case& value, const AttentionProblem&) { return std::string(toString(value.pass)); },
              canonicalName<Pass>},
    WordField{"launch", [](const Case& value, const AttentionProblem&) { return std::string(toString(value.launch)); },
              canonicalName<Launch>},
    WordField{"l2", [](const Case& value, const AttentionProblem&) { return std::string(toString(value.l2)); },
              canonicalName<L2State>},
    WordField{"dtype",
              [](const Case&, const AttentionProblem& problem) { return std::string(toString(problem.dtype)); },
              canonicalName<DType>},
    WordField{"mask", [](const Case&, const AttentionProblem& problem) { return toText(maskOf(problem)); },
              [](std::string_view text) { return toText(parseSweepMask(text)); }},
    WordField{"layout",
              [](const Case&, const AttentionProblem& problem) { return std::string(toString(problem.layout)); },
              canonicalName<Layout>}};

template <auto Member> double sizeOf(const AttentionProblem& problem)
{
    return static_cast<double>(problem.*Member);
}

constexpr std::array kNumberFields{NumberField{"batch", sizeOf<&AttentionProblem::batch>},
                                   NumberField{"heads", sizeOf<&AttentionProblem::queryHeads>},
                                   NumberField{"kv-heads", sizeOf<&AttentionProblem::kvHeads>},
                                   NumberField{"seq", sizeOf<&AttentionProblem::queryLength>},
                                   NumberField{"kv-len", sizeOf<&AttentionProblem::kvLength>},
                                   NumberField{"head-dim", sizeOf<&AttentionProblem::headDimQk>},
                                   NumberField{"head-dim-v", sizeOf<&AttentionProblem::headDimV>},
                                   NumberField{"dropout", sizeOf<&AttentionProblem::dropout>}};

template <typename Fields> auto findField(const Fields& fields, std::string_view name)
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

double numberOf(std::string_view name, std::string_view text)
{
    if (name != "dropout")
    {
        return static_cast<double>(parseSize(text));
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
    {
        throw std::invalid_argument(fmt::format("'{}' is not a number", text));
    }
    return value;
}

} // namespace

std::string CaseFilter::names()
{
    std::string names;
    for (const auto& field : kWordFields)
    {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", field.name);
    }
    for (const auto& field : kNumberFields)
    {
        names += fmt::format(", {}", field.name);
    }
    return names;
}

CaseFilter::Term CaseFilter::startTerm(std::string_view piece, std::size_t at)
{
    Term term;
    term.name = piece.substr(0, at);
    const bool withEqual = at + 1 < piece.size() && piece[at + 1] == '=';
    switch (piece[at])
    {
    case '<':
        term.op = withEqual ? Operator::AtMost : Operator::Less;
        break;
    case '>':
        term.op = withEqual ? Operator::AtLeast : Operator::Greater;
        break;
    case '!':
        term.op = Operator::Unequal;
        break;
    default:
        term.op = Operator::Equal;
    }
    const bool isWord = findField(kWordFields, term.name) != nullptr;
    if (!isWord && findField(kNumberFields, term.name) == nullptr)
    {
        throw std::invalid_argument(fmt::format("'{}' is nothing to filter by; use one of {}", term.name, names()));
    }
    if (isWord && term.op != Operator::Equal && term.op != Operator::Unequal)
    {
        throw std::invalid_argument(
            fmt::format("'{}': {} has no order; use {}= or {}!=", piece, term.name, term.name, term.name));
    }
    if (piece[at] == '!' && !withEqual)
    {
        throw std::invalid_argument(fmt::format("'{}' is no condition; write it as pass!=backward", piece));
    }
    const bool twoLetters = withEqual && piece[at] != '=';
    addValue(term, piece.substr(at + (twoLetters ? 2 : 1)));
    return term;
}

void CaseFilter::addValue(Term& term, std::string_view value)
{
    if (const auto* field = findField(kWordFields, term.name))
    {
        term.words.push_back(field->canonical(value));
        return;
    }
    term.numbers.push_back(numberOf(term.name, value));
}

void CaseFilter::add(std::string_view text)
{
    const auto terms = m_terms.size();
    for (const auto piece : piecesOf(text, ','))
    {
        const auto at = piece.find_first_of("=!<>");
        if (at != std::string_view::npos)
        {
            m_terms.push_back(startTerm(piece, at));
            continue;
        }
        const bool takesMore =
            m_terms.size() > terms && (m_terms.back().op == Operator::Equal || m_terms.back().op == Operator::Unequal);
        if (!takesMore)
        {
            throw std::invalid_argument(
                fmt::format("'{}' is no condition; write NAME=VALUE, NAME!=VALUE or, for numbers, NAME>=VALUE", piece));
        }
        addValue(m_terms.back(), piece);
    }
    if (m_terms.size() == terms)
    {
        throw std::invalid_argument("there is no condition in it; write one as backend=flash");
    }
}

bool CaseFilter::holds(const Term& term, const Case& value)
{
    const auto& problem = std::get<AttentionProblem>(value.subject);
    if (const auto* field = findField(kWordFields, term.name))
    {
        const bool among =
            std::find(term.words.begin(), term.words.end(), field->of(value, problem)) != term.words.end();
        return among == (term.op == Operator::Equal);
    }
    const double number = findField(kNumberFields, term.name)->of(problem);
    const bool among = std::find(term.numbers.begin(), term.numbers.end(), number) != term.numbers.end();
    switch (term.op)
    {
    case Operator::Equal:
        return among;
    case Operator::Unequal:
        return !among;
    case Operator::Less:
        return number < term.numbers.front();
    case Operator::AtMost:
        return number <= term.numbers.front();
    case Operator::Greater:
        return number > term.numbers.front();
    case Operator::AtLeast:
        return number >= term.numbers.front();
    }
    return true;
}

bool CaseFilter::keeps(const Case& value) const
{
    return !std::holds_alternative<AttentionProblem>(value.subject) ||
           std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) { return holds(term, value); });
}

} // namespace headroom
