// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/page_sheet.h"

#include "ui/charts/chart_file.h"
#include "ui/charts/chart_view.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/whole_in_files.h"

#include <QBuffer>
#include <QAbstractButton>
#include <QCoreApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QSvgGenerator>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

namespace headroom::ui
{
namespace
{

constexpr int kHighest = 8000; ///< beyond this a page is cut: a table has its own rows for that
constexpr int kWidest = 4000;
constexpr int kRounds = 6; ///< wrapped text changes its height when it is laid out; neighbours share what is added

/// How much higher \a area must be for all of its content.
int missingHeight(const QScrollArea& area)
{
    const QWidget* content = area.widget();
    if (content == nullptr || !area.isVisible())
    {
        return 0;
    }
    const int width = area.viewport()->width();
    const int wanted = std::max(content->hasHeightForWidth() ? content->heightForWidth(width) : 0,
                                content->minimumSizeHint().height());
    return wanted - area.viewport()->height();
}

/// How much larger \a table must be for all of its rows and columns.
QSize missingSize(const QTableView& table)
{
    const QSize all(table.horizontalHeader()->length(), table.verticalHeader()->length());
    return table.isVisible() ? all - table.viewport()->size() : QSize();
}

/// The tables that are shown in full.
std::vector<QTableView*> wholeTables(const QWidget& root)
{
    std::vector<QTableView*> tables;
    for (auto* table : root.findChildren<QTableView*>())
    {
        if (table->property(kWholeInFiles).toBool())
        {
            table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
            table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
            tables.push_back(table);
        }
    }
    return tables;
}

/// A panel that is kept low on a screen, where it scrolls, may be as high as \a area asks.
void liftLimits(const QScrollArea& area, int missing)
{
    for (QWidget* above = area.parentWidget(); above != nullptr; above = above->parentWidget())
    {
        if (above->maximumHeight() < QWIDGETSIZE_MAX)
        {
            const int height = std::max(above->minimumHeight(), above->height() + missing);
            above->setMaximumHeight(height);
            above->setMinimumHeight(height);
        }
    }
}

} // namespace

PageSheet::PageSheet(const Theme& theme, const PageFactory& factory, const ReportSet& reports, QSize size)
    : m_root(std::make_unique<QWidget>())
{
    m_root->setAttribute(Qt::WA_DontShowOnScreen);
    m_root->setProperty("role", QStringLiteral("page"));
    m_root->setAttribute(Qt::WA_StyledBackground);
    m_root->setPalette(paletteOf(theme));
    m_root->setStyleSheet(styleSheetOf(theme));
    m_root->setFont(theme.font(TextRole::Title));
    m_page = factory.make(theme, m_root.get());
    m_page->setObjectName(QStringLiteral("page_") + factory.id);
    auto* layout = new QVBoxLayout(m_root.get());
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_page);
    m_root->resize(size);
    m_page->showReports(reports);
    m_root->show();
    m_page->complete();
    settle();
    growToContent();
}

PageSheet::~PageSheet() = default;

void PageSheet::leaveOutControls()
{
    for (auto* button : m_root->findChildren<QAbstractButton*>())
    {
        const bool shows = qobject_cast<QPushButton*>(button) == nullptr; // entries of a legend stay
        button->setVisible(button->isVisible() && shows);
    }
    for (auto* field : m_root->findChildren<QLineEdit*>())
    {
        field->hide();
    }
    for (auto* area : m_root->findChildren<QAbstractScrollArea*>())
    {
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    settle();
}

void PageSheet::setGround(const QColor& ground)
{
    QPalette palette = m_root->palette();
    palette.setColor(QPalette::Window, ground);
    m_root->setPalette(palette);
    m_root->setStyleSheet(m_root->styleSheet() +
                          QStringLiteral("QWidget[role=\"page\"] { background: %1; }").arg(ground.name()));
}

bool PageSheet::isEmpty() const
{
    const auto hints = m_page->findChildren<Hint*>();
    return std::any_of(hints.begin(), hints.end(), [](const Hint* hint) { return hint->isVisible(); });
}

QSize PageSheet::size() const
{
    return m_root->size();
}

/// Widgets that a page has just made are shown, and laid out, by events that are on their way to them.
void PageSheet::settle()
{
    // What one of them hears may be the end of another.
    std::vector<QPointer<QWidget>> widgets{m_root.get()};
    for (QWidget* widget : m_root->findChildren<QWidget*>())
    {
        widgets.emplace_back(widget);
    }
    for (const auto& widget : widgets)
    {
        if (widget)
        {
            QCoreApplication::sendPostedEvents(widget, QEvent::MetaCall);
        }
    }
    // One asks its parent, which asks its own: all that wait, until none does.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
}

void PageSheet::growToContent()
{
    const auto tables = wholeTables(*m_root);
    for (int round = 0; round < kRounds; ++round)
    {
        QSize missing(0, 0);
        for (const auto* area : m_root->findChildren<QScrollArea*>())
        {
            const int height = missingHeight(*area);
            missing.setHeight(std::max(missing.height(), height));
            if (height > 0)
            {
                liftLimits(*area, height);
            }
        }
        for (const auto* table : tables)
        {
            missing = missing.expandedTo(missingSize(*table));
        }
        const QSize size(std::min(kWidest, m_root->width() + missing.width()),
                         std::min(kHighest, m_root->height() + missing.height()));
        if (size == m_root->size())
        {
            return;
        }
        m_root->resize(size);
        m_root->layout()->activate();
        settle();
    }
}

void PageSheet::draw(QPainter& painter, const QRectF& target) const
{
    painter.save();
    painter.translate(target.topLeft());
    painter.scale(target.width() / m_root->width(), target.height() / m_root->height());
    // A chart draws itself: as a widget among others it would be cut by their clipping in a PDF.
    const auto charts = m_root->findChildren<ChartView*>();
    for (ChartView* chart : charts)
    {
        chart->viewport()->hide();
    }
    m_root->render(&painter, QPoint(), QRegion(), QWidget::DrawWindowBackground | QWidget::DrawChildren);
    for (ChartView* chart : charts)
    {
        chart->viewport()->show();
        if (chart->isVisible())
        {
            drawChart(*chart, painter, QRectF(chart->mapTo(m_root.get(), QPoint(0, 0)), QSizeF(chart->size())));
        }
    }
    painter.restore();
}

QImage PageSheet::image(double scale) const
{
    QImage image(m_root->size() * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(m_root->palette().color(QPalette::Window));
    m_root->render(&image, QPoint(), QRegion(), QWidget::DrawWindowBackground | QWidget::DrawChildren);
    return image;
}

QByteArray PageSheet::svg() const
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(m_root->size());
    generator.setViewBox(m_root->rect());
    generator.setTitle(m_page->title());
    QPainter painter(&generator);
    draw(painter, m_root->rect());
    painter.end();
    return buffer.data();
}

} // namespace headroom::ui
