// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/advice/trial.h"
#include "core/report/report.h"
#include "ui/widgets/card.h"

namespace headroom::ui
{

/// One recommendation of a report as a card: what, why with the evidence, what it gains, the lines to copy, and the run
/// that measures it.
class RecommendationCard : public Card
{
    Q_OBJECT

public:
    enum class Size
    {
        Compact, ///< Python alone, and no list of evidence
        Full
    };

    /// \a index into Report::recommendations.
    RecommendationCard(const Report& report, std::size_t index, Size size, const Theme& theme,
                       QWidget* parent = nullptr);

Q_SIGNALS:
    void evidenceRequested();
    void trialRequested(const headroom::Trial& trial);

private:
    void addEvidence(const Report& report, const Recommendation& advice);
    void addSnippets(const Recommendation& advice, Size size);
    void addActions(const Report& report, const Recommendation& advice);

    const Theme& m_theme;
};

} // namespace headroom::ui
