#include "agent/net/curl_transport.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace floorwalker::net {
namespace {

using Steady = std::chrono::steady_clock;

// curl_global_init is not safe beside other threads: once, before the first loop.
void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl cannot start");
}

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

Error error_of(CURLcode code, const char* detail) {
  const std::string what = detail && *detail ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return {ErrorKind::kTimeout, "no answer in time", what};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return {ErrorKind::kInvalidArgument, "the address is not a valid http(s) URL", what};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorKind::kMalformed, "the server's answer cannot be understood", what};
    default: return {ErrorKind::kUnavailable, "the server cannot be reached or broke the connection", what};
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// One request and its response under way. Owned by the loop; touched by its thread only.
struct Exchange {
  Request request;
  Handlers handlers;
  Easy easy;
  std::unique_ptr<curl_slist, SlistDeleter> headers;
  std::array<char, CURL_ERROR_SIZE> error{};
  Head head;
  bool head_told = false;
  std::size_t received = 0;
  std::optional<Error> failure;  // ours, told instead of curl's
  Steady::time_point deadline = Steady::time_point::max();
  std::uint64_t id = 0;
};

}  // namespace

class CurlTransport::Loop {
 public:
  Loop() {
    init_curl_once();
    multi_ = curl_multi_init();
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!multi_ || epoll_ < 0 || wake_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start the HTTP loop");
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Loop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Loop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 4096L);
    watch(wake_, EPOLLIN, EPOLL_CTL_ADD);
    thread_ = std::thread([this] { run(); });
  }

  ~Loop() {
    post([this] { stopping_ = true; });
    thread_.join();
    spare_.clear();
    curl_multi_cleanup(multi_);
    close(wake_);
    close(epoll_);
  }

  void start(Request request, Handlers handlers, std::stop_token stop) {
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->handlers = std::move(handlers);
    post([this, exchange = std::move(exchange), stop = std::move(stop)]() mutable { begin(std::move(exchange), std::move(stop)); });
  }

  void after(std::chrono::milliseconds delay, std::function<void()> action) {
    post([this, at = Steady::now() + delay, action = std::move(action)]() mutable { timers_.emplace(at, std::move(action)); });
  }

 private:
  using StopCallback = std::stop_callback<std::function<void()>>;
  struct Running {
    std::shared_ptr<Exchange> exchange;
    std::unique_ptr<StopCallback> on_stop;
  };

  void post(std::function<void()> action) {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(action));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  }

  void watch(int fd, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto* loop = static_cast<Loop*>(self);
    if (what == CURL_POLL_REMOVE) {
      loop->watch(socket, 0, EPOLL_CTL_DEL);
      curl_multi_assign(loop->multi_, socket, nullptr);
      return 0;
    }
    const std::uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    loop->watch(socket, events, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD);
    curl_multi_assign(loop->multi_, socket, loop);
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    auto* loop = static_cast<Loop*>(self);
    loop->curl_timer_ = ms < 0 ? Steady::time_point::max() : Steady::now() + std::chrono::milliseconds(ms);
    return 0;
  }

  static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* user) {
    auto* exchange = static_cast<Exchange*>(user);
    const std::string_view line(text, size * count);
    if (line.substr(0, 5) == "HTTP/") {
      exchange->head = Head{};
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      exchange->head.headers.emplace_back(lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
    }
    return size * count;
  }

  static void tell_head(Exchange& exchange) {
    if (exchange.head_told) return;
    exchange.head_told = true;
    long status = 0;
    curl_easy_getinfo(exchange.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    exchange.head.status = static_cast<int>(status);
    if (exchange.handlers.head) exchange.handlers.head(exchange.head);
  }

  static std::size_t on_data(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto* exchange = static_cast<Exchange*>(user);
    tell_head(*exchange);
    exchange->received += size * count;
    if (exchange->received > exchange->request.max_response_bytes) {
      exchange->failure = Error{ErrorKind::kMalformed, "the answer is larger than allowed", std::to_string(exchange->received) + " bytes"};
      return 0;
    }
    if (exchange->request.deadlines.between_bytes.count() > 0) exchange->deadline = Steady::now() + exchange->request.deadlines.between_bytes;
    if (exchange->handlers.data) exchange->handlers.data({bytes, size * count});
    return size * count;
  }

  void begin(std::shared_ptr<Exchange> exchange, std::stop_token stop) {
    exchange->id = ++last_id_;
    exchange->easy = spare_.empty() ? Easy(curl_easy_init()) : std::move(spare_.back());
    if (!spare_.empty()) spare_.pop_back();
    configure(*exchange);
    if (exchange->request.deadlines.first_byte.count() > 0) exchange->deadline = Steady::now() + exchange->request.deadlines.first_byte;
    CURL* easy = exchange->easy.get();
    Running& running = running_[easy];
    running.exchange = std::move(exchange);
    curl_multi_add_handle(multi_, easy);
    if (stop.stop_possible()) {
      const std::uint64_t id = running.exchange->id;
      running.on_stop = std::make_unique<StopCallback>(std::move(stop), [this, easy, id] {
        post([this, easy, id] { end_early(easy, id, Error{ErrorKind::kCancelled, "stopped", ""}); });
      });
    }
  }

  void configure(Exchange& exchange) {
    CURL* easy = exchange.easy.get();
    curl_slist* list = nullptr;
    for (const auto& [name, value] : exchange.request.headers) list = curl_slist_append(list, (name + ": " + value).c_str());
    list = curl_slist_append(list, "Expect:");  // no round trip before a large body
    exchange.headers.reset(list);
    curl_easy_setopt(easy, CURLOPT_URL, exchange.request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 16384L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(exchange.request.deadlines.connect.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(exchange.request.deadlines.total.count()));
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, exchange.request.new_connection ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.error.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Loop::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Loop::on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    if (exchange.request.method == "GET") {
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
      return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange.request.method == "POST" ? nullptr : exchange.request.method.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange.request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.request.body.size()));
  }

  void end_early(CURL* easy, std::uint64_t id, Error error) {
    const auto found = running_.find(easy);
    if (found == running_.end() || found->second.exchange->id != id) return;
    found->second.exchange->failure = std::move(error);
    finish(easy, CURLE_ABORTED_BY_CALLBACK);
  }

  void finish(CURL* easy, CURLcode code) {
    const auto found = running_.find(easy);
    if (found == running_.end()) return;
    const std::shared_ptr<Exchange> exchange = std::move(found->second.exchange);
    running_.erase(found);
    if (code == CURLE_OK) tell_head(*exchange);
    curl_multi_remove_handle(multi_, easy);
    std::optional<Error> error = exchange->failure;
    if (!error && code != CURLE_OK) error = error_of(code, exchange->error.data());
    curl_easy_reset(easy);
    if (spare_.size() < kSpareHandles) spare_.push_back(std::move(exchange->easy));
    if (exchange->handlers.done) exchange->handlers.done(std::move(error));
  }

  void collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
  }

  void check_deadlines(Steady::time_point now) {
    if (now < next_deadline_check_) return;
    next_deadline_check_ = now + kDeadlineGrain;
    std::vector<std::pair<CURL*, std::uint64_t>> late;
    for (const auto& [easy, running] : running_) {
      if (running.exchange->deadline <= now) late.emplace_back(easy, running.exchange->id);
    }
    for (const auto& [easy, id] : late) end_early(easy, id, Error{ErrorKind::kTimeout, "the server went silent", "deadline between bytes"});
  }

  void run_timers(Steady::time_point now) {
    while (!timers_.empty() && timers_.begin()->first <= now) {
      const std::function<void()> action = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      action();
    }
  }

  void run_posted() {
    std::vector<std::function<void()>> actions;
    {
      const std::lock_guard lock(mutex_);
      actions.swap(posted_);
    }
    for (auto& action : actions) action();
  }

  int wait_ms(Steady::time_point now) const {
    Steady::time_point until = now + std::chrono::seconds(10);
    until = std::min(until, curl_timer_);
    if (!timers_.empty()) until = std::min(until, timers_.begin()->first);
    if (!running_.empty()) until = std::min(until, next_deadline_check_);
    if (until <= now) return 0;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
  }

  void run() {
    std::array<epoll_event, 256> events{};
    while (!stopping_) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms(Steady::now()));
      int still = 0;
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == wake_) {
          std::uint64_t ignored = 0;
          [[maybe_unused]] const auto got = read(wake_, &ignored, sizeof ignored);
          continue;
        }
        const int what = (event.events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) | (event.events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (event.events & EPOLLERR ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(multi_, event.data.fd, what, &still);
      }
      run_posted();
      const Steady::time_point now = Steady::now();
      if (curl_timer_ <= now) {
        curl_timer_ = Steady::time_point::max();
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &still);
      }
      collect();
      run_timers(now);
      check_deadlines(now);
    }
    while (!running_.empty()) {
      const auto& [easy, running] = *running_.begin();
      end_early(easy, running.exchange->id, Error{ErrorKind::kCancelled, "stopped", "shutting down"});
    }
  }

  static constexpr std::size_t kSpareHandles = 256;
  static constexpr std::chrono::milliseconds kDeadlineGrain{50};

  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  bool stopping_ = false;  // the loop's thread only
  std::uint64_t last_id_ = 0;
  Steady::time_point curl_timer_ = Steady::time_point::max();
  Steady::time_point next_deadline_check_{};
  std::unordered_map<CURL*, Running> running_;
  std::vector<Easy> spare_;
  std::multimap<Steady::time_point, std::function<void()>> timers_;
  std::mutex mutex_;  // guards posted_
  std::vector<std::function<void()>> posted_;
  std::thread thread_;
};

CurlTransport::CurlTransport() : loop_(std::make_unique<Loop>()) {}
CurlTransport::~CurlTransport() = default;

void CurlTransport::start(Request request, Handlers handlers, std::stop_token stop) {
  loop_->start(std::move(request), std::move(handlers), std::move(stop));
}

void CurlTransport::after(std::chrono::milliseconds delay, std::function<void()> action) { loop_->after(delay, std::move(action)); }

}  // namespace floorwalker::net
