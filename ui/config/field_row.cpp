// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/field_row.h"

#include "core/plan/number_list.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStandardPaths>
#include <QStyle>
#include <QVariant>

#include <algorithm>
#include <stdexcept>

namespace headroom::ui
{
namespace
{

constexpr int kLabelSteps = 21; ///< width of the labels' column, in the theme's steps

QString nameOf(Field field)
{
    const auto name = toString(field);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

/// A small triangle that points down, in the secondary ink.
QIcon menuIcon(const Theme& theme)
{
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.colours().secondary);
    painter.drawPolygon(QPolygon({QPoint(8, 12), QPoint(24, 12), QPoint(16, 22)}));
    return QIcon(pixmap);
}

QIcon folderIcon(const Theme& theme)
{
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.colours().secondary, 2.5));
    painter.drawPolyline(QPolygon(
        {QPoint(4, 26), QPoint(4, 8), QPoint(13, 8), QPoint(16, 12), QPoint(28, 12), QPoint(28, 26), QPoint(4, 26)}));
    return QIcon(pixmap);
}

} // namespace

FieldRow::FieldRow(const FieldInfo& info, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_info(info), m_theme(theme)
{
    const QString name = nameOf(info.field);
    setObjectName(QStringLiteral("row-") + name);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme.space(2));
    grid->setVerticalSpacing(theme.space(1));
    grid->setColumnMinimumWidth(0, theme.space(kLabelSteps));
    grid->setColumnStretch(1, 1);
    m_editor = makeEditor();
    m_editor->setObjectName(QStringLiteral("field-") + name);
    m_editor->setAccessibleName(labelOf(info));
    m_editor->setAccessibleDescription(tipOf(info));
    m_editor->setToolTip(tipOf(info));
    m_editor->installEventFilter(this);
    auto* label = new QLabel(labelOf(info));
    label->setProperty("role", QStringLiteral("secondary"));
    label->setToolTip(tipOf(info));
    label->setBuddy(m_editor);
    m_problem = new QLabel;
    m_problem->setObjectName(QStringLiteral("problem-") + name);
    m_problem->setProperty("tone", QStringLiteral("bad"));
    m_problem->setFont(theme.font(TextRole::Note));
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_suggestions = new QWidget;
    m_suggestionFlow = new FlowLayout(theme.space(1), m_suggestions);
    m_suggestions->hide();
    grid->addWidget(label, 0, 0);
    grid->addWidget(m_editor, 0, 1);
    grid->addWidget(m_problem, 1, 0, 1, 2);
    grid->addWidget(m_suggestions, 2, 0, 1, 2);
}

QWidget* FieldRow::makeEditor()
{
    switch (m_info.editor)
    {
    case EditorKind::Choice:
        m_combo = new QComboBox(this);
        m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_combo->setMinimumContentsLength(4);
        m_combo->setFocusPolicy(Qt::StrongFocus);
        setChoices(choicesOf(m_info.field));
        connect(m_combo, &QComboBox::activated, this,
                [this]
                {
                    Q_EMIT edited(text());
                    Q_EMIT committed();
                });
        return m_combo;
    case EditorKind::Switch:
        m_check = new QCheckBox(this);
        connect(m_check, &QCheckBox::clicked, this,
                [this]
                {
                    Q_EMIT edited(text());
                    Q_EMIT committed();
                });
        return m_check;
    case EditorKind::Number:
    case EditorKind::Sizes:
    case EditorKind::Words:
    case EditorKind::File:
        break;
    }
    return makeLine();
}

QWidget* FieldRow::makeLine()
{
    m_line = new QLineEdit(this);
    const bool isNumber = m_info.editor == EditorKind::Number || m_info.editor == EditorKind::Sizes;
    m_line->setAlignment(isNumber ? Qt::AlignRight : Qt::AlignLeft);
    m_line->setContextMenuPolicy(Qt::DefaultContextMenu);
    connect(m_line, &QLineEdit::textEdited, this, &FieldRow::edited);
    connect(m_line, &QLineEdit::editingFinished, this, &FieldRow::committed);
    if (m_info.editor == EditorKind::Words)
    {
        addWordMenu(m_line);
    }
    if (m_info.editor == EditorKind::File)
    {
        addFileButton(m_line);
    }
    return m_line;
}

void FieldRow::addWordMenu(QLineEdit* line)
{
    auto* open = line->addAction(menuIcon(m_theme), QLineEdit::TrailingPosition);
    open->setToolTip(tr("Choose (Alt+Down)"));
    connect(&m_theme, &Theme::changed, open, [this, open] { open->setIcon(menuIcon(m_theme)); });
    connect(open, &QAction::triggered, this,
            [this, line]
            {
                QMenu menu(line);
                const auto chosen = text().split(QLatin1Char(','), Qt::SkipEmptyParts);
                for (const auto& choice : choicesOf(m_info.field))
                {
                    auto* action = menu.addAction(choice.label);
                    action->setCheckable(true);
                    action->setChecked(chosen.contains(choice.text));
                    connect(action, &QAction::triggered, this, [this, choice] { toggleWord(choice.text); });
                }
                menu.exec(line->mapToGlobal(QPoint(0, line->height())));
            });
}

/// Puts \a word into the list, or takes it out; the order is that of the choices.
void FieldRow::toggleWord(const QString& word)
{
    auto words = text().split(QLatin1Char(','), Qt::SkipEmptyParts);
    if (words.removeAll(word) == 0)
    {
        words.append(word);
    }
    m_line->setText(words.join(QLatin1Char(',')));
    Q_EMIT edited(text());
    Q_EMIT committed();
}

void FieldRow::addFileButton(QLineEdit* line)
{
    auto* open = line->addAction(folderIcon(m_theme), QLineEdit::TrailingPosition);
    open->setToolTip(tr("Choose a file"));
    connect(&m_theme, &Theme::changed, open, [this, open] { open->setIcon(folderIcon(m_theme)); });
    connect(open, &QAction::triggered, this,
            [this]
            {
                const QString filter = m_info.field == Field::Weights ? tr("Weights (*.safetensors);;All files (*)")
                                                                      : tr("Compiled packages (*.pt2);;All files (*)");
                const auto path = QFileDialog::getOpenFileName(this, labelOf(m_info), text(), filter);
                if (!path.isEmpty())
                {
                    m_line->setText(path);
                    Q_EMIT edited(path);
                    Q_EMIT committed();
                }
            });
}

QString FieldRow::text() const
{
    if (m_combo != nullptr)
    {
        return m_combo->currentData().toString();
    }
    if (m_check != nullptr)
    {
        return m_check->isChecked() ? QStringLiteral("yes") : QStringLiteral("no");
    }
    return m_line->text();
}

void FieldRow::setText(const QString& text)
{
    if (m_combo != nullptr)
    {
        m_combo->setCurrentIndex(std::max(0, m_combo->findData(text)));
    }
    else if (m_check != nullptr)
    {
        m_check->setChecked(text == QLatin1String("yes"));
    }
    else if (m_line->text() != text)
    {
        m_line->setText(text);
        m_line->setCursorPosition(m_line->hasFocus() ? static_cast<int>(text.size()) : 0); // a list shows its beginning
    }
}

void FieldRow::setPlaceholder(const QString& text)
{
    if (m_line != nullptr && m_line->placeholderText() != text)
    {
        m_line->setPlaceholderText(text);
    }
}

void FieldRow::setChoices(const QList<FieldChoice>& choices)
{
    const auto before = text();
    m_combo->clear();
    for (const auto& choice : choices)
    {
        m_combo->addItem(choice.label, choice.text);
        m_combo->setItemData(m_combo->count() - 1, choice.label, Qt::ToolTipRole);
    }
    setText(before);
}

void FieldRow::setProblem(const QString& sentence, const QStringList& suggestions)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
    if (const bool invalid = !sentence.isEmpty(); m_editor->property("invalid").toBool() != invalid)
    {
        m_editor->setProperty("invalid", invalid);
        m_editor->style()->unpolish(m_editor);
        m_editor->style()->polish(m_editor);
    }
    if (suggestions == m_shownSuggestions)
    {
        return;
    }
    m_shownSuggestions = suggestions;
    while (auto* item = m_suggestionFlow->takeAt(0))
    {
        item->widget()->deleteLater();
        item->widget()->hide();
        delete item;
    }
    for (const auto& suggestion : suggestions)
    {
        auto* chip = new QPushButton(tr("Use %1").arg(suggestion));
        chip->setObjectName(QStringLiteral("suggestion-%1-%2").arg(nameOf(m_info.field), suggestion));
        chip->setAccessibleName(tr("Set %1 to %2").arg(labelOf(m_info), suggestion));
        chip->setProperty("role", QStringLiteral("chip"));
        connect(chip, &QPushButton::clicked, this, [this, suggestion] { Q_EMIT suggestionTaken(suggestion); });
        m_suggestionFlow->addWidget(chip);
    }
    m_suggestions->setVisible(!suggestions.isEmpty());
    m_suggestions->updateGeometry();
}

void FieldRow::setOff(const QString& reason)
{
    m_editor->setEnabled(reason.isEmpty());
    m_editor->setToolTip(reason.isEmpty() ? tipOf(m_info) : reason);
    m_editor->setAccessibleDescription(m_editor->toolTip());
}

/// Up and Down go to the next and the previous whole number, or, from 16 on, to the next multiple of a power of two
/// near an eighth of it; Page Up and Page Down double and halve.
bool FieldRow::step(int key)
{
    std::int64_t value = 0;
    try
    {
        value = parseSize(text().toStdString());
    }
    catch (const std::invalid_argument&)
    {
        return false;
    }
    const bool up = key == Qt::Key_Up || key == Qt::Key_PageUp;
    if (key == Qt::Key_PageUp || key == Qt::Key_PageDown)
    {
        value = up ? value * 2 : std::max<std::int64_t>(1, value / 2);
    }
    else
    {
        std::int64_t width = 1;
        while (width * 16 <= value - (up ? 0 : 1))
        {
            width *= 2;
        }
        value = up ? (value / width + 1) * width : std::max<std::int64_t>(1, (value - 1) / width * width);
    }
    m_line->setText(QString::number(value));
    Q_EMIT edited(text());
    return true;
}

bool FieldRow::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Wheel && !m_editor->hasFocus())
    {
        event->ignore(); // the form scrolls, its choices stay
        return true;
    }
    if (event->type() == QEvent::ShortcutOverride)
    {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo))
        {
            event->accept(); // the form's own undo, not the line's
            return true;
        }
    }
    if (event->type() == QEvent::KeyPress)
    {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo))
        {
            Q_EMIT undoRequested();
            return true;
        }
        if (key->matches(QKeySequence::Redo))
        {
            Q_EMIT redoRequested();
            return true;
        }
        const bool steps = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down || key->key() == Qt::Key_PageUp ||
                           key->key() == Qt::Key_PageDown;
        if (m_info.editor == EditorKind::Words && key->key() == Qt::Key_Down && key->modifiers() == Qt::AltModifier)
        {
            m_line->actions().constLast()->trigger();
            return true;
        }
        const bool sized = m_info.editor == EditorKind::Number || m_info.editor == EditorKind::Sizes;
        if (sized && steps && key->modifiers() == Qt::NoModifier && step(key->key()))
        {
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace headroom::ui
