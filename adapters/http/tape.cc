#include "adapters/http/tape.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>
#include <tuple>

#include "adapters/http/engine.h"
#include "adapters/http/json.h"
#include "agent/core/digest.h"
#include "agent/core/json_lines.h"
#include "agent/core/json_writer.h"

namespace floorwalker::http {
namespace {

constexpr std::size_t kDigestDigits = 16;
constexpr std::size_t kLongestTold = 240;   // bytes of a body, in a complaint
constexpr std::size_t kShortestKey = 8;     // shorter ones may stand in a text by chance
constexpr const char* kHidden = "***";

std::string tape_digest(std::string_view text) { return sha256(text).substr(0, kDigestDigits); }

std::string with_all(std::string text, std::string_view what, std::string_view by) {
  if (what.empty()) return text;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

// ---- tokens

bool is_unreserved(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~'; }
bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

// Whether somebody could have made it up to be guessed by nobody: "c1-8f3e0a", and not "Cart" or 1042.
bool looks_secret(std::string_view run) {
  const auto digits = static_cast<std::size_t>(std::count_if(run.begin(), run.end(), is_ascii_digit));
  return digits == run.size() ? run.size() >= 12 : run.size() >= 20 || (run.size() >= 8 && digits > 0);
}

// The parts of a token to be replaced wherever they stand: runs of characters that JSON and addresses leave as they are, so that
// "gid://shopify/Cart/c1-8f3e0a?key=1b2c3d4e" is also found in a link to the checkout.
std::vector<std::string> secret_parts(const std::string& token) {
  std::vector<std::string> parts;
  for (auto at = token.begin(); at != token.end();) {
    const auto end = std::find_if_not(at, token.end(), is_unreserved);
    if (looks_secret({at, end})) parts.emplace_back(at, end);
    at = std::find_if(end, token.end(), is_unreserved);
  }
  return parts;
}

// What stands for tokens in all that is kept. The engine itself knows nothing else, so that what it does with them is the same when it is played.
class StandIns {
 public:
  // A token without a secret part as a whole, unless it was counted up: such a number is no secret, and may be a price as well.
  void learn(const std::string& token) {
    const bool number = std::all_of(token.begin(), token.end(), is_ascii_digit);
    std::vector<std::string> parts = secret_parts(token);
    if (parts.empty() && token.size() >= 4 && !number) parts.push_back(token);
    replace(std::move(parts));
  }

  // What may be a token, or something harmless.
  void learn_secrets_in(const std::string& value) { replace(secret_parts(value)); }

  std::string hide(std::string text) const {
    for (const auto& [token, stand_in] : pairs_) text = with_all(std::move(text), token, stand_in);
    return text;
  }

  std::string bring_back(std::string text) const {
    for (const auto& [token, stand_in] : pairs_) text = with_all(std::move(text), stand_in, token);
    return text;
  }

 private:
  void replace(std::vector<std::string> parts) {
    for (std::string& part : parts) {
      const bool known = std::any_of(pairs_.begin(), pairs_.end(), [&](const auto& pair) { return pair.first == part || pair.second == part; });
      if (known) continue;
      std::string number = std::to_string(pairs_.size() + 1);
      number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
      const bool digits = std::all_of(part.begin(), part.end(), is_ascii_digit);   // may be a JSON number
      pairs_.emplace_back(std::move(part), (digits ? "99999999" : "hidden-") + number);
    }
    std::stable_sort(pairs_.begin(), pairs_.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }

  std::vector<std::pair<std::string, std::string>> pairs_;   // the longest token first
};

// ---- what is kept of requests and responses

// Path and query.
std::string_view target_of(std::string_view url) {
  const std::size_t host = url.find("://");
  const std::size_t path = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

std::string digest_of(const Question& question) {
  const std::string text = question.request.method + "\n" + std::string(target_of(question.request.url)) + "\n" + question.request.body;
  return tape_digest(question.key.size() < kShortestKey ? text : with_all(text, question.key, "{{key}}"));
}

std::string asked_of(const net::Request& request) {
  const std::string_view target = target_of(request.url);
  return request.method + " " + std::string(target.substr(0, target.find('?')));
}

// Headers that every engine reads.
bool decides_always(std::string_view name) {
  constexpr std::array<std::string_view, 4> kAlways = {"content-type", "date", "retry-after", "retry-after-ms"};
  return std::find(kAlways.begin(), kAlways.end(), name) != kAlways.end();
}

// The headers that decide something.
std::vector<std::pair<std::string, std::string>> kept_headers(const net::Head& head, const Question& question) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (const auto& [name, value] : head.headers) {
    const bool read = decides_always(name) ||
                      std::find(question.headers.begin(), question.headers.end(), name) != question.headers.end();
    const bool cookie = name == "set-cookie" && std::any_of(question.cookies.begin(), question.cookies.end(), [&](const std::string& one) { return value.starts_with(one + "="); });
    if (read) kept.emplace_back(name, value);
    else if (cookie) kept.emplace_back(name, value.substr(0, value.find(';')));
  }
  return kept;
}

std::string digest_of(const ShopRecording::Reply& reply) {
  std::string text = std::to_string(reply.status) + "\n" + reply.body + "\n" + std::string(to_string(reply.error.kind)) + "\n" + reply.error.message + "\n" + reply.error.detail;
  for (const auto& [name, value] : reply.headers) text += "\n" + name + ": " + value;
  return tape_digest(text);
}

ShopRecording::Reply reply_of(const Result<Response>& response) {
  if (!response) return {0, {}, {}, response.error()};
  return {response->head.status, response->head.headers, response->body, {ErrorKind::kInternal, {}, {}}};
}

Result<Response> response_of(const ShopRecording::Reply& reply) {
  if (reply.status == 0) return fail(reply.error);
  Response response;
  response.head.status = reply.status;
  response.head.headers = reply.headers;
  response.body = reply.body;
  return response;
}

// ---- lines of the file

std::string reply_line(const std::string& digest, const ShopRecording::Reply& reply) {
  json::Writer w;
  w.open('{').key("reply").exact(digest);
  if (reply.status == 0) {
    w.key("error").exact(to_string(reply.error.kind)).key("message").exact(reply.error.message).key("detail").exact(reply.error.detail);
  } else {
    w.key("status").integer(reply.status).key("headers").open('[');
    for (const auto& [name, value] : reply.headers) w.open('[').exact(name).exact(value).close(']');
    w.close(']').key("body").exact(reply.body);
  }
  return w.close('}').take() + "\n";
}

std::string track_line(const std::string& track, const Circumstances& circumstances) {
  json::Writer w;
  w.open('{').key("track").exact(track).key("url").exact(circumstances.url).key("settings").open('{');
  for (const auto& [name, value] : circumstances.settings) w.key(name).exact(value);
  w.close('}').key("secrets").open('[');
  for (const std::string& name : circumstances.secrets) w.exact(name);
  return w.close(']').close('}').take() + "\n";
}

std::string exchange_line(const std::string& track, const ShopRecording::Exchanged& one) {
  json::Writer w;
  w.open('{').key("track").exact(track).key("writes").integer(static_cast<std::int64_t>(one.writes)).key("asked").exact(one.asked);
  return w.key("request").exact(one.digest).key("is").exact(one.reply).close('}').take() + "\n";
}

std::string member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found ? std::string(found->text) : std::string();
}

std::int64_t whole_member(const Json& object, std::string_view name) {
  const std::string text = member(object, name);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

template <typename Take>
void each_item(const Json& object, std::string_view name, const Take& take) {
  const Json* list = object.find(name);
  if (!list || !list->is_container()) return;
  for (const Json* item = list->begin(); item != list->end(); item = item->next()) take(*item);
}

ErrorKind kind_called(std::string_view name) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInternal); ++kind) {
    if (to_string(static_cast<ErrorKind>(kind)) == name) return static_cast<ErrorKind>(kind);
  }
  return ErrorKind::kInternal;
}

ShopRecording::Reply reply_of(const Json& line) {
  ShopRecording::Reply reply;
  reply.status = static_cast<int>(whole_member(line, "status"));
  reply.body = member(line, "body");
  reply.error = {kind_called(member(line, "error")), member(line, "message"), member(line, "detail")};
  each_item(line, "headers", [&](const Json& header) {
    if (header.span == 3) reply.headers.emplace_back(std::string(header.begin()->text), std::string(header.begin()->next()->text));
  });
  return reply;
}

Circumstances circumstances_of(const Json& line) {
  Circumstances made;
  made.url = member(line, "url");
  each_item(line, "settings", [&](const Json& setting) { made.settings.emplace(setting.key, setting.text); });
  each_item(line, "secrets", [&](const Json& secret) { made.secrets.emplace_back(secret.text); });
  return made;
}

// A request in words.
std::string told_of(const net::Request& request) {
  std::string told = request.method + " " + std::string(target_of(request.url));
  if (request.body.empty()) return told;
  const std::string& body = request.body;
  return told + " " + (body.size() <= kLongestTold ? body : body.substr(0, kLongestTold / 3) + " ... " + body.substr(body.size() - kLongestTold / 3 * 2));
}

}  // namespace

// ---- recording

class ShopRecording::Recorder final : public Tape {
 public:
  Recorder(std::shared_ptr<ShopRecording> recording, std::string track) : recording_(std::move(recording)), track_(std::move(track)) {}

  EngineOptions prepared(EngineOptions options) override { return options; }

  void began(const Circumstances& circumstances) override {
    const std::lock_guard lock(recording_->mutex_);
    recording_->tracks_[track_].circumstances = circumstances;
  }

  Result<Response> exchange(Question question, const Ask& ask) override {
    Exchanged made{0, digest_of(question), asked_of(question.request), {}};
    {
      const std::lock_guard lock(mutex_);
      made.writes = writes_;
      if (question.writes) ++writes_;
      bring_back(question.request);
    }
    Result<Response> response = ask(std::move(question.request));
    const std::lock_guard lock(mutex_);
    hide(question, response);
    const Reply reply = reply_of(response);
    made.reply = digest_of(reply);
    const std::lock_guard keeping(recording_->mutex_);
    recording_->replies_.emplace(made.reply, reply);
    recording_->tracks_[track_].exchanged.push_back(std::move(made));
    return response;
  }

 private:
  void bring_back(net::Request& request) const {
    request.url = stand_ins_.bring_back(std::move(request.url));
    request.body = stand_ins_.bring_back(std::move(request.body));
    for (auto& [name, value] : request.headers) value = stand_ins_.bring_back(std::move(value));
  }

  void hide(const Question& question, Result<Response>& response) {
    const auto hidden = [&](std::string text) {
      for (const std::string& secret : question.secrets) text = with_all(std::move(text), secret.size() < 4 ? "" : secret, kHidden);
      return stand_ins_.hide(std::move(text));
    };
    if (!response) {
      Error& error = response.error();
      error.message = hidden(std::move(error.message));
      error.detail = hidden(std::move(error.detail));
      return;
    }
    for (const std::string& token : question.tokens(*response)) stand_ins_.learn(token);
    response->head.headers = kept_headers(response->head, question);
    for (const auto& [name, value] : response->head.headers) {
      if (!decides_always(name)) stand_ins_.learn_secrets_in(value);
    }
    response->body = hidden(std::move(response->body));
    for (auto& [name, value] : response->head.headers) value = hidden(std::move(value));
  }

  const std::shared_ptr<ShopRecording> recording_;
  const std::string track_;
  std::mutex mutex_;                   // guards what follows; taken before the recording's
  std::size_t writes_ = 0;
  StandIns stand_ins_;
};

// ---- playing

class ShopRecording::Player final : public Tape {
 public:
  Player(std::shared_ptr<const ShopRecording> recording, const std::string& track) : recording_(std::move(recording)), track_(recording_->tracks_.at(track)) {
    for (const Exchanged& one : track_.exchanged) replies_[{one.writes, one.digest}].push_back(one.reply);
  }

  EngineOptions prepared(EngineOptions options) override {
    options.url = track_.circumstances.url;
    options.settings = track_.circumstances.settings;
    options.environment = [secrets = track_.circumstances.secrets](const std::string& name) -> std::optional<std::string> {
      return std::find(secrets.begin(), secrets.end(), name) == secrets.end() ? std::nullopt : std::optional<std::string>(kHidden);
    };
    options.wait = [](std::chrono::milliseconds) {};
    return options;
  }

  void began(const Circumstances&) override {}

  // The same request gets its replies in their order, and the last one again if it is asked more often: a shop that nobody wrote to meanwhile
  // would have said the same.
  Result<Response> exchange(Question question, const Ask&) override {
    const std::lock_guard lock(mutex_);
    const Place place{writes_, digest_of(question)};
    const auto found = replies_.find(place);
    if (found == replies_.end()) return missing(place, question.request);
    if (question.writes) ++writes_;
    const std::size_t turn = std::min(told_[place]++, found->second.size() - 1);
    return response_of(recording_->replies_.at(found->second[turn]));
  }

  std::vector<std::string> complaints() const override {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  using Place = std::pair<std::size_t, std::string>;   // how many writes were sent before, and the request

  Result<Response> missing(const Place& place, const net::Request& request) {
    const std::string asked = asked_of(request);
    const auto& all = track_.exchanged;
    const bool elsewhere = std::any_of(all.begin(), all.end(), [&](const Exchanged& one) { return one.digest == place.second; });
    const bool alike = std::any_of(all.begin(), all.end(), [&](const Exchanged& one) { return one.asked == asked; });
    const std::string file = recording_->file_.string();
    const std::string complaint = "the shop's recording " + file + " has no answer to " + told_of(request) + " after " + std::to_string(place.first) + " changes of the shop (" +
                                  (elsewhere ? "it was asked at another point of the case" : alike ? "it was asked with another content" : "nothing like it was asked") +
                                  "): the case, the adapter or the agent has changed since; record it again with --record-shop " + file;
    if (missed_.insert(place).second) complaints_.push_back(complaint);
    return fail(ErrorKind::kInternal, "The recorded shop was never asked this.", complaint);
  }

  const std::shared_ptr<const ShopRecording> recording_;   // its tracks do not change while they are played
  const Track& track_;
  std::map<Place, std::vector<std::string>> replies_;
  mutable std::mutex mutex_;           // guards what follows
  std::size_t writes_ = 0;
  std::map<Place, std::size_t> told_;
  std::set<Place> missed_;
  std::vector<std::string> complaints_;
};

// ---- the file

Result<void> ShopRecording::read() {
  return each_json_line(file_, [this](std::string_view line) -> Result<void> {
    const auto document = JsonDocument::parse(line);
    if (!document) return fail(ErrorKind::kMalformed, "not a recording of a shop.", document.error().message);
    const Json& entry = document->root();
    const std::string track = member(entry, "track");
    if (entry.find("body") || entry.find("error")) {
      replies_[member(entry, "reply")] = reply_of(entry);
    } else if (!track.empty() && entry.find("url")) {
      tracks_[track].circumstances = circumstances_of(entry);
    } else if (!track.empty() && replies_.count(member(entry, "is")) > 0) {
      tracks_[track].exchanged.push_back({static_cast<std::size_t>(whole_member(entry, "writes")), member(entry, "request"), member(entry, "asked"), member(entry, "is")});
    } else {
      return fail(ErrorKind::kMalformed, "not a recording of a shop.");
    }
    return {};
  });
}

Result<std::shared_ptr<ShopRecording>> ShopRecording::load(const std::filesystem::path& file) {
  std::shared_ptr<ShopRecording> recording(new ShopRecording(file));
  if (auto done = recording->read(); !done) return fail(done.error());
  return recording;
}

Result<std::shared_ptr<ShopRecording>> ShopRecording::open(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return load(file);
  std::shared_ptr<ShopRecording> recording(new ShopRecording(file));
  if (auto done = recording->save(); !done) return fail(done.error());   // rather than after everything was asked
  return recording;
}

std::shared_ptr<Tape> ShopRecording::recorder(const std::string& track) {
  const std::lock_guard lock(mutex_);
  tracks_[track] = {};
  return std::make_shared<Recorder>(shared_from_this(), track);
}

Result<std::shared_ptr<Tape>> ShopRecording::player(const std::string& track) {
  const std::lock_guard lock(mutex_);
  if (tracks_.count(track) > 0) return std::shared_ptr<Tape>(std::make_shared<Player>(shared_from_this(), track));
  return fail(ErrorKind::kNotFound, "the recording " + file_.string() + " has nothing of " + track + ": record it with --record-shop " + file_.string());
}

Result<void> ShopRecording::save() const {
  const std::lock_guard lock(mutex_);
  std::filesystem::path fresh = file_;
  fresh += ".new";
  std::ofstream out(fresh, std::ios::binary);
  std::set<std::string> written;
  for (const auto& [name, track] : tracks_) {
    out << track_line(name, track.circumstances);
    for (const Exchanged& one : track.exchanged) {
      if (written.insert(one.reply).second) out << reply_line(one.reply, replies_.at(one.reply));
      out << exchange_line(name, one);
    }
  }
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(fresh, file_, error);
  if (!out || error) return fail(ErrorKind::kIo, "The recording " + file_.string() + " cannot be written.", error ? error.message() : "");
  return {};
}

}  // namespace floorwalker::http
