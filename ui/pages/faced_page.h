// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

class QStackedLayout;

namespace headroom::ui
{

class Hint;

/// A page of two faces: a hint while there is nothing to show, else its content.
class FacedPage : public Page
{
    Q_OBJECT

public:
    using Page::Page;

protected:
    enum class Face
    {
        Hint,
        Content
    };

    /// Fills the page with \a hint and \a content. What is pressed on the hint is passed on by actionRequested().
    void setFaces(Hint* hint, QWidget* content);
    void showFace(Face face);

private:
    QStackedLayout* m_faces = nullptr;
};

} // namespace headroom::ui
