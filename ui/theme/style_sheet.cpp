// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include "ui/theme/theme.h"

#include <QPair>
#include <QStyle>
#include <QVariant>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

// @name stands for a colour of Colours, @N for N pixels at the theme's scale.
const char* const kSurfaces = R"(
QWidget { color: @text; }
QMainWindow, QDialog, QWidget[role="page"] { background: @page; }
QFrame[role="bar"], QWidget[role="column"] { background: @panel; border: none; }
QFrame[role="panel"] { background: @panel; border: 1px solid @line; border-radius: @8; }
QFrame[role="line"] { background: @line; border: none; }
QFrame[role="notice"] { background: @selected; border: none; border-bottom: 1px solid @line; }
QScrollArea, QScrollArea > QWidget > QWidget, QStackedWidget { background: transparent; border: none; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: @6 @8; }
QLabel { background: transparent; }
QLabel[role="secondary"] { color: @secondary; }
QLabel[role="title"], QLabel[strong="true"] { font-weight: 600; }
QLabel[tone="good"] { color: @good; }
QLabel[tone="caution"] { color: @caution; }
QLabel[tone="bad"] { color: @bad; }
)";

const char* const kButtons = R"(
QPushButton, QToolButton { background: @selected; border: 1px solid transparent; border-radius: @5; padding: @5 @14;
    font-weight: 500; }
QFileDialog QToolButton { padding: @3; } /* of the dialog's own, whose icons need the room */
QPushButton:hover, QToolButton:hover { border-color: @accent; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked { color: @accent; border-color: @accent; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @secondary; background: @field; border-color: @line; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[role="primary"] { background: @accent; color: @onAccent; font-weight: 600; padding: @9 @14; border-radius: @6; }
QPushButton[role="primary"]:focus, QPushButton[role="primary"]:hover { border-color: @text; }
QPushButton[role="primary"]:disabled { background: @line; color: @secondary; border-color: transparent; }
QPushButton[role="link"], QToolButton[role="link"] { background: transparent; color: @accent; padding: @2 @4; font-weight: 500; }
QPushButton[role="link"]:disabled, QToolButton[role="link"]:disabled { color: @secondary; border-color: transparent; }
QPushButton[role="rail"] { background: transparent; text-align: left; padding: @7 @12; font-weight: 400; border-radius: @5; }
QPushButton[role="rail"]:hover { background: @field; border-color: transparent; }
QPushButton[role="rail"]:focus { border-color: @accent; }
QPushButton[role="rail"]:checked { background: @selected; color: @accent; font-weight: 600; border-color: transparent; }
QPushButton[role="rail"]:checked:focus { border-color: @accent; }
)";

const char* const kFields = R"(
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit, QTextBrowser { background: @field;
    border: 1px solid @line; border-radius: @5; padding: @4 @8; selection-background-color: @accent;
    selection-color: @onAccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border-color: @accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @secondary; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: @bad; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: @20; }
QComboBox::down-arrow { image: url(:/theme/chevron_%scheme.png); width: @12; height: @12; }
QComboBox QAbstractItemView, QMenu { background: @panel; border: 1px solid @line; selection-background-color: @selected;
    selection-color: @accent; outline: none; }
QMenu { padding: @4; }
QMenu::item { padding: @6 @24 @6 @12; border-radius: @4; background: transparent; }
QMenu::item:selected { background: @selected; color: @accent; }
QMenu::item:disabled { color: @secondary; }
QMenu::separator { height: 1px; background: @line; margin: @4 @8; }
QCheckBox, QRadioButton { spacing: @8; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: @14; height: @14; border: 1px solid @secondary; background: @field; }
QCheckBox::indicator { border-radius: @3; }
QRadioButton::indicator { border-radius: @7; }
QCheckBox::indicator:checked { image: url(:/theme/check_%scheme.png); }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox:focus, QRadioButton:focus { color: @accent; }
QProgressBar { background: @line; border: none; border-radius: @3; max-height: @7; min-height: @7; text-align: center; }
QProgressBar::chunk { background: @accent; border-radius: @3; }
QSlider::groove:horizontal { background: @line; height: @4; border-radius: @2; }
QSlider::handle:horizontal { background: @accent; width: @14; margin: -@5 0; border-radius: @7; }
)";

const char* const kViews = R"(
QAbstractItemView { background: @panel; alternate-background-color: @field; border: none; gridline-color: @line;
    selection-background-color: @selected; selection-color: @text; outline: none; }
QAbstractItemView::item { padding: @4 @6; }
QAbstractItemView::item:selected { background: @selected; color: @text; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid @accent; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @secondary; border: none; border-bottom: 1px solid @line; padding: @5 @6;
    font-weight: 500; }
QTableCornerButton::section { background: @panel; border: none; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar::tab { background: transparent; color: @secondary; padding: @6 @12; border-bottom: @2 solid transparent; }
QTabBar::tab:selected { color: @accent; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @text; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QScrollBar:vertical { background: transparent; width: @10; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @10; margin: 0; }
QScrollBar::handle { background: @line; border-radius: @3; margin: @2; }
QScrollBar::handle:vertical { min-height: @28; }
QScrollBar::handle:horizontal { min-width: @28; }
QScrollBar::handle:hover { background: @secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
)";

/// "@8" and the like become pixels.
QString scaled(const QString& sheet, const Theme& theme)
{
    QString text;
    text.reserve(sheet.size());
    for (qsizetype at = 0; at < sheet.size(); ++at)
    {
        if (sheet.at(at) != QLatin1Char('@'))
        {
            text += sheet.at(at);
            continue;
        }
        int steps = 0;
        while (at + 1 < sheet.size() && sheet.at(at + 1).isDigit())
        {
            steps = 10 * steps + sheet.at(++at).digitValue();
        }
        text +=
            QString::number(std::max(1, static_cast<int>(std::lround(steps * theme.scale())))) + QStringLiteral("px");
    }
    return text;
}

void setStyleProperty(QWidget* widget, const char* name, const char* value)
{
    const QString wanted = QLatin1String(value);
    if (widget->property(name).toString() != wanted)
    {
        widget->setProperty(name, wanted);
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

} // namespace

QString styleSheetOf(const Theme& theme)
{
    const Colours& c = theme.colours();
    // Longer names first: "@onAccent" must not be taken for "@on...".
    const QList<QPair<QString, QColor>> names{
        {QStringLiteral("@secondary"), c.secondary}, {QStringLiteral("@onAccent"), c.onAccent},
        {QStringLiteral("@selected"), c.selected},   {QStringLiteral("@caution"), c.caution},
        {QStringLiteral("@accent"), c.accent},       {QStringLiteral("@field"), c.field},
        {QStringLiteral("@panel"), c.panel},         {QStringLiteral("@page"), c.page},
        {QStringLiteral("@line"), c.line},           {QStringLiteral("@text"), c.text},
        {QStringLiteral("@good"), c.good},           {QStringLiteral("@bad"), c.bad}};
    QString sheet = QLatin1String(kSurfaces) + QLatin1String(kButtons) + QLatin1String(kFields) + QLatin1String(kViews);
    for (const auto& [name, colour] : names)
    {
        sheet.replace(name, colour.name());
    }
    sheet.replace(QStringLiteral("%scheme"),
                  theme.scheme() == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
    return scaled(sheet, theme);
}

QPalette paletteOf(const Theme& theme)
{
    const Colours& c = theme.colours();
    QPalette palette;
    palette.setColor(QPalette::Window, c.page);
    palette.setColor(QPalette::Base, c.panel);
    palette.setColor(QPalette::AlternateBase, c.field);
    palette.setColor(QPalette::Button, c.selected);
    palette.setColor(QPalette::ToolTipBase, c.panel);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.onAccent);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::PlaceholderText, c.secondary);
    palette.setColor(QPalette::Mid, c.line);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
    {
        palette.setColor(role, c.text);
        palette.setColor(QPalette::Disabled, role, c.secondary);
    }
    return palette;
}

void setRole(QWidget* widget, const char* role)
{
    setStyleProperty(widget, "role", role);
}

void setTone(QWidget* widget, const char* tone)
{
    setStyleProperty(widget, "tone", tone);
}

} // namespace headroom::ui
