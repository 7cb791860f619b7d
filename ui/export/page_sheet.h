// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"
#include "ui/pages/page_set.h"

#include <QImage>
#include <QRectF>
#include <QSize>

#include <memory>

class QPainter;

namespace headroom::ui
{

/// One page of the desktop, drawn on no screen: for pictures and documents. What does not fit into the size that was
/// asked for makes it higher, and a table that is whole in files (ui/widgets/whole_in_files.h) wider, so that nothing
/// is cut. Needs a QApplication, and no display.
class PageSheet
{
public:
    /// \a theme may be another than the program's: the page is drawn in it all the same.
    PageSheet(const Theme& theme, const PageFactory& factory, const ReportSet& reports, QSize size);
    ~PageSheet();

    /// Nothing to press and nothing to type into: for a document. Before it is drawn.
    void leaveOutControls();

    /// What lies behind the page's panels. Before it is drawn.
    void setGround(const QColor& ground);

    /// The page has nothing to show of the reports, and says what would be there.
    bool isEmpty() const;

    Page& page() const { return *m_page; }
    QSize size() const;

    /// Into \a target, which has the shape of size().
    void draw(QPainter& painter, const QRectF& target) const;

    QImage image(double scale) const;
    QByteArray svg() const;

private:
    void settle();
    void growToContent();

    std::unique_ptr<QWidget> m_root;
    Page* m_page;
};

} // namespace headroom::ui
