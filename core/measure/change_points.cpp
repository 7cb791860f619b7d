// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/change_points.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>

namespace headroom
{
namespace
{

/// Sums over a growing set of values, known before as ranks: how many are below a rank, and their sum (Fenwick,
/// Software: Practice and Experience 24, 1994).
class PartialSums
{
public:
    explicit PartialSums(std::size_t size) : m_count(size + 1), m_sum(size + 1) {}

    void add(std::size_t rank, double value)
    {
        for (std::size_t i = rank + 1; i < m_count.size(); i += i & (~i + 1))
        {
            m_count[i] += 1;
            m_sum[i] += value;
        }
        m_allCount += 1;
        m_allSum += value;
    }

    /// Sum of |value - x| over the set; \a value has \a rank.
    double distanceTo(std::size_t rank, double value) const
    {
        double below = 0;
        double sumBelow = 0;
        for (std::size_t i = rank; i > 0; i -= i & (~i + 1))
        {
            below += m_count[i];
            sumBelow += m_sum[i];
        }
        return value * below - sumBelow + (m_allSum - sumBelow) - value * (m_allCount - below);
    }

private:
    std::vector<double> m_count;
    std::vector<double> m_sum;
    double m_allCount = 0;
    double m_allSum = 0;
};

/// The values of a segment as logarithms with their ranks; the order of the two is what is permuted.
struct Ranked
{
    std::vector<double> value;
    std::vector<std::size_t> rank;
};

Ranked rankedLogs(std::span<const double> values)
{
    Ranked ranked;
    for (const double value : values)
    {
        ranked.value.push_back(std::log(value));
    }
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ranked.value[a] < ranked.value[b]; });
    ranked.rank.resize(values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        ranked.rank[order[i]] = i;
    }
    return ranked;
}

struct Split
{
    std::size_t index = 0; ///< of the right side's first value
    double statistic = 0;
};

/// inside[k]: the sum of distances between all pairs among the first k values of \a order.
std::vector<double> pairSums(const Ranked& values, std::span<const std::size_t> order)
{
    std::vector<double> inside(order.size() + 1);
    PartialSums seen(values.value.size());
    for (std::size_t k = 0; k < order.size(); ++k)
    {
        const std::size_t i = order[k];
        inside[k + 1] = inside[k] + seen.distanceTo(values.rank[i], values.value[i]);
        seen.add(values.rank[i], values.value[i]);
    }
    return inside;
}

/// The split of \a order with the largest statistic of Matteson and James: n m / (n + m) times the energy distance
/// 2 E|X - Y| - E|X - X'| - E|Y - Y'|. \a begin is added to its place.
Split bestSplit(const Ranked& values, std::span<const std::size_t> order, std::size_t shortest, std::size_t begin = 0)
{
    const std::vector<double> left = pairSums(values, order);
    const std::vector<std::size_t> backwards(order.rbegin(), order.rend());
    const std::vector<double> right = pairSums(values, backwards);
    Split best;
    for (std::size_t k = shortest; k + shortest <= order.size(); ++k)
    {
        const auto n = static_cast<double>(k);
        const auto m = static_cast<double>(order.size() - k);
        const double insideLeft = left[k];
        const double insideRight = right[order.size() - k];
        const double between = left.back() - insideLeft - insideRight;
        const double energy = 2 * between / (n * m) - 2 * insideLeft / (n * (n - 1)) - 2 * insideRight / (m * (m - 1));
        const double statistic = n * m / (n + m) * energy;
        if (statistic > best.statistic)
        {
            best = {begin + k, statistic};
        }
    }
    return best;
}

/// The best split of the whole of \a order and of stretches of it, half as long, a quarter, and so on, each overlapping
/// the next by half.
Split bestSplitWithin(const Ranked& values, std::span<const std::size_t> order, std::size_t shortest)
{
    Split best = bestSplit(values, order, shortest);
    for (std::size_t length = order.size() / 2; length >= 3 * shortest; length /= 2)
    {
        for (std::size_t begin = 0; begin + length <= order.size(); begin += length / 2)
        {
            const Split found = bestSplit(values, order.subspan(begin, length), shortest, begin);
            best = found.statistic > best.statistic ? found : best;
        }
    }
    return best;
}

/// Fisher and Yates. Unlike std::shuffle it comes out alike with every standard library.
void shuffle(std::vector<std::size_t>& order, std::mt19937_64& random)
{
    for (std::size_t i = order.size(); i > 1; --i)
    {
        const double share = static_cast<double>(random() >> 11U) * 0x1p-53;
        std::swap(order[i - 1], order[static_cast<std::size_t>(share * static_cast<double>(i))]);
    }
}

/// Values that are searched one by one; of more, groups are.
constexpr std::size_t kMostSearched = 2000;

/// The medians of so many neighbours each; the last group may be smaller.
std::vector<double> mediansOfGroups(std::span<const double> values, std::size_t together)
{
    std::vector<double> medians;
    for (std::size_t begin = 0; begin < values.size(); begin += together)
    {
        medians.push_back(*median(values.subspan(begin, std::min(together, values.size() - begin))));
    }
    return medians;
}

using Search = Split (*)(const Ranked&, std::span<const std::size_t>, std::size_t);

/// The best split of \a segment by \a search, when few enough of its random orders have one as good.
std::optional<ChangePoint> significantSplit(std::span<const double> segment, Search search, const ChangePointRule& rule,
                                            std::mt19937_64& random)
{
    if (segment.size() < 2 * rule.shortestSegment)
    {
        return std::nullopt;
    }
    const Ranked values = rankedLogs(segment);
    std::vector<std::size_t> order(segment.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const Split found = search(values, order, rule.shortestSegment);
    if (found.index == 0)
    {
        return std::nullopt; // all equal
    }
    const double tests = static_cast<double>(rule.permutations) + 1;
    const double allowed = rule.significance * tests - 1;
    double asGood = 0;
    for (std::size_t i = 0; i < rule.permutations && asGood <= allowed; ++i)
    {
        shuffle(order, random);
        asGood += search(values, order, rule.shortestSegment).statistic >= found.statistic ? 1 : 0;
    }
    if (asGood > allowed)
    {
        return std::nullopt;
    }
    return ChangePoint{found.index, 1.0, (asGood + 1) / tests};
}

void divide(std::span<const double> values, std::size_t begin, std::size_t end, const ChangePointRule& rule,
            std::mt19937_64& random, std::vector<ChangePoint>& found)
{
    const auto segment = values.subspan(begin, end - begin);
    if (auto change = significantSplit(segment, bestSplitWithin, rule, random))
    {
        change->index += begin;
        divide(values, begin, change->index, rule, random, found);
        found.push_back(*change);
        divide(values, change->index, end, rule, random, found);
    }
}

Split bestSplitOfAll(const Ranked& values, std::span<const std::size_t> order, std::size_t shortest)
{
    return bestSplit(values, order, shortest);
}

std::size_t beginBefore(std::span<const ChangePoint> changes, std::size_t i)
{
    return i == 0 ? 0 : changes[i - 1].index;
}

std::size_t endBehind(std::span<const ChangePoint> changes, std::size_t i, std::size_t all)
{
    return i + 1 == changes.size() ? all : changes[i + 1].index;
}

/// A change was found in a segment that may have held others: each is looked for again between its neighbours, and goes
/// when it is not found there.
void settle(std::span<const double> values, const ChangePointRule& rule, std::mt19937_64& random,
            std::vector<ChangePoint>& changes)
{
    for (std::size_t i = 0; i < changes.size();)
    {
        const std::size_t begin = beginBefore(changes, i);
        const auto segment = values.subspan(begin, endBehind(changes, i, values.size()) - begin);
        const auto again = significantSplit(segment, bestSplitOfAll, rule, random);
        if (!again)
        {
            changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(i));
            i -= i > 0 ? 1 : 0; // the one before has another neighbour now
            continue;
        }
        changes[i] = {begin + again->index, 1.0, again->pValue};
        ++i;
    }
}

/// Changes among groups of \a together become those among \a values: each is where a stretch from the middle between
/// it and the one before to the middle between it and the next is parted best.
void placeAmongAll(std::span<const double> values, std::size_t together, std::size_t shortest,
                   std::vector<ChangePoint>& changes)
{
    for (ChangePoint& change : changes)
    {
        change.index *= together;
    }
    const std::vector<ChangePoint> coarse = changes;
    for (std::size_t i = 0; i < changes.size(); ++i)
    {
        const std::size_t begin = i == 0 ? 0 : (coarse[i - 1].index + coarse[i].index) / 2;
        const std::size_t end = i + 1 == coarse.size() ? values.size() : (coarse[i].index + coarse[i + 1].index) / 2;
        const Ranked ranked = rankedLogs(values.subspan(begin, end - begin));
        std::vector<std::size_t> order(end - begin);
        std::iota(order.begin(), order.end(), std::size_t{0});
        const Split split = bestSplit(ranked, order, shortest, begin);
        changes[i].index = split.index > 0 ? split.index : changes[i].index;
    }
}

/// Gives each change its ratio.
void compareLevels(std::span<const double> values, std::vector<ChangePoint>& changes)
{
    for (std::size_t i = 0; i < changes.size(); ++i)
    {
        const std::size_t before = beginBefore(changes, i);
        const std::size_t after = endBehind(changes, i, values.size());
        const auto old = median(values.subspan(before, changes[i].index - before));
        const auto now = median(values.subspan(changes[i].index, after - changes[i].index));
        changes[i].ratio = *now / *old;
    }
}

double effectOf(const ChangePoint& change)
{
    return std::abs(std::log(change.ratio));
}

void check(std::span<const double> values, const ChangePointRule& rule)
{
    if (!(rule.significance > 0 && rule.significance < 1) || !(rule.minimumEffect >= 0) || rule.shortestSegment < 2 ||
        rule.permutations < 1)
    {
        throw std::invalid_argument(
            "A rule for change points needs a significance between 0 and 1, a least effect of at "
            "least 0, segments of at least 2 values and a permutation.");
    }
    if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value) && value > 0; }))
    {
        throw std::invalid_argument("Change points are looked for among numbers above zero.");
    }
}

} // namespace

std::vector<ChangePoint> changePoints(std::span<const double> values, const ChangePointRule& rule)
{
    check(values, rule);
    std::vector<ChangePoint> changes;
    std::mt19937_64 random(rule.seed);
    const std::size_t together = (values.size() + kMostSearched - 1) / kMostSearched;
    if (together > 1)
    {
        const std::vector<double> groups = mediansOfGroups(values, together);
        divide(groups, 0, groups.size(), rule, random, changes);
        settle(groups, rule, random, changes);
        placeAmongAll(values, together, rule.shortestSegment, changes);
    }
    else
    {
        divide(values, 0, values.size(), rule, random, changes);
        settle(values, rule, random, changes);
    }
    compareLevels(values, changes);
    while (!changes.empty())
    {
        const auto weakest = std::min_element(changes.begin(), changes.end(),
                                              [](const auto& a, const auto& b) { return effectOf(a) < effectOf(b); });
        if (effectOf(*weakest) >= std::log1p(rule.minimumEffect))
        {
            break;
        }
        changes.erase(weakest);
        compareLevels(values, changes);
    }
    return changes;
}

} // namespace headroom
