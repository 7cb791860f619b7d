// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

namespace headroom::engine
{

/// Hears of attention's operators, forward and backward, as they begin and end.
class AttentionListener
{
public:
    virtual ~AttentionListener() = default;
    /// Before the operator \a name, "aten::scaled_dot_product_attention"; what it returns is handed to ended().
    virtual void* began(std::string_view name) = 0;
    virtual void ended(void* whatBeganReturned) = 0;
};

/// While it lives, \a listener hears of the outermost operators of attention that are called on this thread and in
/// backward passes that it begins (which may be on a thread of autograd's; the listener is called under a lock).
///
/// They are taken at a dispatch key of their own, where every other operator falls through by LibTorch's tables: a pass
/// pays for its attention calls and for nothing else, unlike with at::RecordFunction, which makes an object for each
/// operator. One at a time in a process.
class AttentionInterception
{
public:
    explicit AttentionInterception(AttentionListener& listener);
    ~AttentionInterception();
    AttentionInterception(const AttentionInterception&) = delete;
    AttentionInterception& operator=(const AttentionInterception&) = delete;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::engine
