#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/paths.h"

// The commands as a person at a terminal sees them.
namespace floorwalker {
namespace {

constexpr const char* kPrompt = "you> ";

// The binary on a terminal of its own.
class Terminal {
 public:
  Terminal(const test::TemporaryFolder& home, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), test::binary().string());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    child_ = forkpty(&end_, nullptr, nullptr, nullptr);
    if (child_ != 0) return;
    ::setenv("TERM", "xterm", 1);
    ::setenv("HOME", home.path().c_str(), 1);
    ::unsetenv("XDG_DATA_HOME");
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (child_ > 0) ::kill(child_, SIGKILL), ::waitpid(child_, nullptr, 0);
    ::close(end_);
  }

  void type(const std::string& keys) { ASSERT_EQ(::write(end_, keys.data(), keys.size()), ssize_t(keys.size())); }

  // Waits for the program's end; -1 where a signal ended it.
  int exit_status() {
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // Whether it shows what is typed and gives lines on: what line editors switch off.
  bool is_plain() const {
    termios mode{};
    return ::tcgetattr(end_, &mode) == 0 && (mode.c_lflag & ECHO) && (mode.c_lflag & ICANON) && (mode.c_lflag & ISIG);
  }

  // The prompt may be there a moment before the line editor takes the terminal over.
  void wait_for_editor() const {
    while (is_plain()) std::this_thread::yield();
  }

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

constexpr const char* kCtrlC = "\x03";

std::vector<std::string> chat(const test::TemporaryFolder& folder, const std::string& session = "") {
  std::vector<std::string> arguments = {"chat", "--state", folder.path().string()};
  if (!session.empty()) arguments.insert(arguments.end(), {"--session", session});
  return arguments;
}

TEST(TerminalChat, ShowsTheLastListAgainOnReturn) {
  const test::TemporaryFolder folder;
  const auto lists_first = [](const std::string& printed) { return printed.find("1  ") != std::string::npos; };
  {
    Terminal terminal(folder, chat(folder, "s"));
    EXPECT_FALSE(lists_first(terminal.until(kPrompt)));
    terminal.type("a sofa\r");
    terminal.until("sofa");
    EXPECT_TRUE(lists_first(terminal.until(kPrompt)));
  }
  Terminal again(folder, chat(folder, "s"));
  again.until("a sofa");
  EXPECT_TRUE(lists_first(again.until(kPrompt)));
}

TEST(TerminalChat, CtrlCOnAnEmptyLineLeavesAndSaysHowToGoOn) {
  const test::TemporaryFolder folder;
  std::string session;
  {
    Terminal terminal(folder, chat(folder));
    terminal.until(kPrompt);
    terminal.wait_for_editor();
    terminal.type("a sofa\r");
    terminal.until("sofa");
    terminal.until(kPrompt);
    terminal.type(kCtrlC);
    EXPECT_NE(terminal.until("floorwalker chat --session ").find("Go on later with: "), std::string::npos);
    session = terminal.until("\n");
    session.erase(session.find_first_of("\x1b\r\n"));
    EXPECT_EQ(terminal.exit_status(), 0);
    EXPECT_TRUE(terminal.is_plain());
  }
  ASSERT_FALSE(session.empty());
  Terminal again(folder, chat(folder, session));
  EXPECT_NE(again.until("a sofa").find("Welcome back"), std::string::npos);
}

TEST(TerminalChat, CtrlCDropsAHalfTypedLineAndStays) {
  const test::TemporaryFolder folder;
  Terminal terminal(folder, chat(folder, "s"));
  terminal.until(kPrompt);
  terminal.type("show me all the beds");
  terminal.until("beds");
  terminal.type(kCtrlC);
  terminal.until(kPrompt);
  terminal.type("a sofa\r");
  terminal.until("a sofa");
  EXPECT_EQ(terminal.until(kPrompt).find("beds"), std::string::npos);
  terminal.type(kCtrlC);
  terminal.until("--session s");
  EXPECT_EQ(terminal.exit_status(), 0);
  EXPECT_TRUE(terminal.is_plain());
}

TEST(TerminalEval, DrawsABarWhileItPlaysAndRemovesIt) {
  const test::TemporaryFolder folder;
  std::ofstream(folder / "s.yaml") << "suite: s\nshop: demo\ncases:\n  - id: a\n    rows: [{who: Ann}, {who: Ben}]\n    turns: [{say: 'hello {who}', expect: {cart: []}}]\n";
  Terminal terminal(folder, {"eval", (folder / "s.yaml").string(), "--jobs", "1"});
  EXPECT_NE(terminal.until("1/2").find("[##########.........."), std::string::npos);
  EXPECT_NE(terminal.until("\r\x1b[K\x1b[32m").find("2/2"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker
