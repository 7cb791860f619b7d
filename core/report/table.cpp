// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/table.h"

#include "core/report/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace headroom
{
namespace
{

constexpr std::string_view kGap = "  ";
constexpr std::size_t kNarrowest = 12; ///< a wrapped column keeps at least this

std::string padded(std::string_view text, std::size_t width, Align align)
{
    const std::size_t used = displayWidth(text);
    const std::string fill(width > used ? width - used : 0, ' ');
    return align == Align::Right ? fill + std::string(text) : std::string(text) + fill;
}

std::vector<std::size_t> naturalWidths(const Table& table)
{
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
    {
        std::size_t width = displayWidth(table.columns[column].header);
        for (const auto& row : table.rows)
        {
            width = std::max(width, displayWidth(row[column].text));
        }
        widths.push_back(width);
    }
    return widths;
}

/// Narrows the widest left-aligned columns until the table fits, or nothing can be narrowed.
void fit(std::vector<std::size_t>& widths, const Table& table, std::size_t available)
{
    const std::size_t gaps = kGap.size() * (widths.empty() ? 0 : widths.size() - 1);
    for (std::size_t total = gaps + std::accumulate(widths.begin(), widths.end(), std::size_t{0}); total > available;
         --total)
    {
        std::size_t* widest = nullptr;
        for (std::size_t column = 0; column < widths.size(); ++column)
        {
            if (table.columns[column].align == Align::Left && (widest == nullptr || widths[column] > *widest))
            {
                widest = &widths[column];
            }
        }
        if (widest == nullptr || *widest <= kNarrowest)
        {
            return;
        }
        --*widest;
    }
}

std::string withoutTrailingSpace(std::string line)
{
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string textRow(const std::vector<Cell>& row, const Table& table, const std::vector<std::size_t>& widths,
                    const TextLayout& layout)
{
    std::vector<std::vector<std::string>> lines;
    std::size_t height = 1;
    for (std::size_t column = 0; column < row.size(); ++column)
    {
        lines.push_back(wrapped(row[column].text, widths[column]));
        height = std::max(height, lines.back().size());
    }
    std::string text;
    for (std::size_t at = 0; at < height; ++at)
    {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column)
        {
            const std::string part = at < lines[column].size() ? lines[column][at] : std::string();
            const std::string cell = padded(part, widths[column], table.columns[column].align);
            line += (column > 0 ? std::string(kGap) : std::string()) +
                    (part.empty() ? cell : coloured(cell, row[column].tone, layout));
        }
        text += withoutTrailingSpace(line);
    }
    return text;
}

std::string ansi(std::string_view code, std::string_view text)
{
    return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string markdownCell(std::string_view text)
{
    std::string cell = markdownEscaped(text);
    for (std::size_t at = cell.find('\n'); at != std::string::npos; at = cell.find('\n', at))
    {
        cell.replace(at, 1, "<br>");
    }
    return cell.empty() ? " " : cell;
}

} // namespace

std::string markdownEscaped(std::string_view text)
{
    const auto isWord = [&](std::size_t at)
    { return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0; };
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const bool insideWord = text[at] == '_' && isWord(at - 1) && isWord(at + 1); // emphasises nothing there
        if (!insideWord && std::string_view("\\|*_`<>[]").find(text[at]) != std::string_view::npos)
        {
            result += '\\';
        }
        result += text[at];
    }
    return result;
}

std::string markdownTable(const Table& table)
{
    std::string text = table.title.empty() ? std::string() : fmt::format("### {}\n\n", markdownEscaped(table.title));
    std::string rule = "|";
    text += "|";
    for (const auto& column : table.columns)
    {
        text += fmt::format(" {} |", markdownCell(column.header));
        rule += column.align == Align::Right ? " ---: |" : " --- |";
    }
    text += "\n" + rule + "\n";
    for (const auto& row : table.rows)
    {
        text += "|";
        for (const auto& cell : row)
        {
            text += cell.tone == Tone::Bad && !cell.text.empty() ? fmt::format(" **{}** |", markdownCell(cell.text))
                                                                 : fmt::format(" {} |", markdownCell(cell.text));
        }
        text += "\n";
    }
    for (const auto& note : table.notes)
    {
        text += fmt::format("{}- {}\n", &note == &table.notes.front() ? "\n" : "", markdownEscaped(note));
    }
    return text + "\n";
}

std::string textTable(const Table& table, const TextLayout& layout)
{
    auto widths = naturalWidths(table);
    fit(widths, table, layout.width);
    std::string text = table.title.empty() ? std::string() : paragraph("", table.title, layout);
    std::vector<Cell> header;
    for (const auto& column : table.columns)
    {
        header.emplace_back(column.header, Tone::Muted);
    }
    if (std::any_of(header.begin(), header.end(), [](const Cell& cell) { return !cell.text.empty(); }))
    {
        text += textRow(header, table, widths, layout);
    }
    for (const auto& row : table.rows)
    {
        text += textRow(row, table, widths, layout);
    }
    for (const auto& note : table.notes)
    {
        text += paragraph("  ", note, layout);
    }
    return text;
}

std::string coloured(std::string_view text, Tone tone, const TextLayout& layout)
{
    if (!layout.colour)
    {
        return std::string(text);
    }
    switch (tone)
    {
    case Tone::Plain:
        return std::string(text);
    case Tone::Good:
        return ansi("32", text);
    case Tone::Caution:
        return ansi("33", text);
    case Tone::Bad:
        return ansi("31", text);
    case Tone::Muted:
        return ansi("2", text);
    }
    return std::string(text);
}

std::string bold(std::string_view text, const TextLayout& layout)
{
    return layout.colour ? ansi("1", text) : std::string(text);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width)
{
    std::vector<std::string> lines(1);
    std::size_t at = 0;
    while (at < text.size())
    {
        std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
        if (text.substr(end).starts_with(" %")) // a figure keeps its unit
        {
            end = std::min(text.find_first_of(" \n", end + 1), text.size());
        }
        const auto word = text.substr(at, end - at);
        const std::size_t used = displayWidth(lines.back());
        if (used > 0 && !word.empty() && used + 1 + displayWidth(word) > width)
        {
            lines.emplace_back();
        }
        else if (used > 0 && !word.empty())
        {
            lines.back() += ' ';
        }
        lines.back() += word;
        if (end < text.size() && text[end] == '\n')
        {
            lines.emplace_back();
        }
        at = end + 1;
    }
    return lines;
}

std::string paragraph(std::string_view first, std::string_view text, const TextLayout& layout)
{
    const std::size_t indent = displayWidth(first);
    std::string result;
    for (const auto& line : wrapped(text, layout.width > indent ? layout.width - indent : 1))
    {
        result += withoutTrailingSpace((result.empty() ? std::string(first) : std::string(indent, ' ')) + line);
    }
    return result;
}

} // namespace headroom
