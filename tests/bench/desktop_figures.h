// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace headroom
{

/// One line of tests/bench/run's kind.
void say(const char* figure, double value, const char* unit, double target, const QString& note = {});

/// Each needs a QApplication, prints what it found, and is given a folder of its own.
void benchFirstPaint(const QString& program); ///< starts itself anew for each reading
void benchStream(const QString& program);     ///< events at 5,000 a second into the real window
void benchCancel();
void benchOpening(const QString& folder);
void benchHistory(); ///< ten thousand runs in the table of the page History

/// The child of benchFirstPaint(): prints milliseconds since \a startNs of the monotonic clock.
int firstPaintChild(int argc, char** argv, long long startNs);

} // namespace headroom
