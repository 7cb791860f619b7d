// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace headroom::cli
{

/// Where an endpoint listens.
struct ListenAddress
{
    std::string host = "127.0.0.1";
    int port = 0; ///< 0: one that is free

    bool operator==(const ListenAddress&) const = default;
};

/// "9464" and ":9464" on the loopback address, "host:9464", "[::1]:9464". \throws std::invalid_argument with a
/// sentence's beginning.
ListenAddress listenAddress(std::string_view text);

/// "http://127.0.0.1:9464/metrics".
std::string metricsUrl(const ListenAddress& address);

/// Whether only this machine reaches \a address, as far as its text says.
bool isLoopback(const ListenAddress& address);

/// Serves a text of metrics at /metrics, on threads of its own, until it ends. It speaks HTTP without a password:
/// whoever reaches the address can read, and nobody can do anything else.
class MetricsServer
{
public:
    /// \throws SetUpError when it cannot listen there, as where another program does.
    explicit MetricsServer(const ListenAddress& address);
    ~MetricsServer();

    /// With the port that was chosen.
    const ListenAddress& address() const;

    /// What is served from now on. From any thread.
    void publish(std::string text);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::cli
