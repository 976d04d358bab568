#include "tests/support/fault_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace floorwalker::test {
namespace {

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string head(const RestShop::Answer& answer, std::size_t length) {
  std::string more;
  for (const auto& [name, value] : answer.headers) more += name + ": " + value + "\r\n";
  return "HTTP/1.1 " + std::to_string(answer.status) + " Told\r\nContent-Type: " + answer.content_type + "\r\nContent-Length: " + std::to_string(length) + "\r\n" + more + "\r\n";
}

bool tell(int socket, const RestShop::Answer& answer) { return send_all(socket, head(answer, answer.body.size()) + answer.body); }

bool tell_part(int socket, const RestShop::Answer& answer, std::size_t part) {
  return send_all(socket, head(answer, answer.body.size()) + answer.body.substr(0, answer.body.size() / part));
}

// Says nothing more until the client gives up.
void wait_for_close(int socket) {
  char ignored[256];
  while (recv(socket, ignored, sizeof ignored, 0) > 0) {}
}

// Closing now sends a reset rather than an orderly end.
void reset(int socket) {
  const linger now{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void tell_without_end(int socket, RestShop::Answer answer) {
  constexpr std::size_t kHuge = std::size_t{1} << 30;
  if (!send_all(socket, head(answer, kHuge) + "{\"padding\":\"")) return;
  const std::string padding(1 << 16, 'x');
  while (send_all(socket, padding)) {}
}

// The headers of a request; `top` ends with the last one's line.
std::vector<std::pair<std::string, std::string>> headers_in(const std::string& top) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (std::size_t at = top.find("\r\n") + 2; at < top.size();) {
    const std::size_t end = std::min(top.find("\r\n", at), top.size()), colon = top.find(':', at);
    if (colon < end) {
      std::string name = top.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const std::size_t start = std::min(top.find_first_not_of(' ', colon + 1), end);
      headers.emplace_back(std::move(name), top.substr(start, end - start));
    }
    at = end + 2;
  }
  return headers;
}

}  // namespace

FaultServer::FaultServer(Front shop) : shop_(std::move(shop)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 64) != 0 || getsockname(listener_, any, &size) != 0) throw std::runtime_error("no port to listen on");
  port_ = ntohs(address.sin_port);
  listening_ = std::thread([this] { listen_loop(); });
}

FaultServer::~FaultServer() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int socket : open_) shutdown(socket, SHUT_RDWR);
  }
  listening_.join();
  {
    const std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  close(listener_);
}

void FaultServer::set_fault(std::function<Fault(const std::string&, const std::string&)> fault) {
  if (!fault) return set_fault_by({});
  set_fault_by([fault = std::move(fault)](const Asked& asked) { return fault(asked.method, asked.target); });
}

void FaultServer::set_fault_by(std::function<Fault(const Asked&)> fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

void FaultServer::listen_loop() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (socket >= 0 && !ending_) {
      open_.insert(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
      continue;
    }
    if (socket >= 0) close(socket);
    if (ending_) return;
  }
}

void FaultServer::serve(int socket) {
  std::string buffer;
  Asked asked;
  while (read(socket, buffer, asked)) {
    ++requests;
    Fault wrong = Fault::kNone;
    {
      const std::lock_guard lock(mutex_);
      if (fault_) wrong = fault_(asked);
    }
    if (!answer(socket, asked, wrong)) break;
    ++answered;
    answered.notify_all();
  }
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  close(socket);
}

bool FaultServer::read(int socket, std::string& buffer, Asked& asked) {
  std::size_t end = std::string::npos, length = 0;
  for (;;) {
    if (end == std::string::npos && (end = buffer.find("\r\n\r\n")) != std::string::npos) {
      const std::string told = Asked{{}, {}, {}, headers_in(buffer.substr(0, end + 2))}.header("content-length");
      length = told.empty() ? 0 : std::stoul(told);
    }
    if (end != std::string::npos && buffer.size() >= end + 4 + length) break;
    char bytes[16384];
    const ssize_t got = recv(socket, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(got));
  }
  const std::string top = buffer.substr(0, end + 2);
  const std::size_t first = top.find(' '), second = top.find(' ', first + 1);
  asked = {top.substr(0, first), top.substr(first + 1, second - first - 1), buffer.substr(end + 4, length), headers_in(top)};
  buffer.erase(0, end + 4 + length);
  return true;
}

bool FaultServer::answer(int socket, const Asked& asked, Fault fault) {
  const auto deliver = [&] { return shop_(asked); };
  switch (fault) {
    case Fault::kNone: return tell(socket, deliver());
    case Fault::kTimeoutBefore: return wait_for_close(socket), false;
    case Fault::kTimeoutAfter: return deliver(), wait_for_close(socket), false;
    case Fault::kLostReply: return deliver(), false;
    case Fault::kResetBefore: return reset(socket), false;
    case Fault::kResetAfter: return deliver(), reset(socket), false;
    case Fault::kTooMany: return tell(socket, {429, R"({"error":{"code":"slow_down","message":"too many"}})"});
    case Fault::kSecurity: return tell(socket, {430, "Security Rejection", "text/plain"});
    case Fault::kErrorBefore: return tell(socket, {500, R"({"message":"oops"})"});
    case Fault::kErrorAfter: return deliver(), tell(socket, {500, R"({"message":"oops"})"});
    case Fault::kBadGatewayHtml: return deliver(), tell(socket, {502, "<html>Bad gateway</html>", "text/html"});
    case Fault::kCutShort: return tell_part(socket, deliver(), 2), false;
    case Fault::kSlowBody: return tell_part(socket, deliver(), 3), wait_for_close(socket), false;
    case Fault::kHugeBody: return tell_without_end(socket, deliver()), false;
    case Fault::kTwice: return deliver(), tell(socket, deliver());
    case Fault::kGarbage: {
      RestShop::Answer told = deliver();
      told.body = "{]" + told.body;
      return tell(socket, told);
    }
    case Fault::kWrongType: {
      RestShop::Answer told = deliver();
      told.content_type = "text/html";
      return tell(socket, told);
    }
  }
  return false;
}

}  // namespace floorwalker::test
