#pragma once

#include <stop_token>
#include <thread>

namespace floorwalker::cli {

// While it lives, Ctrl-C (SIGINT) does not end the program: during a turn it stops the turn, at the prompt it drops the line. One at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // Whether Ctrl-C came since the last call.
  static bool came();

 private:
  std::jthread watcher_;   // a signal handler may not lock: it writes to a pipe, and the watcher does the rest
};

// While it lives, the thread that made it waits at the prompt, and Ctrl-C brings its read back whenever it falls. One at a time.
class PromptInterrupt {
 public:
  PromptInterrupt();
  ~PromptInterrupt();
  PromptInterrupt(const PromptInterrupt&) = delete;
  PromptInterrupt& operator=(const PromptInterrupt&) = delete;
};

// The turn that Ctrl-C stops. One at a time.
class TurnInterrupt {
 public:
  TurnInterrupt();
  ~TurnInterrupt();
  TurnInterrupt(const TurnInterrupt&) = delete;
  TurnInterrupt& operator=(const TurnInterrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
};

}  // namespace floorwalker::cli
