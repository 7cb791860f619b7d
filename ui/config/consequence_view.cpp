// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/consequence_view.h"

#include "core/report/format.h"
#include "ui/config/backend_chip.h"
#include "ui/config/memory_bar.h"
#include "ui/config/reason_popup.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

namespace headroom::ui
{
namespace
{

QLabel* note(const char* name, const Theme& theme)
{
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setProperty("role", QStringLiteral("secondary"));
    label->setFont(theme.font(TextRole::Note));
    label->setWordWrap(true);
    return label;
}

QString sizesTip(const ModelPreset* preset)
{
    QString tip =
        ConsequenceView::tr("head_dim: d_model divided by the heads. Parameters: all trainable numbers of the "
                            "model, the embeddings and the output projection among them.");
    if (preset != nullptr)
    {
        tip += ConsequenceView::tr("\nWhat is measured is Headroom's own transformer in the sizes of %1: its output "
                                   "projection is not the embedding's transpose%2.")
                   .arg(textOf(preset->title),
                        preset->note.empty() ? QString() : QStringLiteral("; ") + textOf(preset->note));
    }
    return tip;
}

} // namespace

ConsequenceView::ConsequenceView(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("consequences"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.space(1) + 2);
    m_sizes = note("consequenceSizes", theme);
    m_memoryTitle = note("memoryTitle", theme);
    m_memoryTitle->setWordWrap(false);
    m_bar = new MemoryBar(theme);
    m_bar->setObjectName(QStringLiteral("memoryBar"));
    m_memory = note("consequenceMemory", theme);
    m_memory->setAlignment(Qt::AlignRight);
    m_willRun = note("willRunTitle", theme);
    m_willRun->setText(tr("Will run"));
    QFont strong = theme.font(TextRole::Note);
    strong.setWeight(QFont::DemiBold);
    m_willRun->setFont(strong);
    m_chips = new QWidget;
    auto* flow = new FlowLayout(theme.space(1) + 1, m_chips);
    for (const Backend backend : kSdpaBackends)
    {
        auto* chip = new BackendChip(backend, theme);
        connect(chip, &QAbstractButton::clicked, this, [this, backend] { openReasons(backend); });
        flow->addWidget(chip);
        m_chipOf[backend] = chip;
    }
    m_default = note("consequenceDefault", theme);
    m_machine = note("machineNote", theme);
    m_machine->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_lookAgain = new QPushButton(tr("Look again"));
    m_lookAgain->setObjectName(QStringLiteral("lookForMachine"));
    m_lookAgain->setAccessibleName(tr("Look for the worker and this machine's devices again"));
    m_lookAgain->setProperty("role", QStringLiteral("link"));
    m_lookAgain->hide();
    connect(m_lookAgain, &QPushButton::clicked, this, &ConsequenceView::machineWanted);
    auto* memoryLine = new QHBoxLayout;
    memoryLine->setSpacing(theme.space(3));
    memoryLine->addWidget(m_memoryTitle);
    memoryLine->addWidget(m_bar, 1, Qt::AlignVCenter);
    column->addWidget(m_sizes);
    column->addLayout(memoryLine);
    column->addWidget(m_memory);
    column->addWidget(m_willRun);
    column->addWidget(m_chips);
    column->addWidget(m_default);
    column->addWidget(m_machine);
    column->addWidget(m_lookAgain, 0, Qt::AlignLeft);
}

void ConsequenceView::setConsequences(const Consequences& consequences, const DeviceFacts& device)
{
    m_shown = consequences;
    showSizes(consequences);
    showMemory(consequences, device);
    showBackends(consequences, device);
}

/// What stands in the place of LibTorch's choice until that is this machine's.
void ConsequenceView::setMachine(Machine machine, const QString& why)
{
    m_machine->setText(machine == Machine::Asked ? tr("Looking for the devices of this machine…") : why);
    m_machine->setVisible(machine != Machine::Known);
    m_lookAgain->setVisible(machine == Machine::Missing);
    if (machine != Machine::Known)
    {
        m_default->hide();
    }
    const QString tone = machine == Machine::Missing ? QStringLiteral("caution") : QString();
    if (m_machine->property("tone").toString() != tone)
    {
        m_machine->setProperty("tone", tone);
        m_machine->setProperty("role", tone.isEmpty() ? QStringLiteral("secondary") : QString());
        m_machine->style()->unpolish(m_machine); // a style sheet looks at properties only then
        m_machine->style()->polish(m_machine);
    }
}

void ConsequenceView::showSizes(const Consequences& consequences)
{
    const Format format;
    QString sizes;
    if (consequences.parameters && !consequences.headDim)
    {
        sizes =
            tr("%1 parameters").arg(textOf(format.metric(static_cast<double>(*consequences.parameters), "")).trimmed());
    }
    else if (consequences.headDim && consequences.parameters)
    {
        sizes = tr("head_dim %1 · %2 parameters")
                    .arg(textOf(format.count(*consequences.headDim)),
                         textOf(format.metric(static_cast<double>(*consequences.parameters), "")).trimmed());
    }
    else if (!consequences.backends.empty())
    {
        const auto calls = consequences.backends.front().calls;
        sizes = consequences.cases == 0
                    ? QString()
                    : tr("%1 in %2")
                          .arg(textOf(format.plural(consequences.cases, "case")),
                               textOf(format.plural(static_cast<std::int64_t>(calls), "attention call")));
        sizes = calls == 1 && !consequences.plan && consequences.cases > 4
                    ? tr("up to %1").arg(textOf(format.plural(consequences.cases, "case")))
                    : sizes;
    }
    if (consequences.preset != nullptr)
    {
        sizes += tr("\n%1 itself: %2").arg(textOf(consequences.preset->title), textOf(consequences.preset->what));
    }
    m_sizes->setText(sizes);
    m_sizes->setToolTip(sizesTip(consequences.preset));
    m_sizes->setVisible(!sizes.isEmpty());
}

void ConsequenceView::showMemory(const Consequences& consequences, const DeviceFacts& device)
{
    const Format format;
    const bool shown = consequences.peakBytes.has_value();
    m_memoryTitle->setText(tr("peak memory"));
    m_memoryTitle->setVisible(shown);
    m_bar->setVisible(shown && consequences.deviceBytes);
    m_memory->setVisible(shown);
    if (!shown)
    {
        return;
    }
    const QString needed = textOf(format.bytes(*consequences.peakBytes));
    const QString what = consequences.training ? tr("of a step with gradients") : tr("of a forward pass");
    m_memory->setText(consequences.deviceBytes
                          ? tr("%1 of %2 free").arg(needed, textOf(format.bytes(*consequences.deviceBytes)))
                          : needed);
    const QString definition =
        tr("Expected peak %1 with %2, by what is alive at once. Free: of %3 as it was when last asked.")
            .arg(what, backendName(consequences.predictedDefault),
                 textOf(device.name.empty() ? "the device" : device.name));
    for (QWidget* widget :
         {static_cast<QWidget*>(m_memory), static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_memoryTitle)})
    {
        widget->setToolTip(definition);
    }
    m_bar->setShare(consequences.deviceBytes && *consequences.deviceBytes > 0
                        ? std::optional(*consequences.peakBytes / *consequences.deviceBytes)
                        : std::nullopt);
    m_bar->setAccessibleName(m_memoryTitle->text() + QLatin1Char(' ') + m_memory->text());
}

void ConsequenceView::showBackends(const Consequences& consequences, const DeviceFacts&)
{
    for (const auto& [backend, chip] : m_chipOf)
    {
        chip->hide();
    }
    for (const auto& outlook : consequences.backends)
    {
        auto* chip = m_chipOf.at(outlook.backend);
        chip->setOutlook(outlook, outlook.backend == consequences.predictedDefault);
        chip->show();
    }
    const bool any = !consequences.backends.empty();
    m_willRun->setVisible(any);
    m_chips->setVisible(any);
    m_default->setVisible(any);
    if (any)
    {
        const bool several = consequences.backends.front().calls > 1;
        m_default->setText(
            (several ? tr("by default: %1 for the first call (priority order)") : tr("by default: %1 (priority order)"))
                .arg(backendName(consequences.predictedDefault)));
    }
    m_chips->updateGeometry();
}

void ConsequenceView::openReasons(Backend backend)
{
    for (const auto& outlook : m_shown.backends)
    {
        if (outlook.backend == backend)
        {
            auto* popup = new ReasonPopup(outlook, m_theme, this);
            connect(popup, &ReasonPopup::remedyTaken, this, &ConsequenceView::remedyTaken);
            connect(popup, &ReasonPopup::allRulesRequested, this,
                    [this, backend] { Q_EMIT allRulesRequested(backend); });
            popup->showBelow(m_chipOf.at(backend));
        }
    }
}

} // namespace headroom::ui
