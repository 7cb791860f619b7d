// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/figure_list.h"

#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QGridLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kLongText = 40; ///< characters: longer ones may be wrapped
constexpr int kLongWord = 24; ///< characters: a longer one has a row of its own, since a word is not wrapped

bool hasLongWord(const QString& text)
{
    const auto words = text.split(QLatin1Char(' '));
    return std::any_of(words.begin(), words.end(), [](const QString& word) { return word.size() > kLongWord; });
}

} // namespace

FigureList::FigureList(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme.space(3));
    m_grid->setVerticalSpacing(theme.space(1));
    m_grid->setColumnStretch(1, 1);
}

void FigureList::growTo(std::size_t count)
{
    while (m_labels.size() < count)
    {
        const int row = rowOf(m_labels.size());
        auto* name = new Label(m_theme, TextRole::Note, this);
        auto* value = new Label(m_theme, TextRole::Title, this);
        name->setTone(Tone::Muted);
        value->setAlignment(Qt::AlignRight | Qt::AlignTop);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(name, row, 0, Qt::AlignLeft | Qt::AlignTop);
        m_grid->addWidget(value, row, 1);
        m_labels.emplace_back(name, value);
    }
}

/// Each line has a second row, which is empty unless its value needs all of it.
int FigureList::rowOf(std::size_t line)
{
    return static_cast<int>(2 * line);
}

void FigureList::place(std::size_t line, bool beneath)
{
    Label* value = m_labels[line].second;
    const int at = m_grid->indexOf(value);
    int row = 0;
    int column = 0;
    int rows = 0;
    int columns = 0;
    m_grid->getItemPosition(at, &row, &column, &rows, &columns);
    if (beneath != (columns == 2))
    {
        m_grid->removeWidget(value);
        beneath ? m_grid->addWidget(value, rowOf(line) + 1, 0, 1, 2) : m_grid->addWidget(value, rowOf(line), 1);
    }
}

void FigureList::setLines(const std::vector<FigureLine>& lines)
{
    growTo(lines.size());
    QString owner;
    for (std::size_t i = 0; i < m_labels.size(); ++i)
    {
        auto [name, value] = m_labels[i];
        const bool used = i < lines.size();
        name->setVisible(used);
        value->setVisible(used);
        const FigureLine line = used ? lines[i] : FigureLine();
        name->setText(line.name);
        name->setToolTip(line.definition);
        name->setContentsMargins(line.part ? m_theme.space(3) : 0, 0, 0, 0);
        value->setWordWrap(line.text.size() > kLongText);
        value->setText(line.text);
        place(i, hasLongWord(line.text));
        value->setToolTip(line.definition);
        owner = line.part ? owner : line.name;
        value->setAccessibleName(line.part ? QStringLiteral("%1, %2").arg(owner, line.name) : line.name);
        value->setTone(line.tone);
        setFigure(*value, line.figure);
    }
}

} // namespace headroom::ui
