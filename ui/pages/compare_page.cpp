// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/compare_page.h"

#include "core/launch/price_file.h"
#include "core/launch/set_up_error.h"
#include "core/report/comparison_text.h"
#include "core/report/format.h"
#include "core/report/unlike_circumstances.h"
#include "ui/models/comparison_model.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plain_table.h"
#include "ui/widgets/sentence_header.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QHeaderView>
#include <QPointer>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTableWidget>
#include <QThreadPool>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace headroom::ui
{
namespace
{

constexpr int kMostDifferenceRows = 6; ///< that are seen without scrolling
constexpr int kLeastSubjectSpace = 40;

/// The report that the sentence is about: the next one, unless only one behind it has cases to compare.
std::size_t leadingOther(const ComparisonModel& model)
{
    for (std::size_t other = 1; other <= model.otherCount(); ++other)
    {
        if (!model.comparison(other).cases.empty())
        {
            return other;
        }
    }
    return 1;
}

} // namespace

ComparePage::ComparePage(const Theme& theme, QWidget* parent)
    : FacedPage(theme, parent), m_model(new ComparisonModel(this)), m_sorted(new QSortFilterProxyModel(this)),
      m_header(new SentenceHeader(theme)), m_differencePanel(new Panel(tr("Unlike circumstances"), QString(), theme)),
      m_differences(new QTableWidget), m_anyway(new QCheckBox(tr("Give verdicts all the same"))),
      m_cases(new Panel(tr("Like for like"), QString(), theme)), m_table(new QTableView),
      m_hint(new Hint(QString(), QString(), theme))
{
    setObjectName(QStringLiteral("page-compare"));
    m_hint->addAction(tr("Open a report"), QStringLiteral("open"));
    m_hint->addAction(tr("Run what the form holds"), QStringLiteral("run"));
    setFaces(m_hint, buildContent());
}

QWidget* ComparePage::buildContent()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(kSortRole);
    m_differences->setObjectName(QStringLiteral("differences"));
    m_differences->setAccessibleName(tr("Unlike circumstances"));
    m_differences->setEditTriggers(QAbstractItemView::NoEditTriggers);
    makePlainTable(*m_differences, theme());
    m_differences->horizontalHeader()->setStretchLastSection(true);
    m_differences->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_anyway->setObjectName(QStringLiteral("verdictsAnyway"));
    m_anyway->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_anyway->setToolTip(
        tr("A difference between the runs may then come from the circumstances, and not from the kernels"));
    connect(m_anyway, &QCheckBox::toggled, this, [this] { refresh(); });
    m_differencePanel->body()->addWidget(m_differences);
    m_differencePanel->addToHeader(m_anyway);
    m_table->setObjectName(QStringLiteral("comparison"));
    m_table->setAccessibleName(tr("Cases that the reports have in common"));
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new CaseDelegate(theme(), m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    makePlainTable(*m_table, theme());
    m_subject = new Label(QString(), theme(), TextRole::Note);
    m_subject->setObjectName(QStringLiteral("oneSubject"));
    m_subject->setWordWrap(true);
    m_cases->body()->addWidget(m_subject);
    m_cases->body()->addWidget(m_table);
    m_nothing = new Label(
        tr("Cases meet where shape, data type, mask, backend and pass are the same; here none are. What can be "
           "laid over each other without that is on Scaling, Accuracy, Roofline and Monitor."),
        theme(), TextRole::Note);
    m_nothing->setObjectName(QStringLiteral("nothingInCommon"));
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_cases->body()->addWidget(m_nothing, 1);
    m_costs = new Label(QString(), theme(), TextRole::Note);
    m_costs->setObjectName(QStringLiteral("costs"));
    m_costs->setWordWrap(true);
    m_costs->setVisible(false);
    m_cases->body()->addWidget(m_costs);
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(theme().space(4), theme().space(4), theme().space(4), theme().space(4));
    column->setSpacing(theme().space(3));
    column->addWidget(m_header);
    column->addWidget(m_differencePanel);
    column->addWidget(m_cases, 1);
    return content;
}

void ComparePage::refresh()
{
    std::vector<NamedReport> named;
    for (const auto& open : reports().reports)
    {
        named.push_back({open.name, open.report});
    }
    m_hint->setTitle(named.empty() ? tr("Two reports side by side") : tr("One more report to compare with"));
    m_hint->setText(
        tr("Drop report files into the window, or open them: another machine, another version, last week's run. "
           "What differs between the circumstances is named first; then every case that both have, with the "
           "ratio, its interval and a verdict."));
    m_model->setReports(named, m_anyway->isChecked());
    showFace(named.size() < 2 ? Face::Hint : Face::Content);
    if (named.size() < 2)
    {
        return;
    }
    showSentence();
    showDifferences();
    showSubject();
    fitColumns();
    showCosts();
}

void ComparePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    askForPrices();
}

/// The user's file of prices is read elsewhere, each time that the page comes up. A mistaken one is the command line's
/// to complain of: here there is then no cost.
void ComparePage::askForPrices()
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<ComparePage>(this)]
        {
            std::optional<Prices> prices;
            try
            {
                prices = keptPrices();
            }
            catch (const SetUpError&)
            {
                prices.reset();
            }
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, prices]
                {
                    if (self)
                    {
                        self->m_model->setPrices(prices);
                        self->showCosts();
                    }
                },
                Qt::QueuedConnection);
        });
}

void ComparePage::showCosts()
{
    const QString costs = m_model->runCosts();
    m_costs->setText(tr("The runs cost %1. A median's tooltip has what goes through it").arg(costs));
    m_costs->setVisible(!costs.isEmpty());
}

void ComparePage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    fitColumns();
}

/// A subject that all cases have stands above the table once, which leaves its room to the ratio.
void ComparePage::showSubject()
{
    const auto subjectOf = [&](int row) { return m_model->index(row, ComparisonModel::Subject).data().toString(); };
    bool one = m_model->rowCount() > 0;
    for (int row = 1; one && row < m_model->rowCount(); ++row)
    {
        one = subjectOf(row) == subjectOf(0);
    }
    m_subject->setText(one ? subjectOf(0) : QString());
    m_subject->setVisible(one);
    m_table->setColumnHidden(ComparisonModel::Subject, one);
}

/// Every column as wide as its cells; where the table is then wider than the window, the subject gives way, whose tool
/// tip has all of it.
void ComparePage::fitColumns()
{
    m_table->resizeColumnsToContents();
    int others = 0;
    for (int column = 0; column < m_model->columnCount(); ++column)
    {
        others += column == ComparisonModel::Subject ? 0 : m_table->columnWidth(column);
    }
    const int room = m_table->viewport()->width() - others;
    const int wanted = m_table->columnWidth(ComparisonModel::Subject);
    m_table->setColumnWidth(ComparisonModel::Subject,
                            std::min(wanted, std::max(room, theme().space(kLeastSubjectSpace))));
}

void ComparePage::showSentence()
{
    const Format format;
    const std::size_t leading = leadingOther(*m_model);
    const ReportComparison& sum = m_model->comparison(leading);
    const QString& first = reports().reports[0].name;
    const QString& second = reports().reports[leading].name;
    m_header->setSentence(textOf(comparisonSentence({first.toStdString(), second.toStdString(), sum}, format)));
    m_header->setNote(
        m_model->rowCount() == 0 ? tr("Nothing is compared like for like")
        : sum.judged && !sum.alike
            ? tr("Unlike circumstances: the difference may be theirs. Ratio: %1 over %2").arg(first, second) +
                  otherSums()
            : tr("Ratio: median of %1 over that of the other, above 1 the other is faster. The runs were apart: "
                 "the interval knows the noise inside each alone")
                      .arg(first) +
                  otherSums());
}

/// The sums of the other reports, which the sentence has no room for.
QString ComparePage::otherSums() const
{
    const Format format;
    QString text;
    for (std::size_t other = 1; other <= m_model->otherCount(); ++other)
    {
        const ReportComparison& sum = m_model->comparison(other);
        if (other == leadingOther(*m_model))
        {
            continue;
        }
        if (sum.cases.empty())
        {
            text += tr(". %1 has no case in common").arg(reports().reports[other].name);
        }
        else if (sum.judged)
        {
            text += tr(". %1 is faster in %2, slower in %3 and the same in %4")
                        .arg(reports().reports[other].name, textOf(format.count(sum.counts.faster)),
                             textOf(format.count(sum.counts.slower)), textOf(format.count(sum.counts.same)));
        }
    }
    return text;
}

/// How many cases only one side of a comparison with the first has.
QString ComparePage::onlyInOne() const
{
    const Format format;
    QString text;
    for (std::size_t other = 1; other <= m_model->otherCount(); ++other)
    {
        const ReportComparison& one = m_model->comparison(other);
        if (!one.onlyFirst.empty() || !one.onlySecond.empty())
        {
            text += tr(" · %1 only in %2, %3 only in %4")
                        .arg(textOf(format.count(static_cast<std::int64_t>(one.onlyFirst.size()))),
                             reports().reports.front().name,
                             textOf(format.count(static_cast<std::int64_t>(one.onlySecond.size()))),
                             reports().reports[other].name);
        }
    }
    return text;
}

/// A row for each thing in which any report differs from the first, a column for each report.
void ComparePage::showDifferences()
{
    const Format format;
    std::vector<std::string> names;
    std::map<std::pair<std::string, std::size_t>, CircumstanceDifference> found;
    for (std::size_t other = 1; other <= m_model->otherCount(); ++other)
    {
        for (const auto& difference : m_model->comparison(other).differences)
        {
            if (std::find(names.begin(), names.end(), difference.name) == names.end())
            {
                names.push_back(difference.name);
            }
            found[{difference.name, other}] = difference;
        }
    }
    std::stable_sort(names.begin(), names.end(),
                     [](const std::string& left, const std::string& right)
                     { return weightPlace(left) < weightPlace(right); });
    QStringList headers{tr("What")};
    for (const auto& open : reports().reports)
    {
        headers.append(open.name);
    }
    m_differences->setColumnCount(static_cast<int>(headers.size()));
    m_differences->setHorizontalHeaderLabels(headers);
    m_differences->setRowCount(static_cast<int>(names.size()));
    const auto put = [this](int row, std::size_t column, const QString& text)
    {
        auto* item = new QTableWidgetItem(text);
        item->setToolTip(text);
        m_differences->setItem(row, static_cast<int>(column), item);
    };
    for (int row = 0; row < m_differences->rowCount(); ++row)
    {
        const std::string& name = names[static_cast<std::size_t>(row)];
        put(row, 0, textOf(circumstanceName(name)));
        for (std::size_t other = 1; other <= m_model->otherCount(); ++other)
        {
            const auto one = found.find({name, other});
            if (one != found.end())
            {
                put(row, 1, textOf(circumstanceValue(name, one->second.first, format)));
            }
            put(row, other + 1,
                one == found.end() ? tr("the same") : textOf(circumstanceValue(name, one->second.second, format)));
        }
    }
    m_differences->resizeColumnsToContents();
    for (int column = 0; column < m_differences->columnCount(); ++column)
    {
        m_differences->setColumnWidth(
            column, std::min(m_differences->columnWidth(column) + theme().space(3), theme().space(70)));
    }
    m_differencePanel->setVisible(!names.empty());
    const int shown = std::min(m_differences->rowCount(), kMostDifferenceRows);
    m_differences->setFixedHeight(m_differences->horizontalHeader()->sizeHint().height() + shown * theme().space(7) +
                                  theme().space(3));
    m_cases->setNote(textOf(format.plural(m_model->rowCount(), "case")) +
                     (m_model->otherCount() > 1 ? tr(" in common with another report") : tr(" in common")) +
                     onlyInOne());
    m_table->setVisible(m_model->rowCount() > 0);
    m_nothing->setVisible(m_model->rowCount() == 0);
}

} // namespace headroom::ui
