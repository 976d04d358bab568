#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/support/paths.h"

// The chat as a person at a terminal sees it.
namespace floorwalker {
namespace {

constexpr const char* kPrompt = "you> ";

// The binary on a terminal of its own.
class Terminal {
 public:
  explicit Terminal(const std::string& folder) {
    child_ = forkpty(&end_, nullptr, nullptr, nullptr);
    if (child_ != 0) return;
    ::setenv("TERM", "xterm", 1);
    ::setenv("HOME", folder.c_str(), 1);
    const std::string binary = test::binary().string();
    ::execl(binary.c_str(), binary.c_str(), "chat", "--state", folder.c_str(), "--session", "s", nullptr);
    ::_exit(127);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(end_);
  }

  void type(const std::string& keys) { ASSERT_EQ(::write(end_, keys.data(), keys.size()), ssize_t(keys.size())); }

  // What is printed up to and with `end`; up to the program's end where that comes first.
  std::string until(const std::string& end) {
    while (unread_.find(end) == std::string::npos) {
      char some[4096];
      const ssize_t count = ::read(end_, some, sizeof some);
      if (count <= 0) return std::exchange(unread_, {});
      unread_.append(some, std::size_t(count));
    }
    const std::size_t at = unread_.find(end) + end.size();
    const std::string printed = unread_.substr(0, at);
    unread_.erase(0, at);
    return printed;
  }

 private:
  int end_ = -1;
  pid_t child_ = -1;
  std::string unread_;
};

TEST(TerminalChat, ShowsTheLastListAgainOnReturn) {
  const test::TemporaryFolder folder;
  const auto lists_first = [](const std::string& printed) { return printed.find("1  ") != std::string::npos; };
  {
    Terminal terminal(folder.path().string());
    EXPECT_FALSE(lists_first(terminal.until(kPrompt)));
    terminal.type("a sofa\r");
    terminal.until("sofa");
    EXPECT_TRUE(lists_first(terminal.until(kPrompt)));
  }
  Terminal again(folder.path().string());
  again.until("a sofa");
  EXPECT_TRUE(lists_first(again.until(kPrompt)));
}

}  // namespace
}  // namespace floorwalker
