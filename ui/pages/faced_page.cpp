// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/faced_page.h"

#include "ui/widgets/hint.h"

#include <QPushButton>
#include <QStackedLayout>

namespace headroom::ui
{

void FacedPage::setFaces(Hint* hint, QWidget* content)
{
    m_faces = new QStackedLayout(this);
    m_faces->addWidget(hint);
    m_faces->addWidget(content);
    connect(hint, &Hint::actionRequested, this, &Page::actionRequested);
}

void FacedPage::showFace(Face face)
{
    m_faces->setCurrentIndex(face == Face::Hint ? 0 : 1);
    const bool underWay = !reports().empty() && reports().front().live; // what fills the page is on already
    for (auto* button : m_faces->widget(0)->findChildren<QPushButton*>())
    {
        button->setVisible(!underWay);
    }
}

} // namespace headroom::ui
