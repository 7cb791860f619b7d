// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"

#include <QObject>
#include <QString>

namespace headroom::desktop
{

class NoticeBar;
class Overlay;
class Workbench;

/// What the workbench has to say and to ask, as notices with what can be done about it.
class BenchNotices : public QObject
{
    Q_OBJECT

public:
    BenchNotices(Workbench& bench, NoticeBar& notices, Overlay& overlay, QObject* parent);

    /// A run is on: what asked for one is answered.
    void runBegan();

private:
    void offerResume(const QString& journal, const QString& sentence);
    void offerTrial(const Plan& plan, const QString& title, const QString& sentence);
    void showOriginal(const QString& path, const QString& text, const QString& problem);

    Workbench& m_bench;
    NoticeBar& m_notices;
    Overlay& m_overlay;
};

} // namespace headroom::desktop
