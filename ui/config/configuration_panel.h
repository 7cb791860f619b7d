// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "ui/config/configuration.h"
#include "ui/config/consequences.h"
#include "ui/run/model_question.h"

#include <QWidget>

#include <map>
#include <optional>

class QLabel;
class QPushButton;
class QToolButton;
class QUndoStack;
class QVBoxLayout;

namespace headroom::ui
{

class ConsequenceView;
class FieldRow;
class ModelFileCard;
class ModelFileCheck;
class ModelLookup;
class PresetMenu;
class Theme;

/// The configuration form, always there: what is asked about, its consequences beside the fields, and the Run button.
/// Holds a Configuration; everything else on it follows from that and from the machine, without a worker.
class ConfigurationPanel : public QWidget
{
    Q_OBJECT

public:
    explicit ConfigurationPanel(const Theme& theme, QWidget* parent = nullptr);
    ~ConfigurationPanel() override;

    const Configuration& configuration() const { return m_configuration; }

    /// Shows \a configuration and forgets the steps before it: a restored session.
    void setConfiguration(const Configuration& configuration);

    /// The machine that answers are for. Until it is known they are those of this computer's processor, and Run is off.
    void setMachine(const Circumstances& machine);

    /// No worker told what this machine is: \a sentence says why, and what to do. A later setMachine() undoes it.
    void setMachineMissing(const QString& sentence);

    /// Puts \a problem into the form, as one step that can be undone.
    void setProblem(const AttentionProblem& problem);

    /// Run becomes Cancel, and the other way round.
    void setRunning(bool running);

    /// Takes \a path as weights of the built-in model (.safetensors), or has a worker look at the model in it; the form
    /// stays as it is until that is done. \returns false for a file that is neither.
    bool loadModelFile(const QString& path);

    /// The models from files that the form was given; it asks, and is answered, by this.
    ModelLookup& models() const { return *m_models; }

    /// Whether what is asked of models() has to wait for the run that is on.
    void setModelWaits(bool waits);

    QUndoStack* history() const { return m_history; }
    const Interpretation& interpretation() const { return m_interpretation; }
    const Consequences& consequences() const { return m_consequences; }
    const DeviceFacts& device() const { return m_device; }
    bool canRun() const;

    /// Why not, in a sentence; empty when it can.
    QString whyNotRun() const;

    QSize sizeHint() const override;

public Q_SLOTS:
    /// Keeps what the form holds under \a name, for the menu of presets.
    void saveAs(const QString& name);

    /// As the button: runs what the form holds, where it can be.
    void requestRun();

    /// Runs what the form holds, where it can be, also while another run is on: it waits for that one.
    void requestQueuedRun();

    /// Audits the model from a file, where the form holds one and it can be run; waits likewise.
    void requestAudit();

Q_SIGNALS:
    void runRequested(const headroom::Plan& plan, const QString& title);
    void cancelRequested();

    /// Something was edited, loaded or undone.
    void changed();

    /// What the form asks about, each time that it changes: for pages that answer without a run (Page::showProblem).
    void problemChanged(const headroom::AttentionProblem& problem, const headroom::DeviceFacts& device);

    /// The model from a file that the form holds now, as it was seen; null: none, or not seen yet.
    void modelChanged(const headroom::ui::SeenModel& model);

    void modelFileWanted();
    void modelFolderWanted();

    /// The user wants all rules of one backend: the page "why_not".
    void explanationRequested(headroom::Backend backend);

    void modelLoaded(const QString& path); ///< a model is in the form now; of weights it is still to be seen
    void machineWanted();                  ///< what this machine is shall be asked once more

    /// A file or a saved configuration could not be used; a sentence for the user.
    void failed(const QString& sentence);

protected:
    void dragEnterEvent(class QDragEnterEvent* event) override;
    void dropEvent(class QDropEvent* event) override;

private:
    void build();
    void buildHeader(QVBoxLayout* column);
    void buildFields(QVBoxLayout* column);
    void buildFooter(QVBoxLayout* column);
    void addRow(const struct FieldInfo& info, QVBoxLayout* rows);
    void showMore(bool shown);
    void showSubject();
    void connectModels();
    void takeModel(const ModelQuestion& question, const SeenModel& model);
    void loadWeights(const QString& path);
    void showModelFile();
    void showFieldsThatAreOff();

    void askNameAndSave();
    void edit(Field field, const QString& text);
    void push(const QString& what, const Configuration& after, int burst = -1);
    void showConfiguration(const Configuration& configuration);
    void chooseDevice();
    void recompute();
    void workOutInBackground(int asked);
    void showAnswers();
    void showPlaceholders();
    void showProblems();
    void showRunButton();
    QString titleOfRun() const;
    QString presetTitle() const;

    const Theme& m_theme;
    Configuration m_configuration;
    Interpretation m_interpretation;
    Consequences m_consequences;
    std::optional<Circumstances> m_machine;
    QString m_whyNoMachine; ///< while there is none
    SeenModel m_seen;       ///< what the form's model from a file is
    bool m_modelWaits = false;
    DeviceFacts m_device;
    QUndoStack* m_history;
    ModelFileCheck* m_files;
    ModelLookup* m_models;
    int m_burst = 0;
    int m_asked = 0; ///< number of the latest question to the background
    bool m_running = false;

    QToolButton* m_presets = nullptr;
    PresetMenu* m_presetMenu = nullptr;
    QPushButton* m_modelTab = nullptr;
    QPushButton* m_attentionTab = nullptr;
    std::map<Field, FieldRow*> m_rows;
    QPushButton* m_moreButton = nullptr;
    QWidget* m_more = nullptr;
    ConsequenceView* m_view = nullptr;
    ModelFileCard* m_modelFile = nullptr;
    QPushButton* m_run = nullptr;
    QPushButton* m_audit = nullptr;
    QLabel* m_estimate = nullptr;
};

} // namespace headroom::ui
