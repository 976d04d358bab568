#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "agent/cli/cards.h"
#include "agent/cli/chat_modes.h"
#include "agent/cli/terminal.h"
#include "agent/cli/turn_json.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

using nlohmann::json;

const std::string& text_at(const json& object, const char* name) {
  const json& value = object.at(name);
  if (!value.is_string()) throw std::invalid_argument("\"" + std::string(name) + "\" must be text");
  return value.get_ref<const std::string&>();
}

void check_keys(const json& object, const std::vector<std::string>& known) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string near = text::nearest(key, known);
    throw std::invalid_argument("unknown key \"" + key + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
}

ShopperDid read_event(const json& event) {
  if (!event.is_object()) throw std::invalid_argument("\"event\" must be an object with a \"type\"");
  ShopperDid did;
  did.type = text_at(event, "type");
  for (const auto& [key, value] : event.items()) {
    if (key == "type") continue;
    if (key == "product") did.product = ProductId(text_at(event, "product"));
    else did.details[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return did;
}

// One line of a script. Throws what is wrong with it, in words.
runner::TurnRequest read_turn(const std::string& line, const std::string& default_session) {
  const json turn = json::parse(line);
  if (!turn.is_object()) throw std::invalid_argument("expected an object");
  check_keys(turn, {"session", "say", "key", "event"});
  if (turn.contains("say") == turn.contains("event")) throw std::invalid_argument("a turn has either \"say\" or \"event\"");
  runner::TurnRequest request;
  request.session = SessionId(turn.contains("session") ? text_at(turn, "session") : default_session);
  if (request.session.empty()) throw std::invalid_argument("\"session\" must not be empty");
  const std::string key = turn.contains("key") ? text_at(turn, "key") : "";
  if (turn.contains("say")) {
    request.input = ShopperSaid{text_at(turn, "say"), key, 0};
  } else {
    ShopperDid did = read_event(turn["event"]);
    did.key = key;
    request.input = std::move(did);
  }
  return request;
}

Result<runner::TurnRequest> parse_turn(const std::string& line, const std::string& where, const std::string& default_session) {
  try {
    return read_turn(line, default_session);
  } catch (const json::exception& error) {
    return fail(ErrorKind::kInvalidArgument, where + ": not a turn: " + (line.front() == '{' ? "the JSON is broken or lacks a key" : "expected a JSON object") +
                                                 ", like {\"session\":\"s1\",\"say\":\"...\"}",
                error.what());
  } catch (const std::invalid_argument& error) {
    return fail(ErrorKind::kInvalidArgument, where + ": " + error.what() + ".");
  }
}

// For people: what was said, and what came of it.
class Talk final : public LoggingListener {
 public:
  explicit Talk(Style style) : style_(style), width_(terminal_width(1)) {}

  void begin(const runner::TurnRequest& request) {
    showcase_.begin_turn();
    const auto* said = std::get_if<ShopperSaid>(&request.input);
    const std::string words = said ? said->text : "(" + request_text(std::get<ShopperDid>(request.input)) + ")";
    std::cout << style_.accent(request.session.str() + "> ") << style_.bold(words) << "\n";
  }
  void called(const ToolCall& call, const ToolResult& result) override { showcase_.learn(call, result); }

  void end(const Result<runner::TurnResult>& result) {
    Wrapper wrapper(width_, "");
    if (!result) std::cout << wrapper.feed("! " + result.error().message) << wrapper.finish();
    if (result && !result->reply.text.empty()) std::cout << wrapper.feed(result->reply.text) << wrapper.finish();
    const std::string page = result ? page_of(result->reply, showcase_, style_, width_) : "";
    std::cout << (page.empty() ? "" : "\n") << page << "\n";
  }

 private:
  Style style_;
  std::size_t width_;
  Showcase showcase_;
};

TurnLine line_of(Composition::Ports& shop, const SessionId& session, Result<runner::TurnResult> result) {
  TurnLine line;
  line.session = session;
  line.currency = shop.catalogue.currency();
  if (!result) {
    line.error = result.error();
    return line;
  }
  line.cpu = result->cpu;
  line.wall = result->wall;
  line.reply = std::move(result->reply);
  if (result->conversation.cart.empty()) return line;
  if (auto cart = shop.carts.read(result->conversation.cart)) line.cart = std::move(*cart);
  else line.error = cart.error();
  return line;
}

}  // namespace

Result<void> chat_by_script(Composition& composition, const ChatOptions& options, std::istream& script, const std::string& script_name,
                            std::set<SessionId>& sessions) {
  auto runner = composition.runner();
  if (!runner) return fail(runner.error());
  auto shop = composition.shop();
  if (!shop) return fail(shop.error());
  const std::string default_session = options.session.empty() ? "s1" : options.session;
  Talk talk(Style::of(1));
  int number = 0;
  for (std::string line; std::getline(script, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto request = parse_turn(line, script_name + ":" + std::to_string(number), default_session);
    if (!request) return fail(request.error());
    request->shopper = options.shopper;
    sessions.insert(request->session);
    if (!options.json) talk.begin(*request);
    composition.refresh();
    LoggingListener logging;
    auto result = runner->get().run(*request, options.json ? &logging : static_cast<runner::TurnListener*>(&talk));
    if (!options.json) talk.end(result);
    else std::cout << to_json(line_of(*shop, request->session, std::move(result))) << std::endl;
  }
  return {};
}

}  // namespace floorwalker::cli
