#include <editline/readline.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <clocale>
#include <ctime>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <utility>

#include "agent/cli/cards.h"
#include "agent/cli/chat_modes.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/terminal.h"
#include "agent/cli/turn_json.h"

namespace floorwalker::cli {
namespace {

constexpr const char* kHelp =
    "Write as you would to a person in the shop. Some ways to go on:\n"
    "  a laptop for travel under 900        the second one in 16 GB        compare the first two\n"
    "  does it have USB-C?                  add it to my cart              how long may I return it?\n"
    "Commands: /cart shows your cart, /list the last products again, /help this, /quit leaves.\n"
    "Ctrl-C stops an answer; your conversation is kept.\n";

// Two conversations begun in one second must not be taken for one.
std::string new_session_id() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return fmt::format("{}-{:04x}", text, std::random_device{}() & 0xffff);
}

// Lines from the person: edited and with a history at a terminal, else read as they come.
class Lines {
 public:
  Lines(bool interactive, std::string history, std::string prompt)
      : interactive_(interactive), history_(std::move(history)), prompt_(std::move(prompt)) {
    if (!interactive_) return;
    using_history();
    stifle_history(1000);
    read_history(history_.c_str());
  }

  std::optional<std::string> next() {
    if (!interactive_) {
      std::string line;
      return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    }
    while (true) {
      const Freed line(read_line(), &std::free);
      if (!line && Interrupts::came() && half_typed()) {   // Ctrl-C drops the line; on an empty one it leaves
        std::cout << "\n" << std::flush;
        continue;
      }
      if (!line) return std::nullopt;
      if (*line) {
        add_history(line.get());
        write_history(history_.c_str());
      }
      return std::string(line.get());
    }
  }

 private:
  using Freed = std::unique_ptr<char, decltype(&std::free)>;

  char* read_line() const {
    const PromptInterrupt prompt;
    Interrupts::came();
    return readline(prompt_.c_str());
  }

  // Whether something stood on the line that was interrupted. The line is given up: two marks are put on it, because libedit copies one
  // character less than it is asked for, and nothing at all of an empty line.
  static bool half_typed() {
    rl_insert_text("..");
    const Freed line(rl_copy_text(0, 3), &std::free);
    return line && line.get()[0] != '\0' && line.get()[1] != '\0';
  }

  bool interactive_;
  std::string history_, prompt_;
};

// One conversation at the terminal.
class Conversing final : public LoggingListener {
 public:
  Conversing(runner::Runner& runner, Composition::Ports shop, const Playbook& playbook, const ChatOptions& options, SessionId session)
      : runner_(runner),
        shop_(shop),
        playbook_(playbook),
        json_(options.json),
        style_(Style::of(STDOUT_FILENO)),
        width_(terminal_width(STDOUT_FILENO)),
        wrapper_(width_, ""),
        session_(std::move(session)),
        shopper_(options.shopper) {}

  Result<void> greet();
  void recall(const Conversation& conversation);
  void take(const std::string& line);
  bool left() const { return left_; }
  const Style& style() const { return style_; }

  void released(std::string_view text) override {
    if (!json_) std::cout << wrapper_.feed(text) << std::flush;
  }
  void called(const ToolCall& call, const ToolResult& result) override { showcase_.learn(call, result); }

 private:
  void say(const std::string& line);
  void end(Result<runner::TurnResult> result);
  void command(const std::string& name);
  void show_cart();
  std::optional<Cart> cart();

  runner::Runner& runner_;
  Composition::Ports shop_;
  const Playbook& playbook_;
  bool json_;
  Style style_;
  std::size_t width_;
  Wrapper wrapper_;
  SessionId session_;
  std::string shopper_;
  Showcase showcase_;
  std::optional<Reply> last_;
  bool left_ = false;
};

// Who the shopper talks to, then where they left off.
Result<void> Conversing::greet() {
  auto conversation = runner_.conversation(session_);
  if (!conversation) return fail(conversation.error());
  if (!json_) {
    Wrapper wrapper(width_, "");
    const std::string disclosure = playbook_.brand.disclosure.empty() ? "I'm this shop's AI assistant." : playbook_.brand.disclosure;
    const bool again = conversation->turn > 0;
    std::cout << "\n" << style_.bold(playbook_.brand.name.empty() ? "Welcome" : playbook_.brand.name) << "\n"
              << wrapper.feed(again ? "Welcome back. " + disclosure : disclosure + " What are you looking for?") << wrapper.finish()
              << style_.dim("/help for what I can do, /quit to leave") << "\n\n";
    for (const Message& message : conversation->messages) {   // the last exchange, to pick up the thread
      if (message.turn != conversation->turn || message.text.empty()) continue;
      if (message.role == Role::kShopper) std::cout << style_.accent("you> ") << message.text << "\n";
      if (message.role == Role::kAssistant) std::cout << wrapper.feed(message.text) << wrapper.finish() << "\n";
    }
    recall(*conversation);
    if (last_) std::cout << page_of(*last_, showcase_, style_, width_) << "\n";
  }
  auto open = runner_.resume(session_, this);   // a turn that was cut off is finished now
  if (!open) return fail(open.error());
  if (*open) end(std::move(**open));
  return {};
}

// The list that "the first one" still refers to, in the numbers that the shopper saw.
void Conversing::recall(const Conversation& conversation) {
  const std::vector<Shown>& shown = conversation.memory.shown;
  if (shown.empty()) return;
  std::map<CallId, const ToolCall*> calls;
  for (const Message& message : conversation.messages) {
    for (const ToolCall& call : message.calls) calls[call.id] = &call;
    const auto call = message.role == Role::kTool ? calls.find(message.result.call) : calls.end();
    if (call != calls.end()) showcase_.learn(*call->second, message.result);
  }
  showcase_.begin_turn();
  Reply reply;
  std::copy_if(shown.begin(), shown.end(), std::back_inserter(reply.presentation.shown), [&](const Shown& one) { return one.turn == shown.back().turn; });
  last_ = std::move(reply);
}

void Conversing::take(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return;
  const std::string said = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  if (said.front() == '/' && !json_) return command(said);
  if ((said == "quit" || said == "exit") && !json_) return command("/" + said);
  say(said);
}

void Conversing::say(const std::string& line) {
  showcase_.begin_turn();
  const TurnInterrupt interrupt;
  end(runner_.run({session_, ShopperSaid{line, "", 0}, shopper_}, this, interrupt.token()));
}

void Conversing::end(Result<runner::TurnResult> result) {
  if (json_) {
    TurnLine line;
    line.session = session_;
    line.currency = shop_.catalogue.currency();
    if (!result) line.error = result.error();
    else line.reply = result->reply, line.cpu = result->cpu, line.wall = result->wall, line.cart = cart();
    std::cout << to_json(line) << std::endl;
    return;
  }
  std::cout << wrapper_.finish();
  if (!result) {
    std::cout << style_.bad("! " + result.error().message) << "\n\n";
    return;
  }
  const std::string page = page_of(result->reply, showcase_, style_, width_);
  std::cout << (page.empty() ? "" : "\n") << page << "\n" << std::flush;
  if (!result->reply.presentation.shown.empty()) last_ = std::move(result->reply);
}

void Conversing::command(const std::string& name) {
  if (name == "/quit" || name == "/exit" || name == "/q") left_ = true;
  else if (name == "/cart") show_cart();
  else if (name == "/list" && last_) std::cout << page_of(*last_, showcase_, style_, width_) << "\n";
  else if (name == "/list") std::cout << "Nothing has been shown yet.\n\n";
  else std::cout << (name == "/help" ? "" : "There is no " + name + ".\n") << kHelp << "\n";
}

std::optional<Cart> Conversing::cart() {
  const auto conversation = runner_.conversation(session_);
  if (!conversation || conversation->cart.empty()) return std::nullopt;
  auto read = shop_.carts.read(conversation->cart);
  return read ? std::optional<Cart>(std::move(*read)) : std::nullopt;
}

void Conversing::show_cart() { std::cout << cart_table(cart().value_or(Cart()), style_, width_) << "\n"; }

}  // namespace

Result<void> chat_with_person(Composition& composition, const ChatOptions& options, std::set<SessionId>& sessions) {
  auto runner = composition.runner();
  if (!runner) return fail(runner.error());
  auto shop = composition.shop();
  if (!shop) return fail(shop.error());
  auto playbook = composition.playbook();
  if (!playbook) return fail(playbook.error());
  std::setlocale(LC_CTYPE, "");   // the line editor edits characters, not bytes

  const SessionId session(options.session.empty() ? new_session_id() : options.session);
  const bool interactive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && !options.json;
  Conversing conversing(*runner, *shop, *playbook, options, session);
  if (auto greeted = conversing.greet(); !greeted) return greeted;
  sessions.insert(session);
  const Interrupts interrupts;
  Lines lines(interactive, (composition.state() / "history").string(), "you> ");
  while (!conversing.left()) {
    const auto line = lines.next();
    if (!line) break;
    if (!interactive && !options.json) std::cout << "you> " << *line << "\n";
    composition.refresh();
    conversing.take(*line);
  }
  if (interactive) std::cout << "\n" << conversing.style().dim("Go on later with: floorwalker chat --session " + session.str()) << "\n";
  return {};
}

}  // namespace floorwalker::cli
