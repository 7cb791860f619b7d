// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"

#include <QAbstractItemModel>
#include <QString>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace headroom::ui
{

/// The modules of a model from a file as a tree, with the attention calls that were watched below the modules that make
/// them. A module shows the time of all calls below it. Without modules (an exported graph) the calls stand alone.
class ModelTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column
    {
        Name,       ///< of a module below its parent; of a call its number, role and form
        Kind,       ///< class of a module, shape of a call
        Mask,       ///< of a call: what it lets through
        Ran,        ///< the backend; of a module those of its calls
        Parameters, ///< of a module
        Time,
        Share, ///< of the forward pass
        ColumnCount
    };

    explicit ModelTreeModel(QObject* parent = nullptr);

    /// \a source is where the inspection stands in the report's JSON; empty for one of no report.
    void setInspection(std::shared_ptr<const ModelInspection> seen, const QString& source);
    const std::shared_ptr<const ModelInspection>& inspection() const { return m_seen; }
    const QString& source() const { return m_source; }

    bool isCall(const QModelIndex& index) const;
    bool holdsCalls(const QModelIndex& index) const; ///< itself or below it

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Node
    {
        int parent = -1; ///< -1: at the top
        int row = 0;
        int module = -1; ///< into ModelInspection::modules; -1: a call
        int call = -1;   ///< into ModelInspection::calls; -1: a module
        std::string name{};
        std::vector<int> children{};
        std::int64_t calls = 0; ///< at it and below
        std::optional<double> ns{};
        std::set<Backend> ran{};
    };

    void addModules();
    void addCalls();
    void place(int node);
    const Node& nodeOf(const QModelIndex& index) const;
    const WatchedCall& callOf(const Node& node) const;
    QString text(const Node& node, int column) const;
    QString kindText(const Node& node) const;
    QString parametersText(const Node& node) const; ///< of a module
    QString ranText(const Node& node) const;
    QString tip(const Node& node, int column) const;
    int toneOf(const Node& node, int column) const;
    QVariant figure(const Node& node, int column, bool source) const;

    std::shared_ptr<const ModelInspection> m_seen;
    QString m_source;
    std::vector<Node> m_nodes;
    std::vector<int> m_top;
};

/// "B2 H8 S128 D64 bfloat16, bhsd" of a watched call: its mask is said elsewhere.
QString shapeText(const WatchedCall& watched);

} // namespace headroom::ui
