#include "adapters/http/engine.h"

#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <utility>

#include "agent/core/stopping.h"
#include "agent/core/text.h"

namespace floorwalker::http {
namespace {

constexpr std::size_t kMessageLength = 300;
constexpr std::size_t kDetailLength = 400;
constexpr int kMostRedirects = 3;

std::string shortened(std::string text, std::size_t length) {
  text = text::sanitise(text);
  if (text.size() > length) text = text::sanitise(text.substr(0, length)) + "...";
  return text;
}

std::string origin_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const std::string name = url.substr(0, scheme);
  if (name != "http" && name != "https") return {};
  const std::string origin = url.substr(0, url.find_first_of("/?#", scheme + 3));
  return origin.size() > scheme + 3 && origin.find('@') == std::string::npos ? origin : std::string();
}

bool says_json(const net::Head& head) {
  const std::string_view type = head.header("content-type");
  return type.find("json") != std::string_view::npos;
}

Trouble trouble(ErrorKind kind, std::string message, std::string detail = {}) { return {{kind, std::move(message), std::move(detail)}, {}, false, false, {}}; }

Trouble passing(ErrorKind kind, std::string message, std::string detail = {}) {
  Trouble made = trouble(kind, std::move(message), std::move(detail));
  made.again = true;
  made.unclear = true;
  return made;
}

Trouble meant(Meaning meaning, std::string message, std::string detail) {
  switch (meaning) {
    case Meaning::kNotFound: return trouble(ErrorKind::kNotFound, std::move(message), std::move(detail));
    case Meaning::kOutOfStock: return trouble(ErrorKind::kOutOfStock, std::move(message), std::move(detail));
    case Meaning::kInvalid: return trouble(ErrorKind::kInvalidArgument, std::move(message), std::move(detail));
    case Meaning::kConflict: return trouble(ErrorKind::kConflict, std::move(message), std::move(detail));
    case Meaning::kUnavailable: return passing(ErrorKind::kUnavailable, "the shop cannot answer just now", message + " " + detail);
    case Meaning::kThrottled: {
      Trouble made = trouble(ErrorKind::kUnavailable, "the shop asks for fewer requests", message + " " + detail);
      made.again = true;   // it was turned away before anything was done
      return made;
    }
    case Meaning::kMalformed: return trouble(ErrorKind::kMalformed, "the shop did not understand the adapter's request", message + " " + detail);
    case Meaning::kRefused:
    case Meaning::kIgnore: break;
  }
  return trouble(ErrorKind::kRefused, std::move(message), std::move(detail));
}

void sleep_unless_stopped(std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, Stopping::now(), time, [] { return false; });
}

// The value of a cookie that a response sets: "cart=abc; Path=/; HttpOnly".
std::string_view cookie_of(const net::Head& head, std::string_view name) {
  for (const auto& [key, value] : head.headers) {
    if (key != "set-cookie" || !value.starts_with(name) || value.size() <= name.size() || value[name.size()] != '=') continue;
    const std::string_view rest = std::string_view(value).substr(name.size() + 1);
    return rest.substr(0, rest.find(';'));
  }
  return {};
}

Value value_of(const Json& json) {
  if (json.type == Json::Type::kTrue || json.type == Json::Type::kFalse) return json.type == Json::Type::kTrue;
  if (json.type == Json::Type::kText || json.type == Json::Type::kNumber) return std::string(json.text);
  return {};
}

// What a call captures of its response. `body` may be null.
std::vector<std::pair<std::string, Value>> captured_by(const Call& call, const Response& response, const Json* body, const Variables& variables) {
  std::vector<std::pair<std::string, Value>> captured;
  const Scope scope{body, nullptr, &variables};
  for (const Capture& capture : call.captures) {
    if (!capture.from) {
      const std::string_view value = capture.cookie.empty() ? response.head.header(capture.header) : cookie_of(response.head, capture.cookie);
      if (!value.empty()) captured.emplace_back(capture.name, std::string(value));
    } else if (const Json* found = body ? capture.from->first(scope) : nullptr) {
      captured.emplace_back(capture.name, value_of(*found));
    }
  }
  return captured;
}

// ---- what nobody may read

constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kMostRedacted = 1 << 16;   // of an answer that is quoted: what comes later is not told

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// The number that `digits` hexadecimal digits at `at` tell, -1 for none.
int hex_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (hex(text[i]) < 0) return -1;
    value = value * 16 + hex(text[i]);
  }
  return value;
}

// How long the character is that stands at `at`: as it is, or percent-encoded, or escaped as in JSON. 0 if another one stands there.
std::size_t spelled(std::string_view text, std::size_t at, char c) {
  if (at >= text.size()) return 0;
  if (text[at] == c) return 1;
  const auto code = static_cast<unsigned char>(c);
  if (text[at] == '%' && hex_at(text, at + 1, 2) == code) return 3;
  if (text[at] != '\\' || at + 1 >= text.size()) return 0;
  if (text[at + 1] == 'u' && hex_at(text, at + 2, 4) == code) return 6;
  return text[at + 1] == c ? 2 : 0;
}

std::size_t spelled(std::string_view text, std::size_t at, std::string_view secret) {
  const std::size_t start = at;
  for (const char c : secret) {
    const std::size_t length = spelled(text, at, c);
    if (length == 0) return 0;
    at += length;
  }
  return at - start;
}

// A value, and each parameter of one that is an address: "gid://shop/Cart/1?key=..." is as secret as its key.
void add_hidden(const std::string& value, std::vector<std::string>& hidden) {
  hidden.push_back(value);
  for (std::size_t at = value.find('?'); at != std::string::npos && at < value.size(); at = value.find('&', at)) {
    const std::size_t equals = value.find('=', ++at);
    if (equals == std::string::npos) return;
    hidden.push_back(value.substr(equals + 1, value.find('&', equals) - equals - 1));
  }
}

// Longer values first: a part of one that is left would tell the rest.
std::string redacted(std::string_view text, std::vector<std::string> hidden) {
  std::erase_if(hidden, [](const std::string& one) { return one.size() < kShortestSecret; });
  std::sort(hidden.begin(), hidden.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const std::string& one : hidden) {
      if ((length = spelled(text, at, one))) break;
    }
    if (length) out += "***";
    else out += text[at];
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

// Every call of an adapter.
template <typename Visit>
void each_call(const Adapter& adapter, const Visit& visit) {
  for (const Call& call : adapter.setup) visit(call);
  for (const auto& [name, operation] : adapter.operations) {
    for (const Call& call : operation.steps) visit(call);
  }
}

}  // namespace

// ---- starting

Engine::Engine(Adapter adapter, net::Transport& transport, EngineOptions options)
    : adapter_(std::move(adapter)),
      options_(std::move(options)),
      clock_(options_.clock ? options_.clock : &system_clock_),
      exchange_(transport, adapter_.limits, *clock_),
      random_(options_.seed) {
  if (!options_.environment) {
    options_.environment = [](const std::string& name) -> std::optional<std::string> {
      const char* value = getenv(name.c_str());
      return value && *value ? std::optional<std::string>(value) : std::nullopt;
    };
  }
  if (!options_.wait) options_.wait = sleep_unless_stopped;
}

Result<std::unique_ptr<Engine>> Engine::create(Adapter adapter, net::Transport& transport, EngineOptions options) {
  if (const auto tape = options.tape) options = tape->prepared(std::move(options));
  std::unique_ptr<Engine> engine(new Engine(std::move(adapter), transport, std::move(options)));
  if (auto taken = engine->take_settings(); !taken) return fail(taken.error());
  if (auto taken = engine->take_secrets(); !taken) return fail(taken.error());
  engine->find_what_is_read();
  if (engine->options_.tape) engine->options_.tape->began(engine->circumstances());
  return engine;
}

Result<void> Engine::take_setting(const Setting& setting) {
  Value value = setting.value;
  std::optional<std::string> given = setting.environment.empty() ? std::nullopt : options_.environment(setting.environment);
  if (const auto chosen = options_.settings.find(setting.name); chosen != options_.settings.end()) given = chosen->second;
  const auto wrong = [&](const std::string& wanted) {
    return fail(ErrorKind::kInvalidArgument, "The setting '" + setting.name + "' is " + wanted + ", not '" + given.value_or(to_text(value)) + "'.");
  };
  if (given && std::holds_alternative<bool>(value)) {
    if (*given != "true" && *given != "1" && *given != "false" && *given != "0") return wrong("true or false");
    value = *given == "true" || *given == "1";
  } else if (given && std::holds_alternative<std::int64_t>(value)) {
    std::int64_t number = 0;
    const auto [end, bad] = std::from_chars(given->data(), given->data() + given->size(), number);
    if (bad != std::errc() || end != given->data() + given->size()) return wrong("a whole number");
    value = number;
  } else if (given) {
    value = *given;
  }
  if (!setting.one_of.empty() && std::find(setting.one_of.begin(), setting.one_of.end(), to_text(value)) == setting.one_of.end()) {
    return wrong("one of " + text::join_and(setting.one_of, "or"));
  }
  if (setting.required && to_text(value).empty()) {
    const std::string how = setting.environment.empty() ? std::string() : ": set " + setting.environment;
    return fail(ErrorKind::kInvalidArgument, "The adapter " + adapter_.name + " needs the setting '" + setting.name + "'" + how + ".");
  }
  given_.set(setting.name, std::move(value));
  return {};
}

Result<void> Engine::take_settings() {
  for (const auto& [name, value] : options_.settings) {
    const bool known = std::any_of(adapter_.settings.begin(), adapter_.settings.end(), [&](const Setting& one) { return one.name == name; });
    if (!known) return fail(ErrorKind::kInvalidArgument, "The adapter " + adapter_.name + " has no setting '" + name + "'.");
  }
  for (const Setting& setting : adapter_.settings) {
    if (auto taken = take_setting(setting); !taken) return taken;
  }
  url_ = adapter_.url.plain(given_);
  if (!adapter_.url_environment.empty()) url_ = options_.environment(adapter_.url_environment).value_or(url_);
  if (!options_.url.empty()) url_ = options_.url;
  while (url_.ends_with('/')) url_.pop_back();
  origin_ = origin_of(url_);
  if (origin_.empty()) {
    return fail(ErrorKind::kInvalidArgument, url_.empty() ? "The adapter " + adapter_.name + " needs the shop's address" +
                                                                (adapter_.url_environment.empty() ? "." : ": set " + adapter_.url_environment + ".")
                                                          : "'" + url_ + "' is no http(s) address.");
  }
  given_.set("url", url_);
  return {};
}

Result<void> Engine::take_secrets() {
  for (const Secret& secret : adapter_.secrets) {
    auto value = options_.environment(secret.environment);
    if (!value && secret.required) return fail(ErrorKind::kInvalidArgument, "The adapter " + adapter_.name + " needs a secret: set the environment variable " + secret.environment + ".");
    if (value) secret_values_.push_back(*value);
    given_.set(secret.name, value ? Value(std::move(*value)) : Value());
  }
  for (const Setting& setting : adapter_.settings) {
    if (setting.set_if.empty()) continue;
    const bool any = std::any_of(setting.set_if.begin(), setting.set_if.end(), [&](const std::string& name) {
      const Value* value = given_.find(name);
      return value && is_set(*value);
    });
    if (!options_.settings.count(setting.name)) given_.set(setting.name, any);
  }
  return {};
}

Circumstances Engine::circumstances() const {
  Circumstances made;
  made.url = url_;
  for (const Setting& setting : adapter_.settings) {
    const Value* value = given_.find(setting.name);
    if (setting.set_if.empty() && value && is_set(*value)) made.settings.emplace(setting.name, to_text(*value));
  }
  for (const Secret& secret : adapter_.secrets) {
    if (const Value* value = given_.find(secret.name); value && is_set(*value)) made.secrets.push_back(secret.environment);
  }
  return made;
}

// Where the adapter looks for what responses tell, and which variables may hold a token.
void Engine::find_what_is_read() {
  const auto note_rules = [&](const std::vector<FailureRule>& rules) {
    for (const FailureRule& rule : rules) {
      if (!rule.header.empty()) read_headers_.push_back(rule.header);
    }
  };
  const auto note_sent = [&](const std::vector<std::pair<std::string, TextTemplate>>& headers) {
    for (const auto& [name, value] : headers) {
      for (std::string& variable : value.variables()) token_names_.push_back(std::move(variable));
    }
  };
  token_names_ = adapter_.state;
  note_sent(adapter_.headers);
  note_rules(adapter_.failures);
  for (const auto& [name, operation] : adapter_.operations) note_rules(operation.failures);
  each_call(adapter_, [&](const Call& call) {
    note_sent(call.headers);
    for (const Capture& capture : call.captures) {
      if (!capture.header.empty()) read_headers_.push_back(capture.header);
      if (!capture.cookie.empty()) read_cookies_.push_back(capture.cookie);
    }
  });
}

Result<const Variables*> Engine::of_shop() {
  if (auto settled = settle(); !settled) return fail(settled.error());
  return &shop_;
}

Result<void> Engine::settle() {
  if (ready_) return {};
  const std::lock_guard lock(setup_);
  if (ready_) return {};
  if (!adapter_.setup.empty()) {
    Operation setup;
    setup.steps = adapter_.setup;
    auto ran = run("setup", setup, given_, Effect::kRead);
    if (!ran) return fail(ran.error().error);
    for (const Call& call : adapter_.setup) {
      if (!call.when.variable.empty()) continue;
      for (const Capture& capture : call.captures) {
        const bool found = std::any_of(ran->captured.begin(), ran->captured.end(), [&](const auto& one) { return one.first == capture.name && is_set(one.second); });
        if (!found) return fail(ErrorKind::kMalformed, "The shop's answer to 'setup' lacks what the adapter captures as '" + capture.name + "'.", call.method);
      }
    }
    for (auto& [name, value] : ran->captured) shop_.set(name, std::move(value));
  }
  std::string code = adapter_.currency;
  if (code.starts_with('$')) {
    const Value* value = shop_.find(code.substr(1));
    code = value ? to_text(*value) : std::string();
  } else if (const Operation* asks = code.empty() ? adapter_.operation("currency") : nullptr) {
    auto ran = run("currency", *asks, shop_, Effect::kRead);
    if (!ran) return fail(ran.error().error);
    code = ran->text;
  }
  std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto currency = Currency::parse(code);
  if (!currency) return fail(ErrorKind::kMalformed, "The shop's currency is not known: name it in the adapter ('currency').", code);
  const bool first = currency_ == Currency();
  if (!first && currency_ != *currency) {
    return fail(ErrorKind::kMalformed, "The shop tells prices in " + code + " now, and told them in " + std::string(currency_.code()) + " before: start again.");
  }
  if (first) currency_ = *currency;   // else other threads may be reading it
  ready_ = true;
  return {};
}

// ---- operations

Ran Engine::read(const std::string& operation, const Variables& variables) {
  const Operation* found = adapter_.operation(operation);
  if (!found) return tl::unexpected(trouble(ErrorKind::kRefused, "this shop does not offer that", operation));
  return run(operation, *found, variables, Effect::kRead);
}

Ran Engine::write(const std::string& operation, const Variables& variables) {
  const Operation* found = adapter_.operation(operation);
  if (!found) return tl::unexpected(trouble(ErrorKind::kRefused, "this shop does not offer that", operation));
  return run(operation, *found, variables, Effect::kWrite);
}

// Doubled at each retry, between half and the whole of it, never shorter than the shop asked for.
std::chrono::milliseconds Engine::pause_before(int retry, const Trouble& after) {
  std::uint64_t x = random_.fetch_add(0x9E3779B97F4A7C15ULL) + 0x9E3779B97F4A7C15ULL;   // splitmix64
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  const std::int64_t whole = adapter_.limits.retry_wait.count() << std::min(retry, 10);
  const std::int64_t half = whole / 2;
  const std::chrono::milliseconds own(half + static_cast<std::int64_t>((x ^ (x >> 31)) % static_cast<std::uint64_t>(half + 1)));
  return after.wait ? std::max(*after.wait, own) : own;
}

Ran Engine::run(const std::string& name, const Operation& operation, const Variables& variables, Effect effect) {
  const Steady::time_point deadline = clock_->steady() + adapter_.limits.operation;
  const int tries = effect == Effect::kRead ? adapter_.limits.retries : 0;
  for (int retry = 0;; ++retry) {
    Ran ran = attempt(operation, variables, effect, deadline);
    if (ran) return ran;
    Trouble& failed = ran.error();
    const auto pause = pause_before(retry, failed);
    if (!failed.again || retry >= tries || clock_->steady() + pause >= deadline || Stopping::now().stop_requested()) {
      const std::vector<std::string> secrets = hidden(variables);
      failed.error.message = redacted(failed.error.message, secrets);
      failed.error.detail = redacted(name + ": " + failed.error.detail, secrets);
      return ran;
    }
    options_.wait(pause);
  }
}

Ran Engine::attempt(const Operation& operation, const Variables& variables, Effect effect, Steady::time_point deadline) {
  Outcome outcome;
  Variables mine(&variables);
  for (const Call& step : operation.steps) {
    if (!step.when.variable.empty()) {
      const Value* value = mine.find(step.when.variable);
      if ((value && is_set(*value)) != step.when.set) continue;
    }
    std::vector<std::pair<std::string, Value>> captured;
    auto document = call(step, mine, operation.failures, effect, deadline, captured);
    if (!document) return tl::unexpected(std::move(document.error()));
    for (auto& [name, value] : captured) {
      mine.set(name, value);
      outcome.captured.emplace_back(name, std::move(value));
    }
    outcome.document = std::move(*document);
  }
  if (!outcome.document) {
    if (operation.answer.fixed) outcome.text = operation.answer.fixed->plain(mine);
    return outcome;
  }
  const Scope scope{&outcome.document->root(), nullptr, &mine};
  for (const Selector& selector : operation.answer.at) {
    if ((outcome.value = selector.first(scope))) break;
  }
  outcome.text = id_at(operation.answer, scope);
  return outcome;
}

// ---- one call

Result<net::Request> Engine::request_for(const Call& call, const Variables& variables) const {
  net::Request request;
  request.method = call.method;
  const auto path = (call.graphql.empty() ? call.path : adapter_.graphql_path).path(variables);
  if (!path) return fail(path.error());
  request.url = url_ + *path;
  char joint = '?';
  for (const auto& [name, value] : call.query) {
    if (value.lacks(variables)) continue;
    if (const auto* list = name.ends_with("[]") && variables.find(value.alone()) ? std::get_if<std::vector<std::string>>(variables.find(value.alone())) : nullptr) {
      for (const std::string& item : *list) request.url += std::exchange(joint, '&') + percent_encoded(name) + "=" + percent_encoded(item);
      continue;
    }
    request.url += joint + percent_encoded(name) + "=" + percent_encoded(value.plain(variables));
    joint = '&';
  }
  request.headers.emplace_back("Accept", "application/json");
  if (call.method != "GET") request.headers.emplace_back("Content-Type", "application/json");
  for (const auto* headers : {&adapter_.headers, &call.headers}) {
    for (const auto& [name, value] : *headers) {
      if (value.lacks(variables)) continue;
      auto text = value.header(variables);
      if (!text) return fail(text.error());
      request.headers.emplace_back(name, std::move(*text));
    }
  }
  if (!call.graphql.empty()) {
    request.body = "{\"query\":" + call.graphql + ",\"variables\":";
    if (call.body) call.body->write(variables, request.body);
    else request.body += "{}";
    request.body += '}';
  } else if (call.body) {
    call.body->write(variables, request.body);
  }
  return request;
}

// Where a redirect leads; a location may be relative to the address that was asked.
std::optional<std::string> Engine::redirected(const net::Request& request, const Response& response) const {
  const std::string to(response.head.header("location"));
  const std::size_t path = origin_.size();
  const std::size_t query = std::min(request.url.find('?', path), request.url.size());
  const std::size_t slash = request.url.rfind('/', query == 0 ? 0 : query - 1);
  std::string made = to;
  if (to.empty()) return std::nullopt;
  if (to.starts_with("//")) made = origin_.substr(0, origin_.find(':') + 1) + to;
  else if (to.starts_with('/')) made = origin_ + to;
  else if (to.starts_with('?')) made = request.url.substr(0, query) + to;
  else if (to.find(':') >= to.find_first_of("/?#")) made = slash == std::string::npos || slash < path ? origin_ + "/" + to : request.url.substr(0, slash + 1) + to;
  made.resize(std::min(made.find('#'), made.size()));
  return origin_of(made) == origin_ ? std::optional(made) : std::nullopt;
}

// Follows a redirect of a read within the shop's own address; any other is an answer like a refusal.
Result<Response> Engine::send(net::Request request, Steady::time_point deadline) {
  const auto left = [&] { return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock_->steady()); };
  for (int redirects = 0;; ++redirects) {
    auto response = exchange_.send(request, left());
    if (!response) return response;
    const int status = response->head.status;
    if (status < 300 || status >= 400 || status == 304) return response;
    const std::string told = "status " + std::to_string(status);
    const auto to = redirected(request, *response);
    if (!to) return fail(ErrorKind::kRefused, "the shop sent us to another address, where the adapter does not go", told);
    if (request.method != "GET") {
      return fail(ErrorKind::kMalformed, "the shop redirects what is sent to it",
                  told + ", the shop redirects a " + request.method + " to " + to->substr(origin_.size()) + ": put that path into the adapter");
    }
    if (redirects == kMostRedirects) return fail(ErrorKind::kMalformed, "the shop redirects without end", told);
    request.url = *to;
  }
}

// What the response tells that must be kept nowhere.
std::vector<std::string> Engine::tokens_in(const Call& call, const Response& response, const Variables& variables) const {
  const auto document = JsonDocument::parse(response.body);
  std::vector<std::string> tokens;
  for (const auto& [name, value] : captured_by(call, response, document ? &document->root() : nullptr, variables)) {
    if (std::find(token_names_.begin(), token_names_.end(), name) != token_names_.end()) tokens.push_back(to_text(value));
  }
  return tokens;
}

Result<Response> Engine::ask(const Call& call, const Variables& variables, net::Request request, Effect effect, Steady::time_point deadline) {
  if (!options_.tape) return send(std::move(request), deadline);
  Question question{std::move(request), effect == Effect::kWrite, {}, read_headers_, read_cookies_, secret_values_, {}};
  if (const Value* key = variables.find("key")) question.key = to_text(*key);
  question.tokens = [&](const Response& response) { return call.captures.empty() ? std::vector<std::string>() : tokens_in(call, response, variables); };
  return options_.tape->exchange(std::move(question), [&](net::Request real) { return send(std::move(real), deadline); });
}

tl::expected<JsonDocument, Trouble> Engine::call(const Call& call, const Variables& variables, const std::vector<FailureRule>& rules, Effect effect,
                                                 Steady::time_point deadline, std::vector<std::pair<std::string, Value>>& captured) {
  auto request = request_for(call, variables);
  if (!request) return tl::unexpected(trouble(request.error().kind, request.error().message));
  request->new_connection = effect == Effect::kWrite;
  auto response = ask(call, variables, std::move(*request), effect, deadline);
  if (!response) {
    Error& error = response.error();
    const bool redirected = error.kind == ErrorKind::kRefused;
    const bool asked = error.detail != kCircuitOpen && error.detail != kNoRoom;   // else it never left this house
    if (!redirected && asked && error.kind != ErrorKind::kCancelled) exchange_.note(false);
    Trouble made = redirected ? trouble(ErrorKind::kUnavailable, error.message, error.detail) : passing(error.kind, error.message, error.detail);
    made.unclear = asked;
    made.again = made.again && made.error.kind != ErrorKind::kMalformed;
    return tl::unexpected(std::move(made));
  }
  auto document = understood(call, *response, variables, rules);
  exchange_.note(document.has_value() || !document.error().unclear);
  if (!document) return document;
  captured = captured_by(call, *response, &document->root(), variables);
  return document;
}

tl::expected<JsonDocument, Trouble> Engine::understood(const Call& call, const Response& response, const Variables& variables,
                                                       const std::vector<FailureRule>& rules) const {
  const bool worked = response.head.status >= 200 && response.head.status < 300;
  std::string_view text = response.body;
  if (text.empty() && worked) text = "null";
  Result<JsonDocument> document = fail(ErrorKind::kMalformed, "the shop answered something that is no JSON", std::string(response.head.header("content-type")));
  if (says_json(response.head) || response.body.empty()) document = JsonDocument::parse(text);
  const Json* body = document ? &document->root() : nullptr;
  const auto told = [&](Trouble found) {
    std::vector<std::string> secrets = hidden(variables);
    for (const auto& [name, value] : captured_by(call, response, body, variables)) add_hidden(to_text(value), secrets);
    const std::string quoted = redacted(std::string_view(response.body).substr(0, kMostRedacted), secrets);   // before it is cut: half a secret is not known as one
    const std::string excerpt = "status " + std::to_string(response.head.status) + " " + shortened(quoted, kDetailLength);
    found.error.message = shortened(redacted(found.error.message, secrets), kMessageLength);
    found.error.detail = redacted(found.error.detail, secrets);
    found.error.detail += (found.error.detail.empty() ? "" : "; ") + excerpt;
    if (!found.wait) found.wait = net::retry_after(response.head, clock_->now());
    return tl::unexpected(std::move(found));
  };
  bool excused = false;
  for (const auto* list : {&rules, &adapter_.failures}) {
    for (const FailureRule& rule : *list) {
      if (auto found = trouble_by_rule(rule, response, body, variables, excused)) return told(std::move(*found));
    }
  }
  if (auto found = trouble_by_status(response)) return told(std::move(*found));
  if (!document) {
    Trouble found = passing(document.error().kind, document.error().message, document.error().detail);
    return told(std::move(found));
  }
  if (!call.graphql.empty() && !excused) {
    const Json* errors = body->find("errors");
    if (errors && errors->type != Json::Type::kNull) return told(passing(ErrorKind::kUnavailable, "the shop could not answer the request"));
  }
  return std::move(*document);
}

std::optional<Trouble> Engine::trouble_by_rule(const FailureRule& rule, const Response& response, const Json* body, const Variables& variables, bool& excused) const {
  if (!rule.status.empty() && std::find(rule.status.begin(), rule.status.end(), response.head.status) == rule.status.end()) return std::nullopt;
  if (!rule.header.empty() && response.head.header(rule.header).empty()) return std::nullopt;
  static const Json kNothing;
  std::vector<const Json*> found;
  if (rule.at && body) rule.at->select({body, nullptr, &variables}, found);
  if (!rule.at) found.push_back(body ? body : &kNothing);
  for (const Json* one : found) {
    const Scope root{body, nullptr, &variables};
    const Scope scope{one, &root, &variables};
    Meaning meaning = rule.otherwise;
    std::string code;
    if (rule.code.given()) {
      code = id_at(rule.code, scope);
      if (code.empty()) continue;
      const auto known = rule.codes.find(code);
      if (known != rule.codes.end()) meaning = known->second;
    }
    if (meaning == Meaning::kIgnore) {
      excused = true;
      continue;
    }
    std::string message = rule.says.empty() ? text_at(rule.message, scope).value_or("") : rule.says;
    Trouble made = meant(meaning, message.empty() ? "the shop refused that" : message, code);
    made.available = whole_at(rule.available, scope);
    return made;
  }
  return std::nullopt;
}

std::optional<Trouble> Engine::trouble_by_status(const Response& response) const {
  const int status = response.head.status;
  if (status >= 200 && status < 300) return std::nullopt;
  if (status == 401 || status == 403) return trouble(ErrorKind::kUnavailable, "the shop does not accept the adapter's credentials");
  if (status == 404 || status == 410) return trouble(ErrorKind::kNotFound, "the shop has no such thing");
  if (status == 409) return trouble(ErrorKind::kConflict, "the shop says that things have changed meanwhile");
  if (status == 429) return meant(Meaning::kThrottled, "", "");
  if (status == 430) return trouble(ErrorKind::kUnavailable, "the shop turned the request away");   // Shopify's security rejection: no retry
  if (status >= 500 || status == 408) return passing(ErrorKind::kUnavailable, "the shop has a problem of its own");
  return trouble(ErrorKind::kRefused, "the shop refused the request");
}

std::vector<std::string> Engine::hidden(const Variables& variables) const {
  std::vector<std::string> values = secret_values_;
  for (const std::string& name : token_names_) {
    const Value* value = variables.find(name);
    if (value && is_set(*value)) add_hidden(to_text(*value), values);
  }
  return values;
}

}  // namespace floorwalker::http
