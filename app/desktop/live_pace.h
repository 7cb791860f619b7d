// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>

namespace headroom::desktop
{

/// How often the page that is shown is drawn anew while a run goes on: ten times a second at most, and so much more
/// rarely where that takes long that it takes a tenth of the GUI thread's time at most. The last state is always drawn.
class LivePace : public QObject
{
    Q_OBJECT

public:
    /// \a draw is what takes the time, painting included.
    explicit LivePace(std::function<void()> draw, QObject* parent = nullptr);

    void request();

private:
    void draw();
    void measure();
    void rest();

    std::function<void()> m_draw;
    QElapsedTimer m_took;
    QTimer m_painted; ///< runs out when what was posted, and so the painting, is done
    QTimer m_rest;
    bool m_wanted = false;
};

} // namespace headroom::desktop
