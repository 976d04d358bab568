#include "adapters/http/exchange.h"

#include <memory>
#include <optional>

#include "agent/core/stopping.h"

namespace floorwalker::http {
namespace {

// A response as it comes in. Shared with the transport's thread.
struct Arrival {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  Response response;
  std::optional<Error> error;
};

}  // namespace

Result<void> Exchange::enter(std::chrono::milliseconds left) {
  std::unique_lock lock(mutex_);
  if (failures_ >= limits_.breaker_failures) {
    if (clock_.steady() < closed_until_) return fail(ErrorKind::kUnavailable, "the shop does not answer at the moment", kCircuitOpen);
    closed_until_ = clock_.steady() + limits_.breaker_pause;   // this one tries; the others go on waiting for how it fares
  }
  if (!freed_.wait_for(lock, Stopping::now(), left, [this] { return under_way_ < limits_.concurrency; })) {
    return fail(ErrorKind::kUnavailable, "the shop is busy", kNoRoom);
  }
  ++under_way_;
  return {};
}

void Exchange::leave() {
  {
    const std::lock_guard lock(mutex_);
    --under_way_;
  }
  freed_.notify_one();
}

void Exchange::note(bool worked) {
  const std::lock_guard lock(mutex_);
  failures_ = worked ? 0 : failures_ + 1;
  if (failures_ == limits_.breaker_failures) closed_until_ = clock_.steady() + limits_.breaker_pause;
}

Result<Response> Exchange::send(net::Request request, std::chrono::milliseconds left) {
  if (left.count() <= 0) return fail(ErrorKind::kTimeout, "the shop took too long");
  if (auto entered = enter(left); !entered) return fail(entered.error());
  request.deadlines.connect = std::min(limits_.connect, left);
  request.deadlines.total = std::min(limits_.total, left);
  request.deadlines.first_byte = request.deadlines.total;
  request.deadlines.between_bytes = request.deadlines.total;
  request.max_response_bytes = static_cast<std::size_t>(limits_.response_bytes);
  const auto arrival = std::make_shared<Arrival>();
  net::Handlers handlers;
  handlers.head = [arrival](const net::Head& head) { arrival->response.head = head; };
  handlers.data = [arrival](std::string_view bytes) { arrival->response.body += bytes; };
  handlers.done = [arrival](std::optional<Error> error) {
    const std::lock_guard lock(arrival->mutex);
    arrival->error = std::move(error);
    arrival->finished = true;
    arrival->done.notify_one();
  };
  transport_.start(std::move(request), std::move(handlers), Stopping::now());
  std::unique_lock lock(arrival->mutex);
  arrival->done.wait(lock, [&] { return arrival->finished; });   // the transport keeps the deadlines and always tells the end
  leave();
  if (arrival->error) return fail(std::move(*arrival->error));
  return std::move(arrival->response);
}

}  // namespace floorwalker::http
