// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

/// Random numbers for simulations that come out alike with every standard library, whose distributions may differ.
class Noise
{
public:
    explicit Noise(std::uint64_t seed) : m_engine(seed) {}

    /// In (0, 1).
    double uniform() { return (static_cast<double>(m_engine() >> 11U) + 0.5) * 0x1p-53; }

    /// Mean 0, deviation 1 (Box and Muller).
    double normal() { return std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * std::numbers::pi * uniform()); }

    /// Student's t with 3 degrees of freedom: tails heavy enough to have no fourth moment.
    double student3()
    {
        const double a = normal();
        const double b = normal();
        const double c = normal();
        return normal() / std::sqrt((a * a + b * b + c * c) / 3.0);
    }

private:
    std::mt19937_64 m_engine;
};
