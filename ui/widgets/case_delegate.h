// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace headroom::ui
{

class Theme;

/// Draws the cells of case tables: the ink of their tone (kToneRole), and the backend's colour beside its name
/// (kBackendRole).
class CaseDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    CaseDelegate(const Theme& theme, QObject* parent);

    /// With room between a column that ends at the right and one that begins at the left.
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

} // namespace headroom::ui
