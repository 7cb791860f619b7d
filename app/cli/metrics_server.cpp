// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/metrics_server.h"

#include "core/launch/set_up_error.h"
#include "core/report/prometheus_text.h"

#include <charconv>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

#include <sys/socket.h>

namespace headroom::cli
{
namespace
{

constexpr std::size_t kThreads = 2; ///< a scraper every few seconds
constexpr std::size_t kMostPayloadBytes = 1024;
constexpr time_t kPatienceSeconds = 5;
constexpr int kMostPort = 65535;

int portOf(std::string_view text, std::string_view whole)
{
    int port = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || port < 0 ||
        port > kMostPort)
    {
        throw std::invalid_argument(
            fmt::format("\"{}\" is no address to listen on; write 9464, 127.0.0.1:9464 or [::1]:9464", whole));
    }
    return port;
}

} // namespace

ListenAddress listenAddress(std::string_view text)
{
    ListenAddress address;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
    {
        address.port = portOf(text, text);
        return address;
    }
    address.port = portOf(text.substr(colon + 1), text);
    std::string_view host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    {
        host = host.substr(1, host.size() - 2);
    }
    else if (host.find(':') != std::string_view::npos)
    {
        portOf({}, text); // an IPv6 address without its brackets
    }
    address.host = host.empty() ? address.host : std::string(host);
    return address;
}

std::string metricsUrl(const ListenAddress& address)
{
    const bool six = address.host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}/metrics", six ? "[" : "", address.host, six ? "]" : "", address.port);
}

bool isLoopback(const ListenAddress& address)
{
    return address.host.starts_with("127.") || address.host == "::1" || address.host == "localhost";
}

struct MetricsServer::Private
{
    httplib::Server server;
    ListenAddress address;
    std::thread thread;
    std::mutex mutex;
    std::string text;
};

MetricsServer::MetricsServer(const ListenAddress& address) : m_private(std::make_unique<Private>())
{
    Private& own = *m_private;
    own.address = address;
    own.server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    own.server.set_keep_alive_max_count(1); // a connection that waits would hold up the end
    own.server.set_read_timeout(kPatienceSeconds);
    own.server.set_write_timeout(kPatienceSeconds);
    own.server.set_payload_max_length(kMostPayloadBytes);
    // The library's own choice is SO_REUSEPORT, by which two programs would share a port and answer in turns.
    own.server.set_socket_options(
        [](auto socket)
        {
            const int yes = 1;
            ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        });
    own.server.Get("/metrics",
                   [&own](const httplib::Request&, httplib::Response& response)
                   {
                       const std::lock_guard lock(own.mutex);
                       response.set_content(own.text, kPrometheusMediaType);
                   });
    own.server.Get("/", [](const httplib::Request&, httplib::Response& response)
                   { response.set_content("Headroom's monitor. Its metrics are at /metrics.\n", "text/plain"); });
    const int port = address.port == 0 ? own.server.bind_to_any_port(address.host)
                                       : (own.server.bind_to_port(address.host, address.port) ? address.port : -1);
    if (port < 0)
    {
        throw SetUpError(fmt::format("Nothing can listen on {}:{}: another program does, or it is no address of this "
                                     "machine. Choose another with --listen.",
                                     address.host, address.port));
    }
    own.address.port = port;
    own.thread = std::thread([&own] { own.server.listen_after_bind(); });
    while (!own.server.is_running())
    {
        std::this_thread::yield(); // stop() before it listens would be lost
    }
}

MetricsServer::~MetricsServer()
{
    m_private->server.stop();
    m_private->thread.join();
}

const ListenAddress& MetricsServer::address() const
{
    return m_private->address;
}

void MetricsServer::publish(std::string text)
{
    const std::lock_guard lock(m_private->mutex);
    m_private->text = std::move(text);
}

} // namespace headroom::cli
