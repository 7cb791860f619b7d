// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/model_form.h"

#include "core/plan/number_list.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ModelForm", text);
}

/// The size in \a field, nothing where it is empty: what fits the model. \throws std::invalid_argument.
std::optional<std::int64_t> sizeIn(const Configuration& configuration, Field field)
{
    std::string text = configuration.text(field);
    std::erase(text, ' ');
    return text.empty() ? std::nullopt : std::optional(parseSize(text));
}

} // namespace

bool isFromFile(const Configuration& configuration)
{
    return configuration.subject == ConfiguredSubject::Model && !configuration.text(Field::ModelFile).empty();
}

std::optional<ModelQuestion> questionOf(const Configuration& configuration, const DeviceFacts& device)
{
    if (!isFromFile(configuration))
    {
        return std::nullopt;
    }
    ModelQuestion question;
    question.device = DeviceSelection{device.kind, device.ordinal};
    question.request.path = configuration.text(Field::ModelFile);
    const std::string& dtype = configuration.text(Field::ModelDtype);
    question.request.autocast = dtype == kAutocast;
    question.request.dtype = fromString<DType>(dtype);
    try
    {
        question.request.batch = sizeIn(configuration, Field::Batch);
        question.request.sequence = sizeIn(configuration, Field::Sequence);
    }
    catch (const std::invalid_argument&)
    {
        return std::nullopt;
    }
    return question;
}

Configuration withModelFile(Configuration configuration, const QString& path, const ModelInspection& seen)
{
    const ModelOutline outline = seen.model.outline.value_or(ModelOutline{});
    configuration.subject = ConfiguredSubject::Model;
    configuration.setText(Field::ModelFile, path.toStdString());
    configuration.setText(Field::Batch, fmt::format("{}", outline.batch));
    configuration.setText(Field::Sequence, outline.fixedSequence ? std::string() : fmt::format("{}", outline.sequence));
    if (configuration.text(Field::ModelDtype) != kAutocast || seen.dtype != DType::Float32)
    {
        configuration.setText(Field::ModelDtype, std::string(toString(seen.dtype)));
    }
    return configuration;
}

Configuration withBuiltInModel(Configuration configuration)
{
    configuration.setText(Field::ModelFile, {});
    if (configuration.text(Field::Sequence).empty()) // of a model whose lengths follow from it
    {
        configuration.setText(Field::Sequence, Configuration().text(Field::Sequence));
    }
    return configuration;
}

bool isOfBuiltInModel(Field field)
{
    static constexpr std::array kOwn{Field::DModel,     Field::Layers,    Field::Heads,
                                     Field::Vocabulary, Field::ModelMask, Field::FeedForward,
                                     Field::Positions,  Field::Weights,   Field::Compiled};
    return std::find(kOwn.begin(), kOwn.end(), field) != kOwn.end();
}

QString whyFieldIsOff(Field field, const ModelInspection& seen)
{
    const LoaderAbilities& abilities = abilitiesOf(seen.loader);
    const bool fixedSequence = seen.model.outline && seen.model.outline->fixedSequence;
    switch (field)
    {
    case Field::ModelDtype:
        return abilities.changesType ? QString() : tr("The file fixes the data type when it is exported.");
    case Field::Device:
        return abilities.changesType ? QString() : tr("The file fixes the device when it is exported.");
    case Field::Sequence:
        return fixedSequence ? tr("The lengths follow from the model, as with images.") : QString();
    case Field::FullValidation:
        return abilities.givesGradients ? QString()
                                        : tr("The checks need gradients, which a model loaded this way does not give.");
    default:
        return {};
    }
}

AuditRequest auditOf(const ValidationRequest& validation)
{
    AuditRequest audit;
    audit.model = validation.modelFile.value_or(InspectionRequest{});
    audit.preset = validation.preset;
    audit.measurement = validation.measurement;
    audit.accuracy = validation.accuracy;
    audit.device = validation.device;
    audit.seed = validation.seed;
    return audit;
}

bool looksLikeModel(const QString& path)
{
    const QFileInfo info(path);
    static const QStringList kSuffixes{QStringLiteral("pt"), QStringLiteral("ts"), QStringLiteral("pt2")};
    return kSuffixes.contains(info.suffix().toLower()) || info.fileName() == QLatin1String("config.json") ||
           (info.isDir() && QFileInfo::exists(QDir(path).filePath(QStringLiteral("config.json"))));
}

QString modelNameOf(const QString& path)
{
    const QFileInfo info(QDir::cleanPath(path));
    return info.fileName() == QLatin1String("config.json") ? info.dir().dirName() + QStringLiteral("/config.json")
                                                           : info.fileName();
}

QString modelFileFilter()
{
    return tr("Models (*.pt *.ts *.pt2 *.json);;All files (*)");
}

} // namespace headroom::ui
