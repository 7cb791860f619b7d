// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sample_ledger_model.h"

#include "core/report/format.h"
#include "core/report/report_tables.h"
#include "ui/models/figure.h"

#include <cmath>

namespace headroom::ui
{

SampleLedgerModel::SampleLedgerModel(QObject* parent) : QAbstractTableModel(parent) {}

void SampleLedgerModel::show(std::shared_ptr<const Report> report, std::size_t index, headroom::Clock clock)
{
    beginResetModel();
    m_report = std::move(report);
    m_index = index;
    m_clock = clock;
    endResetModel();
}

const CaseReport* SampleLedgerModel::row() const
{
    return m_report && m_index < m_report->cases.size() ? &m_report->cases[m_index] : nullptr;
}

const std::vector<double>& SampleLedgerModel::samples() const
{
    static const std::vector<double> none;
    const auto* shown = row();
    return shown == nullptr ? none : m_clock == headroom::Clock::Device ? shown->deviceNs : shown->wallNs;
}

int SampleLedgerModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(samples().size());
}

int SampleLedgerModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

/// What the report has on \a sample in \a column; invalid where it has nothing.
QVariant SampleLedgerModel::number(std::size_t sample, int column) const
{
    const CaseReport& shown = *row();
    const bool device = m_clock == headroom::Clock::Device;
    switch (column)
    {
    case Number:
        return static_cast<qlonglong>(sample + 1);
    case Round:
        return device && sample < shown.round.size() ? QVariant(static_cast<qlonglong>(shown.round[sample] + 1))
                                                     : QVariant();
    case Time:
        return samples()[sample];
    case Clock:
        return device && sample < shown.smMhz.size() && std::isfinite(shown.smMhz[sample])
                   ? QVariant(shown.smMhz[sample])
                   : QVariant();
    case Label:
        return device && sample < shown.labels.size() ? QVariant(static_cast<int>(shown.labels[sample])) : QVariant();
    default:
        return {};
    }
}

QVariant SampleLedgerModel::text(std::size_t sample, int column) const
{
    const QVariant value = number(sample, column);
    const Format format;
    if (!value.isValid())
    {
        return QString::fromStdString(format.dash());
    }
    switch (column)
    {
    case Time:
        return QString::fromStdString(format.sample(value.toDouble()));
    case Clock:
        return tr("%1 MHz").arg(QString::fromStdString(format.count(std::llround(value.toDouble()))));
    case Label:
    {
        const SampleLabel label = row()->labels[sample];
        return label == SampleLabel::None ? QString() : QString::fromStdString(spaced(toString(label)));
    }
    default:
        return QString::fromStdString(format.count(value.toLongLong()));
    }
}

QVariant SampleLedgerModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || row() == nullptr)
    {
        return {};
    }
    const auto sample = static_cast<std::size_t>(index.row());
    switch (role)
    {
    case Qt::DisplayRole:
        return text(sample, index.column());
    case kSortRole:
        return number(sample, index.column());
    case Qt::TextAlignmentRole:
        return index.column() == Label ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case kFigureSourceRole:
        if (index.column() == Time)
        {
            return QStringLiteral("/cases/%1/%2/%3")
                .arg(m_index)
                .arg(m_clock == headroom::Clock::Device ? QLatin1String("deviceNs") : QLatin1String("wallNs"))
                .arg(sample);
        }
        if (index.column() == Clock || index.column() == Round)
        {
            return number(sample, index.column()).isValid()
                       ? QStringLiteral("/cases/%1/%2/%3")
                             .arg(m_index)
                             .arg(index.column() == Clock ? QLatin1String("smMhz") : QLatin1String("round"))
                             .arg(sample)
                       : QString();
        }
        return {};
    case kFigureValueRole:
        if (index.column() == Round) // people count from one
        {
            return number(sample, Round).isValid() ? QVariant(number(sample, Round).toLongLong() - 1) : QVariant();
        }
        return index.column() == Time || index.column() == Clock ? number(sample, index.column()) : QVariant();
    default:
        return {};
    }
}

QVariant SampleLedgerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
    {
        return {};
    }
    if (role == Qt::TextAlignmentRole)
    {
        return section == Label ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                                : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::DisplayRole)
    {
        const QString names[] = {tr("No."), tr("Round"), tr("Time"), tr("Clock"), tr("Label")};
        return section >= 0 && section < ColumnCount ? names[section] : QVariant();
    }
    if (role == Qt::ToolTipRole)
    {
        const QString texts[] = {
            tr("In the order in which the samples were taken."),
            tr("Samples of one round share its clocks: each backend is timed once a round, in random order."),
            tr("One call, launch gaps closed; what the pair of events costs is taken off."),
            tr("SM clock, before and after the sample, from timestamps in the stream."),
            tr("Low clock: below 75 % of the default. Outlier: more than 3.5 robust deviations, and 1 %, off the "
               "median. "
               "A label explains; no sample is left out.")};
        return section >= 0 && section < ColumnCount ? texts[section] : QVariant();
    }
    return {};
}

} // namespace headroom::ui
