// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What a cell or a line says by its colour; its text says the same.
enum class Tone
{
    Plain,
    Good,
    Caution,
    Bad,
    Muted
};

struct Cell
{
    std::string text;
    Tone tone = Tone::Plain;

    Cell() = default;
    Cell(std::string text_, Tone tone_ = Tone::Plain) : text(std::move(text_)), tone(tone_) {}
    Cell(std::string_view text_, Tone tone_ = Tone::Plain) : text(text_), tone(tone_) {}
    Cell(const char* text_, Tone tone_ = Tone::Plain) : text(text_), tone(tone_) {}

    bool operator==(const Cell&) const = default;
};

enum class Align
{
    Left,
    Right
};

struct Column
{
    std::string header;
    Align align = Align::Left;

    bool operator==(const Column&) const = default;
};

/// A table as every report shows it; only its drawing differs. Each row has a cell for each column.
struct Table
{
    std::string title;
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
    std::vector<std::string> notes; ///< sentences below it

    bool operator==(const Table&) const = default;
};

/// A title of level 3, a GitHub-flavoured table and its notes as a list.
std::string markdownTable(const Table& table);

/// The text of a Markdown cell or paragraph with what Markdown would take for its own marked as text.
std::string markdownEscaped(std::string_view text);

/// How text for terminals is laid out.
struct TextLayout
{
    std::size_t width = 100; ///< columns; no line is longer, except a word that is
    bool colour = false;     ///< ANSI colour sequences
};

/// Aligned columns. Where the table is too wide, its widest left-aligned column is wrapped.
std::string textTable(const Table& table, const TextLayout& layout);

/// \a text in ANSI colour when \a layout has it.
std::string coloured(std::string_view text, Tone tone, const TextLayout& layout);
std::string bold(std::string_view text, const TextLayout& layout);

/// \a text broken at spaces into lines of at most \a width columns; line breaks in it are kept.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// wrapped() and joined: the first line after \a first, the others after as many spaces.
std::string paragraph(std::string_view first, std::string_view text, const TextLayout& layout);

} // namespace headroom
