// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/configuration_panel.h"

#include "core/launch/memory_forecast.h"
#include "core/launch/peak_store.h"
#include "core/plan/audit_plan.h"
#include "core/run/run_progress.h"
#include "ui/config/backend_chip.h"
#include "ui/config/configuration_history.h"
#include "ui/config/consequence_view.h"
#include "ui/config/field_row.h"
#include "ui/config/model_file_card.h"
#include "ui/config/model_file_check.h"
#include "ui/config/model_form.h"
#include "ui/config/model_lookup.h"
#include "ui/config/placeholders.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QThreadPool>
#include <QToolButton>
#include <QUndoStack>

#include <algorithm>
#include <thread>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

/// The processor as it is known without a worker.
DeviceFacts thisProcessor()
{
    DeviceFacts device;
    device.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return device;
}

} // namespace

ConfigurationPanel::ConfigurationPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_device(thisProcessor()), m_history(new QUndoStack(this)),
      m_files(new ModelFileCheck(this)), m_models(new ModelLookup(this))
{
    setObjectName(QStringLiteral("configurationPanel"));
    setAccessibleName(tr("Configuration"));
    setAcceptDrops(true);
    build();
    connectModels();
    connect(m_files, &ModelFileCheck::changed, this,
            [this]
            {
                showProblems();
                showRunButton();
            });
    // The sizes that its shapes tell are put into the form; heads stay, which no shape tells.
    connect(m_files, &ModelFileCheck::sizesRead, this,
            [this](const QString& weights, const ModelSpec& sizes)
            {
                if (m_configuration.text(Field::Weights) == weights.toStdString())
                {
                    push(tr("Take the sizes of the weights"), withSizes(m_configuration, sizes));
                }
            });
    showConfiguration(m_configuration);
}

/// A field that loses the focus while it goes would tell a panel that is gone already.
ConfigurationPanel::~ConfigurationPanel()
{
    for (const auto& [field, row] : m_rows)
    {
        row->disconnect(this);
    }
}

void ConfigurationPanel::setConfiguration(const Configuration& configuration)
{
    showConfiguration(configuration);
    m_history->clear();
}

void ConfigurationPanel::setMachine(const Circumstances& machine)
{
    m_machine = machine;
    m_whyNoMachine.clear();
    QList<FieldChoice> choices{{QString(), tr("automatic")}};
    for (const auto& device : machine.devices)
    {
        const auto name = textOf(toText({device.kind, device.ordinal}));
        choices.append({name, QStringLiteral("%1 · %2").arg(name, textOf(device.name))});
    }
    m_rows.at(Field::Device)->setChoices(choices);
    showConfiguration(m_configuration);
}

void ConfigurationPanel::setMachineMissing(const QString& sentence)
{
    if (!m_machine)
    {
        m_whyNoMachine = sentence;
        showAnswers();
    }
}

void ConfigurationPanel::setProblem(const AttentionProblem& problem)
{
    push(tr("Take a change"), withProblem(m_configuration, problem));
}

void ConfigurationPanel::setRunning(bool running)
{
    m_running = running;
    showRunButton();
}

bool ConfigurationPanel::loadModelFile(const QString& path)
{
    const QString file = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    if (file.endsWith(QLatin1String(".safetensors"), Qt::CaseInsensitive))
    {
        loadWeights(file);
        return true;
    }
    if (!looksLikeModel(file) && !file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive) &&
        !QFileInfo(file).isDir())
    {
        return false;
    }
    ModelQuestion question;
    question.request.path = file.toStdString();
    const auto& dtype = m_configuration.text(Field::ModelDtype);
    question.request.autocast = dtype == kAutocast;
    if (m_machine)
    {
        question.device = DeviceSelection{m_device.kind, m_device.ordinal};
    }
    m_models->load(question);
    return true;
}

void ConfigurationPanel::loadWeights(const QString& path)
{
    auto after = withBuiltInModel(m_configuration);
    after.subject = ConfiguredSubject::Model;
    after.setText(Field::Weights, path.toStdString());
    push(tr("Load a model"), after);
    showMore(true);
    m_files->readSizes(path, m_interpretation.validation ? m_interpretation.validation->input.model : ModelSpec());
    Q_EMIT modelLoaded(path);
}

void ConfigurationPanel::setModelWaits(bool waits)
{
    m_modelWaits = waits;
    showModelFile();
}

void ConfigurationPanel::connectModels()
{
    connect(m_models, &ModelLookup::loaded, this, &ConfigurationPanel::takeModel);
    connect(m_models, &ModelLookup::refused, this,
            [this](const ModelQuestion& question, const QString& sentence)
            {
                const QString name = modelNameOf(textOf(question.request.path));
                Q_EMIT failed(tr("%1 was not loaded: %2").arg(name, sentence));
            });
    connect(m_models, &ModelLookup::changed, this, [this] { recompute(); });
    connect(m_modelFile, &ModelFileCard::fileWanted, this, &ConfigurationPanel::modelFileWanted);
    connect(m_modelFile, &ModelFileCard::folderWanted, this, &ConfigurationPanel::modelFolderWanted);
    connect(m_modelFile, &ModelFileCard::retryWanted, m_models, &ModelLookup::retry);
    connect(m_modelFile, &ModelFileCard::builtInWanted, this,
            [this] { push(tr("Take the built-in model"), withBuiltInModel(m_configuration)); });
}

/// What was seen fills the form, and is the answer to the question that the form then asks.
void ConfigurationPanel::takeModel(const ModelQuestion& question, const SeenModel& model)
{
    const QString path = textOf(question.request.path);
    const Configuration after = withModelFile(m_configuration, path, model->inspection);
    if (auto now = questionOf(after, m_machine ? m_device : model->device))
    {
        if (now->device == DeviceSelection{model->device.kind, model->device.ordinal})
        {
            m_models->keep(*now, model);
        }
    }
    push(tr("Load a model"), after);
    Q_EMIT modelLoaded(path);
}

/// One keystroke: keystrokes in one field are one step until the user leaves it.
void ConfigurationPanel::edit(Field field, const QString& text)
{
    auto after = m_configuration;
    after.setText(field, text.toStdString());
    if (after == m_configuration)
    {
        return;
    }
    constexpr int kFields = 64;
    push(tr("Edit %1").arg(m_rows.at(field)->editor()->accessibleName()), after,
         m_burst * kFields + static_cast<int>(field));
}

void ConfigurationPanel::push(const QString& what, const Configuration& after, int burst)
{
    if (after == m_configuration)
    {
        return;
    }
    m_burst += burst < 0 ? 1 : 0;
    m_history->push(new ConfigurationStep(what, m_configuration, after, burst,
                                          [this](const Configuration& shown) { showConfiguration(shown); }));
}

void ConfigurationPanel::showConfiguration(const Configuration& configuration)
{
    const bool isNew = !(configuration == m_configuration);
    m_configuration = configuration;
    for (const auto& [field, row] : m_rows)
    {
        row->setText(textOf(configuration.text(field)));
    }
    showSubject();
    chooseDevice();
    recompute();
    m_files->look(m_interpretation.validation);
    if (isNew)
    {
        Q_EMIT changed();
    }
}

/// The device that the form names, where the machine has it; else the first GPU, else the processor.
void ConfigurationPanel::chooseDevice()
{
    if (!m_machine || m_machine->devices.empty())
    {
        return;
    }
    const auto& devices = m_machine->devices;
    const auto& asked = m_configuration.text(Field::Device);
    auto chosen = std::find_if(devices.begin(), devices.end(),
                               [&](const DeviceFacts& device) {
                                   return !asked.empty() && toText({device.kind, device.ordinal}) == asked;
                               });
    if (chosen == devices.end())
    {
        chosen = std::find_if(devices.begin(), devices.end(),
                              [](const DeviceFacts& device) { return device.kind == DeviceKind::Cuda; });
    }
    m_device = chosen == devices.end() ? devices.front() : *chosen;
}

void ConfigurationPanel::recompute()
{
    ++m_asked;
    const auto question = questionOf(m_configuration, m_device);
    const SeenModel seen = m_models->answerTo(question);
    m_interpretation = interpret(m_configuration, m_device, seen ? &seen->inspection : nullptr);
    m_models->need(m_machine ? question : std::nullopt);
    if (seen != m_seen)
    {
        m_seen = seen;
        Q_EMIT modelChanged(seen);
    }
    if (isInstant(m_interpretation, m_device))
    {
        m_consequences = consequencesOf(m_interpretation, m_device);
    }
    else
    {
        m_consequences = instantConsequencesOf(m_interpretation, m_device);
        if (m_interpretation.valid())
        {
            workOutInBackground(m_asked);
        }
    }
    showAnswers();
    if (!m_consequences.backends.empty())
    {
        Q_EMIT problemChanged(m_consequences.problem, m_device);
    }
}

/// Long lists are gone through elsewhere; an answer to an older question is dropped.
void ConfigurationPanel::workOutInBackground(int asked)
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<ConfigurationPanel>(this), interpretation = m_interpretation, device = m_device, asked]
        {
            auto answers = std::make_shared<Consequences>(consequencesOf(interpretation, device));
            if (auto* panel = self.data())
            {
                QMetaObject::invokeMethod(
                    panel,
                    [self, answers, asked]
                    {
                        if (self && self->m_asked == asked)
                        {
                            self->m_consequences = std::move(*answers);
                            self->showAnswers();
                        }
                    },
                    Qt::QueuedConnection);
            }
        });
}

void ConfigurationPanel::showAnswers()
{
    m_view->setConsequences(m_consequences, m_device);
    m_view->setMachine(m_machine                  ? ConsequenceView::Machine::Known
                       : m_whyNoMachine.isEmpty() ? ConsequenceView::Machine::Asked
                                                  : ConsequenceView::Machine::Missing,
                       m_whyNoMachine);
    m_presets->setText(presetTitle());
    showModelFile();
    showFieldsThatAreOff();
    showPlaceholders();
    showProblems();
    showRunButton();
}

void ConfigurationPanel::showPlaceholders()
{
    for (const auto& [field, row] : m_rows)
    {
        row->setPlaceholder(placeholderOf(field, m_interpretation, m_device.kind));
    }
}

void ConfigurationPanel::showProblems()
{
    for (const auto& [field, row] : m_rows)
    {
        const auto* problem = m_interpretation.problemAt(field);
        if (problem == nullptr && m_consequences.memory && m_consequences.memory->field == field)
        {
            problem = &*m_consequences.memory;
        }
        if (const auto file = m_files->problems().find(field); problem == nullptr && file != m_files->problems().end())
        {
            problem = &file->second;
        }
        QStringList suggestions;
        for (const auto& suggestion : problem != nullptr ? problem->suggestions : std::vector<std::string>())
        {
            suggestions.append(textOf(suggestion));
        }
        row->setProblem(problem != nullptr ? textOf(problem->sentence) : QString(), suggestions);
    }
}

QString ConfigurationPanel::whyNotRun() const
{
    if (!m_machine)
    {
        return m_whyNoMachine.isEmpty() ? tr("The devices of this machine are not known yet.")
                                        : tr("There is no worker that could run it.");
    }
    if (!m_interpretation.problems.empty())
    {
        return textOf(m_interpretation.problems.front().sentence);
    }
    if (isFromFile(m_configuration) && !m_seen)
    {
        const QString failure = m_models->failureOf(questionOf(m_configuration, m_device));
        return failure.isEmpty() ? tr("The model was not looked at yet.") : failure;
    }
    if (m_consequences.memory)
    {
        return textOf(m_consequences.memory->sentence);
    }
    if (!m_files->problems().empty())
    {
        return textOf(m_files->problems().begin()->second.sentence);
    }
    if (!m_consequences.plan)
    {
        return tr("Working out the cases…");
    }
    return m_consequences.plan->jobs.empty() ? tr("No case of these lists can be run.") : QString();
}

bool ConfigurationPanel::canRun() const
{
    return whyNotRun().isEmpty();
}

void ConfigurationPanel::showRunButton()
{
    const QString reason = whyNotRun();
    m_run->setText(m_running                                             ? tr("Cancel run")
                   : m_configuration.subject == ConfiguredSubject::Model ? tr("Run validation")
                                                                         : tr("Run sweep"));
    m_run->setEnabled(m_running || reason.isEmpty());
    m_run->setToolTip(m_running ? tr("What is finished is kept") : reason);
    m_run->setAccessibleDescription(m_run->toolTip());
    m_audit->setVisible(isFromFile(m_configuration));
    m_audit->setEnabled(reason.isEmpty());
    m_audit->setToolTip(!reason.isEmpty() ? reason
                        : m_running       ? tr("Waits for the run that is on")
                                          : tr("Find what costs its attention speed, and try each fix"));
    if (!m_running && !reason.isEmpty())
    {
        m_estimate->setText(reason);
        return;
    }
    const QString keys = tr("Ctrl+R");
    m_estimate->setText(m_consequences.seconds && !m_running
                            ? tr("est. %1 · %2").arg(textOf(roughDuration(*m_consequences.seconds)), keys)
                            : QString());
    m_estimate->setToolTip(tr("A rough guess from the work and the device's size, good to a factor of about three"));
}

void ConfigurationPanel::requestRun()
{
    if (m_running)
    {
        Q_EMIT cancelRequested();
        return;
    }
    requestQueuedRun();
}

void ConfigurationPanel::requestQueuedRun()
{
    if (!canRun())
    {
        return;
    }
    Plan plan = *m_consequences.plan;
    addPeaks(plan, m_device, *m_machine, PeakStore(PeakStore::defaultFile()));
    Q_EMIT runRequested(plan, titleOfRun());
}

void ConfigurationPanel::requestAudit()
{
    if (!m_seen || !canRun())
    {
        return;
    }
    const AuditRequest request = auditOf(*m_interpretation.validation);
    Plan plan = makeAuditPlan(request, m_seen->inspection, m_seen->findings, m_device);
    addPeaks(plan, m_device, *m_machine, PeakStore(PeakStore::defaultFile()));
    if (const auto problem = forecastMemory(plan, m_device).problem)
    {
        Q_EMIT failed(textOf(*problem));
        return;
    }
    Q_EMIT runRequested(plan, tr("Audit · %1").arg(titleOfRun()));
}

/// What is known of the model from a file, and what is being looked at.
void ConfigurationPanel::showModelFile()
{
    const QString path = textOf(m_configuration.text(Field::ModelFile));
    const QString failure = m_models->failureOf(questionOf(m_configuration, m_device));
    if (!isFromFile(m_configuration))
    {
        m_modelFile->showBuiltIn();
    }
    else if (m_seen)
    {
        m_modelFile->showModel(path, m_seen->inspection);
    }
    else if (!failure.isEmpty())
    {
        m_modelFile->showFailure(path, failure);
    }
    else
    {
        m_modelFile->showUnknown(path);
    }
    const auto& open = m_models->open();
    const QString name = open ? modelNameOf(textOf(open->request.path)) : QString();
    m_modelFile->showProgress(!open          ? QString()
                              : m_modelWaits ? tr("%1 is looked at when the run is over.").arg(name)
                                             : tr("Loading %1 and watching it run…").arg(name));
}

void ConfigurationPanel::showFieldsThatAreOff()
{
    for (const auto& [field, row] : m_rows)
    {
        row->setOff(m_seen && isFromFile(m_configuration) ? whyFieldIsOff(field, m_seen->inspection) : QString());
    }
}

QString ConfigurationPanel::presetTitle() const
{
    if (m_configuration.subject == ConfiguredSubject::Attention)
    {
        const auto& name = m_configuration.text(Field::SweepPreset);
        return name.empty() ? tr("Presets") : textOf(name);
    }
    const auto* preset = m_interpretation.validation ? presetOf(m_interpretation.validation->input) : nullptr;
    return preset != nullptr ? textOf(preset->title) : tr("Presets");
}

QString ConfigurationPanel::titleOfRun() const
{
    if (m_interpretation.validation)
    {
        const auto& input = m_interpretation.validation->input;
        const auto* preset = presetOf(input);
        const auto& file = m_interpretation.validation->modelFile;
        const QString name = file ? modelNameOf(textOf(file->path))
                             : preset != nullptr
                                 ? textOf(preset->title)
                                 : textOf(fmt::format("{} × {}", input.model.layers, input.model.dModel));
        return textOf(fmt::format("{} · B{} S{} · {}{}", name.toStdString(), input.batch, input.sequence,
                                  input.autocast ? std::string(kAutocast) : std::string(toString(input.dtype)),
                                  input.causal ? " · causal" : ""));
    }
    const auto& preset = m_configuration.text(Field::SweepPreset);
    const auto calls = m_consequences.backends.empty() ? 0 : m_consequences.backends.front().calls;
    const QString what = !preset.empty() ? textOf(preset)
                         : calls == 1    ? textOf(describe(m_consequences.problem))
                                         : tr("Sweep");
    return calls == 1 && preset.empty() ? what : tr("%1 · %2 cases").arg(what).arg(m_consequences.cases);
}

} // namespace headroom::ui
