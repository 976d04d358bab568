#include "agent/cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>

namespace floorwalker::cli {
namespace {

int pipe_ends[2] = {-1, -1};

volatile sig_atomic_t ctrl_c_pressed = 0;

std::mutex turn_mutex;                      // guards current_turn
std::optional<std::stop_source> current_turn;

void on_interrupt(int) {
  const int saved = errno;
  const char mark = 'i';
  ctrl_c_pressed = 1;
  [[maybe_unused]] const auto written = ::write(pipe_ends[1], &mark, 1);
  errno = saved;
}

void watch() {
  char mark = 0;
  while (::read(pipe_ends[0], &mark, 1) == 1 && mark == 'i') {
    const std::lock_guard lock(turn_mutex);
    if (current_turn) current_turn->request_stop();
  }
}

}  // namespace

Interrupts::Interrupts() {
  if (::pipe(pipe_ends) != 0) return;
  watcher_ = std::jthread(watch);
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);      // without SA_RESTART: the prompt's read comes back
}

Interrupts::~Interrupts() {
  signal(SIGINT, SIG_DFL);
  if (!watcher_.joinable()) return;
  const char mark = 'q';
  [[maybe_unused]] const auto written = ::write(pipe_ends[1], &mark, 1);
  watcher_.join();
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

bool Interrupts::came() {
  const bool came = ctrl_c_pressed != 0;
  ctrl_c_pressed = 0;
  return came;
}

TurnInterrupt::TurnInterrupt() {
  const std::lock_guard lock(turn_mutex);
  current_turn = stop_;
}

TurnInterrupt::~TurnInterrupt() {
  const std::lock_guard lock(turn_mutex);
  current_turn.reset();
}

}  // namespace floorwalker::cli
