#include "agent/cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace floorwalker::cli {
namespace {

int pipe_ends[2] = {-1, -1};

std::atomic<bool> ctrl_c_pressed = false;
static_assert(std::atomic<bool>::is_always_lock_free);   // it is set in a signal handler

std::atomic<bool> prompting = false;
std::atomic<pthread_t> prompting_thread;    // whose read it is, while `prompting`

constexpr int kWakeSignal = SIGUSR2;
constexpr std::chrono::milliseconds kWakeAgain(10);

std::mutex turn_mutex;                      // guards current_turn
std::optional<std::stop_source> current_turn;

void on_interrupt(int) {
  const int saved = errno;
  const char mark = 'i';
  ctrl_c_pressed = true;
  [[maybe_unused]] const auto written = ::write(pipe_ends[1], &mark, 1);
  errno = saved;
}

// A Ctrl-C that falls between the prompt and its read would be lost: the read is woken until it has come back.
void wake_prompt() {
  for (; prompting && ctrl_c_pressed; std::this_thread::sleep_for(kWakeAgain)) pthread_kill(prompting_thread, kWakeSignal);
}

void watch() {
  char mark = 0;
  while (::read(pipe_ends[0], &mark, 1) == 1 && mark == 'i') {
    {
      const std::lock_guard lock(turn_mutex);
      if (current_turn) current_turn->request_stop();
    }
    wake_prompt();
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
  action.sa_handler = [](int) {};
  sigaction(kWakeSignal, &action, nullptr);
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

bool Interrupts::came() { return ctrl_c_pressed.exchange(false); }

PromptInterrupt::PromptInterrupt() {
  prompting_thread = pthread_self();
  prompting = true;
}

PromptInterrupt::~PromptInterrupt() { prompting = false; }

TurnInterrupt::TurnInterrupt() {
  const std::lock_guard lock(turn_mutex);
  current_turn = stop_;
}

TurnInterrupt::~TurnInterrupt() {
  const std::lock_guard lock(turn_mutex);
  current_turn.reset();
}

}  // namespace floorwalker::cli
