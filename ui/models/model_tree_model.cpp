// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_tree_model.h"

#include "core/report/format.h"
#include "core/report/inspection_tables.h"
#include "ui/models/case_table_model.h"
#include "ui/models/report_words.h"

#include <QStringList>

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::ui
{
namespace
{

std::string parentPath(const std::string& path)
{
    const auto dot = path.rfind('.');
    return dot == std::string::npos ? std::string() : path.substr(0, dot);
}

/// The node of the nearest listed module above \a path; -1 where there is none.
int nearestAbove(const std::map<std::string, int>& nodes, std::string path)
{
    while (!path.empty())
    {
        path = parentPath(path);
        if (const auto found = nodes.find(path); found != nodes.end())
        {
            return found->second;
        }
    }
    return -1;
}

bool isRight(int column)
{
    return column == ModelTreeModel::Parameters || column == ModelTreeModel::Time || column == ModelTreeModel::Share;
}

/// What the call allocated, as a sentence with a blank before it; empty where that was not seen.
QString allocationText(const WatchedCall& watched, const ModelInspection& seen)
{
    if (!watched.allocatedBytes)
    {
        return {};
    }
    const Format format;
    const auto bytes = static_cast<double>(*watched.allocatedBytes);
    const QString most = textOf(format.bytes(bytes));
    return seen.peakBytes && *seen.peakBytes > 0
               ? ModelTreeModel::tr(" It allocated %1 at most, %2 of the pass's peak.")
                     .arg(most, textOf(format.percent(bytes / static_cast<double>(*seen.peakBytes))))
               : ModelTreeModel::tr(" It allocated %1 at most.").arg(most);
}

} // namespace

QString shapeText(const WatchedCall& watched)
{
    AttentionProblem problem = watched.call.problem;
    problem.mask = MaskKind::None;
    problem.maskSpan = 0;
    problem.causal = false;
    return textOf(describe(problem));
}

ModelTreeModel::ModelTreeModel(QObject* parent) : QAbstractItemModel(parent) {}

void ModelTreeModel::setInspection(std::shared_ptr<const ModelInspection> seen, const QString& source)
{
    beginResetModel();
    m_seen = std::move(seen);
    m_source = source;
    m_nodes.clear();
    m_top.clear();
    if (m_seen)
    {
        addModules();
        addCalls();
    }
    endResetModel();
}

/// Below the parent that its node names, or at the top.
void ModelTreeModel::place(int node)
{
    const int above = m_nodes[static_cast<std::size_t>(node)].parent;
    auto& siblings = above < 0 ? m_top : m_nodes[static_cast<std::size_t>(above)].children;
    m_nodes[static_cast<std::size_t>(node)].row = static_cast<int>(siblings.size());
    siblings.push_back(node);
}

void ModelTreeModel::addModules()
{
    std::map<std::string, int> nodes;
    for (std::size_t at = 0; at < m_seen->modules.size(); ++at)
    {
        nodes.emplace(m_seen->modules[at].path, static_cast<int>(at));
        m_nodes.push_back({.module = static_cast<int>(at)});
    }
    for (std::size_t at = 0; at < m_seen->modules.size(); ++at)
    {
        const std::string& path = m_seen->modules[at].path;
        Node& node = m_nodes[at];
        node.parent = nearestAbove(nodes, path);
        const std::string above =
            node.parent < 0 ? std::string() : m_seen->modules[static_cast<std::size_t>(node.parent)].path;
        node.name = path.empty() ? tr("(model)").toStdString() : path.substr(above.empty() ? 0 : above.size() + 1);
        place(static_cast<int>(at));
    }
}

void ModelTreeModel::addCalls()
{
    std::map<std::string, int> modules;
    for (std::size_t at = 0; at < m_seen->modules.size(); ++at)
    {
        modules.emplace(m_seen->modules[at].path, static_cast<int>(at));
    }
    for (std::size_t at = 0; at < m_seen->calls.size(); ++at)
    {
        const WatchedCall& watched = m_seen->calls[at];
        const auto own = modules.find(watched.call.path);
        Node node{.parent = own != modules.end() ? own->second : nearestAbove(modules, watched.call.path),
                  .call = static_cast<int>(at)};
        const bool alone = node.parent < 0 && !watched.call.path.empty();
        node.name = fmt::format("{} {}{}, {}", tr("call").toStdString(), at,
                                alone ? " · " + watched.call.path : std::string(), toString(watched.call.role));
        if (watched.form != CallForm::Sdpa)
        {
            node.name += fmt::format(", {}", toString(watched.form));
        }
        m_nodes.push_back(std::move(node));
        place(static_cast<int>(m_nodes.size()) - 1);
        for (int up = static_cast<int>(m_nodes.size()) - 1; up >= 0; up = m_nodes[static_cast<std::size_t>(up)].parent)
        {
            Node& holder = m_nodes[static_cast<std::size_t>(up)];
            ++holder.calls;
            holder.ns = watched.ns ? std::optional(holder.ns.value_or(0) + *watched.ns) : holder.ns;
            if (watched.ran)
            {
                holder.ran.insert(*watched.ran);
            }
        }
    }
}

const ModelTreeModel::Node& ModelTreeModel::nodeOf(const QModelIndex& index) const
{
    return m_nodes[static_cast<std::size_t>(index.internalId())];
}

const WatchedCall& ModelTreeModel::callOf(const Node& node) const
{
    return m_seen->calls[static_cast<std::size_t>(node.call)];
}

bool ModelTreeModel::isCall(const QModelIndex& index) const
{
    return index.isValid() && nodeOf(index).call >= 0;
}

bool ModelTreeModel::holdsCalls(const QModelIndex& index) const
{
    return index.isValid() && nodeOf(index).calls > 0;
}

QModelIndex ModelTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    const auto& children = parent.isValid() ? nodeOf(parent).children : m_top;
    const bool there = row >= 0 && row < static_cast<int>(children.size()) && column >= 0 && column < ColumnCount &&
                       parent.column() <= 0;
    return there ? createIndex(row, column, static_cast<quintptr>(children[static_cast<std::size_t>(row)]))
                 : QModelIndex();
}

QModelIndex ModelTreeModel::parent(const QModelIndex& child) const
{
    const int above = child.isValid() ? nodeOf(child).parent : -1;
    return above < 0 ? QModelIndex()
                     : createIndex(m_nodes[static_cast<std::size_t>(above)].row, 0, static_cast<quintptr>(above));
}

int ModelTreeModel::rowCount(const QModelIndex& parent) const
{
    if (parent.column() > 0)
    {
        return 0;
    }
    return static_cast<int>(parent.isValid() ? nodeOf(parent).children.size() : m_top.size());
}

int ModelTreeModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QString ModelTreeModel::ranText(const Node& node) const
{
    QStringList names;
    for (const Backend backend : node.ran)
    {
        names << backendName(backend);
    }
    return names.isEmpty() && node.calls > 0 ? tr("not proven") : names.join(QStringLiteral(", "));
}

QString ModelTreeModel::parametersText(const Node& node) const
{
    return isOpaque(*m_seen)
               ? textOf(kNotSeen)
               : textOf(Format().count(m_seen->modules[static_cast<std::size_t>(node.module)].parameters));
}

QString ModelTreeModel::kindText(const Node& node) const
{
    const std::string& kind = m_seen->modules[static_cast<std::size_t>(node.module)].kind;
    return textOf(kind.empty() ? Format().dash() : kind);
}

QString ModelTreeModel::text(const Node& node, int column) const
{
    const Format format;
    switch (column)
    {
    case Name:
        return textOf(node.name);
    case Kind:
        return node.call >= 0 ? shapeText(callOf(node)) : kindText(node);
    case Parameters:
        return node.call >= 0 ? QString() : parametersText(node);
    case Mask:
        return node.call < 0                               ? QString()
               : callOf(node).call.problem.causal          ? tr("is_causal")
               : callOf(node).content == MaskContent::None ? tr("none")
                                                           : textOf(toString(callOf(node).content));
    case Ran:
        return ranText(node);
    case Time:
        return node.ns ? textOf(format.duration(*node.ns)) : QString();
    case Share:
    {
        const auto share = node.ns ? m_seen->shareOf(*node.ns) : std::nullopt;
        return share ? textOf(format.percent(*share)) : QString();
    }
    default:
        return {};
    }
}

QString ModelTreeModel::tip(const Node& node, int column) const
{
    const Format format;
    if (node.call < 0)
    {
        const auto& module = m_seen->modules[static_cast<std::size_t>(node.module)];
        const QString path = module.path.empty() ? tr("The model itself") : textOf(module.path);
        return node.calls > 0
                   ? tr("%1: %2 at it and below").arg(path, textOf(format.plural(node.calls, "attention call")))
                   : path;
    }
    const WatchedCall& watched = callOf(node);
    switch (column)
    {
    case Kind:
        return QStringLiteral("%1, %2%3")
            .arg(textOf(describe(watched.call.problem)), textOf(toString(watched.call.problem.layout)),
                 watched.innermostContiguous ? QString() : tr(", not contiguous"));
    case Mask:
        return tr("Mask and triangle hide %1 of the scores.").arg(textOf(format.percent(watched.masked))) +
               (watched.maskShape.empty()
                    ? QString()
                    : tr(" The mask is [%1].").arg(textOf(fmt::format("{}", fmt::join(watched.maskShape, ", ")))));
    case Ran:
        return watched.operators.empty() ? tr("No operator was seen that proves a backend.")
                                         : tr("Seen: %1")
                                               .arg(textOf(fmt::format("{}{}{}", fmt::join(watched.operators, "; "),
                                                                       watched.kernels.empty() ? "" : "; ",
                                                                       fmt::join(watched.kernels, "; "))));
    case Time:
    case Share:
        return tr("In one watched forward pass, on the clock of the device.") + allocationText(watched, *m_seen);
    default:
        return textOf(
            fmt::format("{}: {}, {}", watched.call.path, toString(watched.call.role), toString(watched.form)));
    }
}

int ModelTreeModel::toneOf(const Node& node, int column) const
{
    Tone tone = node.call >= 0 || column == Name ? Tone::Plain : Tone::Muted;
    if (column == Ran && node.ran.contains(Backend::Math))
    {
        tone = Tone::Caution;
    }
    if (column == Mask && node.call >= 0)
    {
        tone = callOf(node).content == MaskContent::Inverted                                    ? Tone::Bad
               : callOf(node).content == MaskContent::None && !callOf(node).call.problem.causal ? Tone::Muted
                                                                                                : Tone::Plain;
    }
    return static_cast<int>(tone);
}

/// Of what the report itself holds: a module's time is the sum of its calls'.
QVariant ModelTreeModel::figure(const Node& node, int column, bool source) const
{
    if (m_source.isEmpty())
    {
        return {};
    }
    if (column == Parameters && node.call < 0 && !isOpaque(*m_seen))
    {
        return source ? QVariant(QStringLiteral("%1/modules/%2/parameters").arg(m_source).arg(node.module))
                      : QVariant(
                            static_cast<qlonglong>(m_seen->modules[static_cast<std::size_t>(node.module)].parameters));
    }
    if (column == Time && node.call >= 0 && callOf(node).ns)
    {
        return source ? QVariant(QStringLiteral("%1/calls/%2/ns").arg(m_source).arg(node.call))
                      : QVariant(*callOf(node).ns);
    }
    return {};
}

QVariant ModelTreeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !m_seen)
    {
        return {};
    }
    const Node& node = nodeOf(index);
    switch (role)
    {
    case Qt::DisplayRole:
        return text(node, index.column());
    case Qt::ToolTipRole:
        return tip(node, index.column());
    case Qt::TextAlignmentRole:
        return isRight(index.column()) ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case kToneRole:
        return toneOf(node, index.column());
    case kBackendRole:
        return index.column() == Ran && node.ran.size() == 1 ? QVariant(static_cast<int>(*node.ran.begin()))
                                                             : QVariant();
    case kFigureSourceRole:
        return figure(node, index.column(), true);
    case kFigureValueRole:
        return figure(node, index.column(), false);
    default:
        return {};
    }
}

QVariant ModelTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
    {
        return {};
    }
    if (role == Qt::TextAlignmentRole)
    {
        return isRight(section) ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role == Qt::DisplayRole)
    {
        const QString names[] = {tr("Module, call"), tr("Class, shape"), tr("Mask"), tr("Ran"),
                                 tr("Parameters"),   tr("Time"),         tr("Share")};
        return names[section];
    }
    if (role == Qt::ToolTipRole)
    {
        const QString texts[] = {
            tr("Modules by their names; below each the attention calls that it makes, numbered in the order in which a "
               "forward pass makes them. How a call was asked for is said where it is not "
               "scaled_dot_product_attention."),
            tr("Of a module its class; of a call batch, heads, lengths, head_dim and data type."),
            tr("What the mask that was handed over lets through."),
            tr("The backend that the operators and kernels prove."),
            tr("Of the module and all below it."),
            tr("Of one watched forward pass; of a module that of the calls below it."),
            tr("Of the forward pass that was watched.")};
        return texts[section];
    }
    return {};
}

} // namespace headroom::ui
