// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/case_table_model.h"

#include "core/report/case_cells.h"
#include "core/report/case_work.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "ui/models/chart_unit.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::ui
{
namespace
{

struct ColumnInfo
{
    const char* header;
    const char* definition;
    bool isNumber;
};

const ColumnInfo& infoOf(int column)
{
    static constexpr ColumnInfo kColumns[] = {
        {QT_TRANSLATE_NOOP("CaseTableModel", "Report"), QT_TRANSLATE_NOOP("CaseTableModel", "Which report it is of"),
         false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Subject"),
         QT_TRANSLATE_NOOP("CaseTableModel", "What is measured: B batch, H heads (query/key), S length (query/keys), "
                                             "D head_dim; or the model's input"),
         false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Backend"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Who was asked to compute it"), false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Pass"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Forward is inference; backward alone; a training step is both"), false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Launch"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Eager, or replays of a captured CUDA graph"), false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "L2"),
         QT_TRANSLATE_NOOP("CaseTableModel", "The level-2 cache before each sample: warm or overwritten"), false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Median"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Median device time with its 95 % interval"), true},
        {QT_TRANSLATE_NOOP("CaseTableModel", "vs baseline"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Baseline's time over this one's, from samples taken in turns: above 1 is "
                                             "faster. With its interval, and not ranked where numbers are unverified"),
         true},
        {"FLOP/s", // with the prefix of most rows
         QT_TRANSLATE_NOOP("CaseTableModel", "Operations on unmasked elements over the median time"), true},
        {QT_TRANSLATE_NOOP("CaseTableModel", "% of peak"),
         QT_TRANSLATE_NOOP("CaseTableModel",
                           "Of what the measured peaks of this device allow at this arithmetic intensity"),
         true},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Memory"),
         QT_TRANSLATE_NOOP("CaseTableModel", "The most that LibTorch allocated over one run, inputs included"), true},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Ran"),
         QT_TRANSLATE_NOOP("CaseTableModel", "The backend that operator and kernel names prove"), false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Accuracy"),
         QT_TRANSLATE_NOOP("CaseTableModel", "Error against the fp64 reference, by the yardstick of naive attention"),
         false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Outcome"), QT_TRANSLATE_NOOP("CaseTableModel", "How it ended, and why"),
         false},
        {QT_TRANSLATE_NOOP("CaseTableModel", "Flags"),
         QT_TRANSLATE_NOOP("CaseTableModel", "What is odd about its figures"), false},
    };
    return kColumns[column];
}

Cell accuracyCell(const CaseReport& row)
{
    switch (row.accuracy)
    {
    case AccuracyVerdict::Passed:
        return {"passed", Tone::Good};
    case AccuracyVerdict::Failed:
        return {"failed", Tone::Bad};
    case AccuracyVerdict::NotFinite:
        return {"not finite", Tone::Bad};
    case AccuracyVerdict::Unverified:
        break;
    }
    return {"unverified", Tone::Muted};
}

Cell ranCell(const CaseReport& row, const Format& format)
{
    if (!row.evidence)
    {
        return {format.dash(), Tone::Muted};
    }
    const std::string ran = row.evidence->ran ? std::string(toString(*row.evidence->ran)) : "no attention";
    const bool agreed = row.evidence->asPredicted;
    return {agreed ? ran : ran + ", unexpected", agreed ? Tone::Plain : Tone::Caution};
}

Cell outcomeCell(const CaseReport& row)
{
    switch (row.outcome)
    {
    case Outcome::Passed:
        return {row.device ? "measured" : "no samples", row.device ? Tone::Plain : Tone::Muted};
    case Outcome::Failed:
        return {whyEmpty(row), Tone::Bad};
    case Outcome::Skipped:
    case Outcome::Cancelled:
        break;
    }
    return {row.cause == Cause::None ? "left out" : whyEmpty(row), Tone::Muted};
}

/// A case without a figure is a dash, and is read by its outcome.
template <typename T, typename Text>
Cell figureCell(const std::optional<T>& value, const Format& format, const Text& text)
{
    return value ? Cell(text(*value)) : Cell(format.dash(), Tone::Muted);
}

/// "386" of "386 TFLOP/s" where the header says so; any other unit stays.
std::string withoutUnit(const std::string& text, const QString& unit)
{
    const std::string end = " " + unit.toStdString();
    return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

std::string subjectText(const Case& measured)
{
    if (const auto* input = std::get_if<ModelInput>(&measured.subject))
    {
        return fmt::format("B{} S{} model{}", input->batch, input->sequence, input->causal ? " causal" : "");
    }
    return describe(std::get<AttentionProblem>(measured.subject));
}

template <typename T> QVariant numberOf(const std::optional<T>& value)
{
    return value ? QVariant(static_cast<double>(*value)) : QVariant();
}

} // namespace

CaseTableModel::CaseTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void CaseTableModel::setReports(std::vector<NamedReport> reports)
{
    auto rows = rowsOf(reports);
    if (!hasOnlyGrown(reports, rows))
    {
        beginResetModel();
        m_reports = std::move(reports);
        m_rows = std::move(rows);
        chooseRateUnit();
        endResetModel();
        return;
    }
    const int before = static_cast<int>(m_rows.size());
    const int after = static_cast<int>(rows.size());
    if (after > before)
    {
        beginInsertRows({}, before, after - 1);
    }
    m_reports = std::move(reports);
    m_rows = std::move(rows);
    if (after > before)
    {
        endInsertRows();
    }
    const QString unit = m_rateUnit;
    chooseRateUnit();
    if (unit != m_rateUnit)
    {
        Q_EMIT headerDataChanged(Qt::Horizontal, Rate, Rate);
    }
    if (before > 0)
    {
        Q_EMIT dataChanged(index(0, 0), index(before - 1, ColumnCount - 1));
    }
}

void CaseTableModel::chooseRateUnit()
{
    std::vector<double> rates;
    for (const auto& row : m_rows)
    {
        if (const auto& roof = caseOf(row).roofline)
        {
            rates.push_back(roof->flopsPerSecond);
        }
    }
    m_rateUnit = rates.empty() ? QStringLiteral("FLOP/s") : metricUnit(rates, QStringLiteral("FLOP/s")).name;
}

std::vector<CaseTableModel::Row> CaseTableModel::rowsOf(const std::vector<NamedReport>& reports) const
{
    std::vector<Row> rows;
    for (std::size_t at = 0; at < reports.size(); ++at)
    {
        const Report& report = *reports[at].report;
        std::map<std::pair<std::string_view, std::string_view>, const ComparisonReport*> comparisons;
        std::map<std::string_view, std::string_view> baselines; // the first case of each job
        for (const auto& row : report.cases)
        {
            baselines.try_emplace(row.jobId, row.result.caseId);
        }
        for (const auto& comparison : report.comparisons)
        {
            if (baselines[comparison.jobId] == comparison.baselineCase) // and not the two fastest with each other
            {
                comparisons[{comparison.jobId, comparison.candidateCase}] = &comparison;
            }
        }
        for (std::size_t index = 0; index < report.cases.size(); ++index)
        {
            const auto& row = report.cases[index];
            const auto found = comparisons.find({row.jobId, row.result.caseId});
            rows.push_back({at, index, found == comparisons.end() ? nullptr : found->second});
        }
    }
    return rows;
}

/// The rows that are shown are the first of \a rows, case by case. With several reports only the last can grow so.
bool CaseTableModel::hasOnlyGrown(const std::vector<NamedReport>& next, const std::vector<Row>& rows) const
{
    if (rows.size() < m_rows.size() || next.size() != m_reports.size())
    {
        return false;
    }
    for (std::size_t at = 0; at < m_rows.size(); ++at)
    {
        const auto& before = caseOf(m_rows[at]);
        const auto& after = next[rows[at].report].report->cases[rows[at].index];
        if (m_rows[at].report != rows[at].report || before.jobId != after.jobId ||
            before.measured.backend != after.measured.backend || !(before.measured == after.measured))
        {
            return false;
        }
    }
    return true;
}

const CaseReport& CaseTableModel::caseAt(int row) const
{
    return caseOf(m_rows.at(static_cast<std::size_t>(row)));
}

const Report& CaseTableModel::reportAt(int row) const
{
    return *m_reports[m_rows.at(static_cast<std::size_t>(row)).report].report;
}

const QString& CaseTableModel::reportNameAt(int row) const
{
    return m_reports[m_rows.at(static_cast<std::size_t>(row)).report].name;
}

int CaseTableModel::rowOf(const std::string& jobId, Backend backend) const
{
    for (std::size_t at = 0; at < m_rows.size(); ++at)
    {
        const auto& row = caseOf(m_rows[at]);
        if (m_rows[at].report == 0 && row.jobId == jobId && row.measured.backend == backend)
        {
            return static_cast<int>(at);
        }
    }
    return -1;
}

int CaseTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CaseTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CaseTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
    {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role)
    {
    case Qt::DisplayRole:
        return column == ReportName ? m_reports[row.report].name : textOf(cell(row, column).text);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((infoOf(column).isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return toolTip(row, column);
    case kSortRole:
        return sortValue(row, column);
    case kToneRole:
        return static_cast<int>(cell(row, column).tone);
    case kBackendRole:
        return column == BackendName ? QVariant(static_cast<int>(caseOf(row).measured.backend)) : QVariant();
    case kFigureSourceRole:
        return figure(row, column).source;
    case kFigureValueRole:
        return figure(row, column).value;
    default:
        return {};
    }
}

QVariant CaseTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
    {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (role)
    {
    case Qt::DisplayRole:
        return section == Rate ? m_rateUnit : tr(infoOf(section).header);
    case Qt::ToolTipRole:
        return tr(infoOf(section).definition);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((infoOf(section).isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

Cell CaseTableModel::cell(const Row& at, int column) const
{
    const Format format;
    const CaseReport& row = caseOf(at);
    switch (column)
    {
    case Subject:
        return {subjectText(row.measured)};
    case BackendName:
        return {backendName(row.measured.backend).toStdString()};
    case PassName:
        return {passName(row.measured.pass).toStdString()};
    case LaunchName:
        return {std::string(toString(row.measured.launch))};
    case L2Name:
        return {std::string(toString(row.measured.l2))};
    case Median:
        return figureCell(row.device, format,
                          [&](const LatencySummary& summary)
                          { return format.duration(summary.medianNs, summary.medianIntervalNs); });
    case VsBaseline:
        return at.comparison != nullptr ? comparisonCell(*at.comparison, format) : Cell(format.dash(), Tone::Muted);
    case Rate:
        return figureCell(row.roofline, format,
                          [&](const Roofline& roof)
                          { return withoutUnit(format.metric(roof.flopsPerSecond, "FLOP/s"), m_rateUnit); });
    case PeakShare:
        return figureCell(row.roofline ? row.roofline->shareOfAttainable : std::nullopt, format,
                          [&](double share) { return format.percent(share); });
    case Memory:
        return figureCell(row.result.peakBytes, format, [&](double bytes) { return format.bytes(bytes); });
    case Ran:
        return ranCell(row, format);
    case Accuracy:
        return accuracyCell(row);
    case OutcomeText:
        return outcomeCell(row);
    case Flags:
        return row.flags.empty()
                   ? Cell()
                   : Cell(format.plural(static_cast<std::int64_t>(row.flags.size()), "flag"), Tone::Caution);
    default:
        return {};
    }
}

QVariant CaseTableModel::sortValue(const Row& at, int column) const
{
    const CaseReport& row = caseOf(at);
    switch (column)
    {
    case ReportName:
        return static_cast<int>(at.report);
    case Subject: // by batch, then length, as one number
        return static_cast<double>(batchOf(row.measured.subject)) * 1e9 +
               static_cast<double>(sequenceOf(row.measured.subject));
    case Median:
        return row.device ? QVariant(row.device->medianNs) : QVariant();
    case VsBaseline:
        return at.comparison != nullptr ? numberOf(at.comparison->comparison.ratio) : QVariant();
    case Rate:
        return row.roofline ? QVariant(row.roofline->flopsPerSecond) : QVariant();
    case PeakShare:
        return row.roofline ? numberOf(row.roofline->shareOfAttainable) : QVariant();
    case Memory:
        return numberOf(row.result.peakBytes);
    case Flags:
        return static_cast<int>(row.flags.size());
    default:
        return textOf(cell(at, column).text);
    }
}

Figure CaseTableModel::figure(const Row& at, int column) const
{
    const CaseReport& row = caseOf(at);
    const Report& report = *m_reports[at.report].report;
    switch (column)
    {
    case Median:
        return medianOf(report, row);
    case VsBaseline:
        return at.comparison != nullptr && at.comparison->comparison.ratio ? ratioOf(report, *at.comparison) : Figure();
    case Rate:
        return row.roofline ? Figure{casePath(report, row, "/roofline/flopsPerSecond"), row.roofline->flopsPerSecond}
                            : Figure();
    case PeakShare:
        return row.roofline && row.roofline->shareOfAttainable
                   ? Figure{casePath(report, row, "/roofline/shareOfAttainable"), *row.roofline->shareOfAttainable}
                   : Figure();
    case Memory:
        return row.result.peakBytes ? peakBytesOf(report, row) : Figure();
    default:
        return {};
    }
}

QString CaseTableModel::toolTip(const Row& at, int column) const
{
    const CaseReport& row = caseOf(at);
    switch (column)
    {
    case Subject:
        return textOf(describe(row.measured.subject));
    case Median:
        return row.device
                   ? tr("%1, %2").arg(textOf(Format().plural(row.device->n, "sample")), tr(infoOf(column).definition))
                   : textOf(row.reason);
    case VsBaseline:
        return at.comparison == nullptr ? QString()
               : at.comparison->ranked  ? textOf(at.comparison->comparison.reason)
                                        : textOf(at.comparison->whyUnranked);
    case Ran:
        return row.evidence ? textOf(fmt::format("{}", fmt::join(row.evidence->kernels.empty() ? row.evidence->operators
                                                                                               : row.evidence->kernels,
                                                                 "\n")))
                            : QString();
    case Accuracy:
        return textOf(row.accuracyNote);
    case OutcomeText:
        return textOf(row.reason);
    case Flags:
        return textOf(fmt::format("{}", fmt::join(row.flags, "\n")));
    default:
        return {};
    }
}

} // namespace headroom::ui
