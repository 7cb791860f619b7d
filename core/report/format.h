// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/statistics.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom
{

/// \a text with a question mark for each character that would steer a terminal: names come from files of others.
std::string printable(std::string_view text);

/// How figures become text, for every screen, report and terminal. Nothing else turns a number into words.
///
/// Figures have three significant digits, fewer where the interval does not allow them, thin-space thousands, and
/// always a unit. What is missing is a dash. \ref ascii keeps to 7-bit characters ("us", "x", "+/-", "1,024", "-"), for
/// terminals without UTF-8.
class Format
{
public:
    explicit Format(bool ascii = false) : m_ascii(ascii) {}
    bool ascii() const { return m_ascii; }

    /// "4.88 ms", "812 ns", "1.25 s", "2 min 05 s" from two minutes on.
    std::string duration(double ns) const;
    std::string duration(const std::optional<double>& ns) const;

    /// "4.8812 ms": one sample as it was read, with five digits, so that samples that are alike can be told apart.
    std::string sample(double ns) const;

    /// "4.88 ms ± 0.02 ms": as many decimals as \a halfWidthNs allows, at most three digits; the half-width is rounded
    /// up, so that it never promises more than was measured.
    std::string durationWithin(double ns, double halfWidthNs) const;

    /// "4.88 ms (4.86 – 4.91)", the interval in the value's unit; "4.88 ms ± 0.1 %" where its ends look the same.
    std::string duration(double ns, const std::optional<Interval>& interval) const;

    /// "1.32×" and "1.32× (1.30 – 1.34)", or "1.32× ± 0.1 %" where the ends look the same. From 100 on without
    /// decimals, below 0.1 with two digits: "0.0034×".
    std::string ratio(double value) const;
    std::string ratio(double value, const std::optional<Interval>& interval) const;

    /// "854 MiB", "1.25 GiB", "12 B".
    std::string bytes(double value) const;
    std::string bytes(const std::optional<double>& value) const;

    /// "163 085 905" with thin spaces.
    std::string count(std::int64_t value) const;

    /// "819 samples/s", "104 900 tokens/s": three digits, and four from a thousand on.
    std::string rate(double value, std::string_view unit) const;

    /// "4.2 %" of a share between 0 and 1.
    std::string percent(double share) const;

    /// "4.77e-06"; 0 is "0".
    std::string error(double value) const;

    /// "2.46 GFLOP", "1.2 TFLOP/s" with \a unit appended to the metric prefix.
    std::string metric(double value, std::string_view unit) const;

    /// The value of a percentile, or "needs 11 more".
    std::string quantile(const HonestQuantile& quantile) const;

    /// "11 more samples", "1 sample": count with noun, "s" for more than one.
    std::string plural(std::int64_t value, std::string_view noun) const;

    std::string dash() const { return m_ascii ? "-" : "–"; }
    std::string times() const { return m_ascii ? "x" : "×"; }
    std::string plusMinus() const { return m_ascii ? "+/-" : "±"; }
    std::string pass() const { return m_ascii ? "ok" : "✓"; }
    std::string fail() const { return m_ascii ? "FAIL" : "✗"; }

    /// \a text with the characters that this unit uses replaced by ASCII ones where ascii() is set, and any other
    /// character beyond ASCII by '?'. Unchanged otherwise.
    std::string plain(std::string_view text) const;

private:
    std::string within(std::string_view unit, double value, const Interval& interval, int decimals) const;
    bool m_ascii = false;
};

/// \a text as a sentence begins. Backends are written small, sentences are not; cuDNN keeps its own spelling.
std::string capitalised(std::string text);

/// Number of terminal columns of UTF-8 \a text, one a code point: this unit uses no wide and no combining characters.
std::size_t displayWidth(std::string_view text);

} // namespace headroom
