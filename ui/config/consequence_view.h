// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/consequences.h"

#include <QWidget>

#include <map>

class QLabel;
class QPushButton;

namespace headroom::ui
{

class BackendChip;
class FlowLayout;
class MemoryBar;
class Theme;

/// What follows from the form, below its fields: head_dim and parameters, peak memory against what is free, and which
/// backends will run.
class ConsequenceView : public QWidget
{
    Q_OBJECT

public:
    explicit ConsequenceView(const Theme& theme, QWidget* parent = nullptr);

    /// Whether the answers are for this machine's own device, or for a processor that is taken for it.
    enum class Machine
    {
        Known,
        Asked,  ///< the worker looks
        Missing ///< there is no worker
    };

    void setConsequences(const Consequences& consequences, const DeviceFacts& device);
    void setMachine(Machine machine, const QString& why = {}); ///< \a why it is missing, and what to do

Q_SIGNALS:
    void remedyTaken(const headroom::AttentionProblem& problem);
    void allRulesRequested(headroom::Backend backend);
    void machineWanted(); ///< looked for once more

private:
    void showSizes(const Consequences& consequences);
    void showMemory(const Consequences& consequences, const DeviceFacts& device);
    void showBackends(const Consequences& consequences, const DeviceFacts& device);
    void openReasons(Backend backend);

    const Theme& m_theme;
    Consequences m_shown;
    QLabel* m_sizes;
    QLabel* m_memoryTitle;
    MemoryBar* m_bar;
    QLabel* m_memory;
    QLabel* m_willRun;
    QWidget* m_chips;
    std::map<Backend, BackendChip*> m_chipOf;
    QLabel* m_default;
    QLabel* m_machine;
    QPushButton* m_lookAgain;
};

} // namespace headroom::ui
