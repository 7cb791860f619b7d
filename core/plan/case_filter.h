// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Which cases of a sweep are kept: those that meet every term.
///
///     TERM[,TERM...]     TERM is NAME OP VALUE, with = or != and one value or several: backend=flash,cudnn
///                        numbers also with < <= > >= and one value: seq>=4k
///
/// Names are backend, pass, launch, l2, dtype, mask, layout (words); batch, heads, kv-heads, seq, kv-len, head-dim,
/// head-dim-v, dropout (numbers). Values are written as the flags of a sweep write them.
class CaseFilter
{
public:
    /// Adds the terms of \a text. \throws std::invalid_argument with a sentence's beginning that lists the names, or
    /// says what is wrong with a value.
    void add(std::string_view text);

    /// Whether \a value, a case of an attention call, is kept; other cases always are.
    bool keeps(const Case& value) const;

    bool empty() const { return m_terms.empty(); }
    bool operator==(const CaseFilter&) const = default;

    /// All names, with commas.
    static std::string names();

private:
    enum class Operator
    {
        Equal,
        Unequal,
        Less,
        AtMost,
        Greater,
        AtLeast
    };

    struct Term
    {
        std::string name;
        Operator op = Operator::Equal;
        std::vector<std::string> words; ///< of a name with words
        std::vector<double> numbers;    ///< of a name with numbers

        bool operator==(const Term&) const = default;
    };

    static Term startTerm(std::string_view piece, std::size_t at);
    static void addValue(Term& term, std::string_view value);
    static bool holds(const Term& term, const Case& value);

    std::vector<Term> m_terms;
};

} // namespace headroom
