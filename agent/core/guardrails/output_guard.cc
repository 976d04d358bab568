#include "agent/core/guardrails/output_guard.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <initializer_list>

#include "agent/core/guardrails/topics.h"
#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

// What is said to hurry people, apart from numbers. English; another language is another table.
const Phrases& urgency() {
  static const Phrases phrases = {
      "selling fast", "selling out", "sells out fast", "almost gone", "nearly gone", "going fast", "won't last", "will not last", "don't miss out",
      "do not miss out", "last chance", "act now", "act fast", "hurry up", "better hurry", "hurry before", "hurry while", "before it's too late", "before it is too late", "while supplies last",
      "while stocks last", "while stock lasts", "limited time", "today only", "only today", "ends tonight", "ends today", "before they're gone",
      "before it's gone", "in high demand", "flying off the shelves", "once it's gone", "once they're gone", "buy now before"};
  return phrases;
}

// "Only 2 left", "just three remaining".
bool counts_down(const std::string& words) {
  static const Phrases numbers = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "few", "couple"};
  static const Phrases ends = {"left", "remaining", "in stock"};
  for (const std::string& start : {std::string(" only "), std::string(" just ")}) {
    const std::size_t at = words.find(start);
    if (at == std::string::npos) continue;
    const std::string near = words.substr(at + start.size() - 1, 24);
    const std::size_t second = near.find(' ', 1);
    if (second == std::string::npos || second < 2) continue;
    const bool number = (near[1] >= '0' && near[1] <= '9') || numbers.in(near.substr(0, second + 1));
    if (number && ends.in(near.substr(second))) return true;
  }
  return false;
}

// Tool names that no shopper would read as plain words.
std::vector<std::string> internal_names(const std::vector<std::string>& tool_names) {
  std::vector<std::string> names;
  std::copy_if(tool_names.begin(), tool_names.end(), std::back_inserter(names), [](const auto& name) { return name.find('_') != std::string::npos; });
  return names;
}

// Whether the text is clean UTF-8; returns are the line ends of other systems.
bool readable(std::string_view text) {
  if (plain_ascii(text)) return true;
  return text::sanitise(text).size() + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\r')) == text.size();
}

constexpr std::size_t kShingle = 6;   // words in a row that nobody says by chance

// Every run of so many words of the private texts, and single words of letters and digits that look like keys.
std::vector<std::string> private_phrases(const std::vector<std::string>& texts) {
  std::vector<std::string> phrases;
  for (const std::string& text : texts) {
    const std::vector<text::Word> words = text::words(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i].folded;
      const bool digits = word.find_first_of("0123456789") != std::string::npos, letters = word.find_first_not_of("0123456789.,") != std::string::npos;
      if (word.size() >= 8 && digits && letters) phrases.push_back(word);
      if (i + kShingle > words.size()) continue;
      std::string run;
      for (std::size_t j = i; j < i + kShingle; ++j) run += words[j].folded + " ";
      phrases.push_back(std::move(run));
    }
  }
  return phrases;
}

constexpr bool belongs_to_ids(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= ':') || c == '-' || c == '_' || c == '/'; }

constexpr std::array<bool, 256> id_parts() {
  std::array<bool, 256> all{};
  for (int c = 0; c < 128; ++c) all[static_cast<std::size_t>(c)] = belongs_to_ids(static_cast<char>(c));
  return all;
}

constexpr std::array<bool, 256> kIdParts = id_parts();

bool id_part(char c) { return kIdParts[static_cast<unsigned char>(c)]; }

// Whether a value is an id that only machines use: long enough, and with a digit.
bool machine_id(std::string_view value) {
  return value.size() >= 5 && value.size() <= 100 && value.find_first_of("0123456789") != std::string_view::npos &&
         std::all_of(value.begin(), value.end(), id_part) && value.find_first_not_of("0123456789.") != std::string_view::npos;
}

// Whether the quote at `quote` of the text that opens at `open` is written with a backslash.
bool escaped(std::string_view json, std::size_t open, std::size_t quote) {
  std::size_t backslashes = 0;
  while (quote - backslashes > open + 1 && json[quote - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

bool among(std::string_view key, std::initializer_list<std::string_view> keys) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

std::size_t hash_of(std::string_view word) { return std::hash<std::string_view>{}(word); }

// Calls `each` with key and value of every text in JSON that has a key, both as written there. One pass: quotes are few.
template <typename Each>
void texts_of(std::string_view json, const Each& each) {
  std::string_view key;
  for (std::size_t open = json.find('"'); open != std::string_view::npos; open = json.find('"', open)) {
    std::size_t end = json.find('"', open + 1);
    while (end != std::string_view::npos && escaped(json, open, end)) end = json.find('"', end + 1);
    if (end == std::string_view::npos) return;
    const std::string_view text = json.substr(open + 1, end - open - 1);
    open = end + 1;
    if (json.substr(open, 1) == ":") {
      key = text;
    } else {
      if (!key.empty()) each(key, text);
      key = {};
    }
  }
}

// Calls `each` for every word of the text that could be an id.
template <typename Each>
void id_words(std::string_view text, const Each& each) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && id_part(text[at])) ++at;
    std::string_view word = text.substr(start, at - start);
    while (!word.empty() && std::isalnum(static_cast<unsigned char>(word.back())) == 0) word.remove_suffix(1);
    if (machine_id(word)) each(word);
    if (at == start) ++at;
  }
}

// Calls `each` for every web address in the text, with where it stands.
template <typename Each>
void addresses(std::string_view text, const Each& each) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    std::size_t start = at, end = at + 3;
    while (start > 0 && std::isalpha(static_cast<unsigned char>(text[start - 1])) != 0) --start;
    while (end < text.size() && !std::isspace(static_cast<unsigned char>(text[end])) && std::string_view("\"'<>)]}\\").find(text[end]) == std::string_view::npos) ++end;
    while (end > at + 3 && std::string_view(".,;!").find(text[end - 1]) != std::string_view::npos) --end;
    each(text.substr(start, end - start), start, end);
  }
}

}  // namespace

void Told::add(const Message& message) {
  if (message.role == Role::kShopper) {
    id_words(message.text, [&](std::string_view word) { public_.insert(hash_of(word)); });
    addresses(message.text, [&](std::string_view address, auto, auto) { mentioned_.emplace(address); });
  }
  if (message.role != Role::kTool) return;
  note_texts(message.result.content);
  note_addresses(message.result.content);
}

// What is told as an article number or within a title is no secret, and orders are known by their number.
void Told::note_texts(std::string_view content) {
  const bool orders = content.substr(0, 10) == "{\"orders\":";
  texts_of(content, [&](std::string_view key, std::string_view value) {
    if (key.size() < 2 || key.size() > 9 || std::string_view("cgilmprstv").find(key[0]) == std::string_view::npos) return;
    const bool id = among(key, {"id", "product", "variant", "line", "cart"});
    if (!id && !among(key, {"sku", "mpn", "model", "gtin", "title", "reference"})) return;
    std::unordered_set<std::size_t>& kept = id && !orders ? ids_ : public_;
    id_words(value, [&](std::string_view word) { kept.insert(hash_of(word)); });
  });
}

void Told::note_addresses(std::string_view content) {
  addresses(content, [&](std::string_view address, std::size_t start, std::size_t end) {
    const bool whole = start > 0 && content[start - 1] == '"' && end < content.size() && content[end] == '"';
    const std::string_view before = content.substr(0, start);
    const bool field = whole && (before.ends_with("url\":\"") || before.ends_with("link\":\"") || before.ends_with("checkout\":\""));
    (field ? addresses_ : mentioned_).emplace(address);
  });
}

std::string Told::internal_in(std::string_view text) const {
  std::string found;
  if (ids_.empty()) return found;
  id_words(text, [&](std::string_view word) {
    const std::size_t id = hash_of(word);
    if (found.empty() && ids_.contains(id) && !public_.contains(id)) found = word;
  });
  return found;
}

std::string Told::foreign_address_in(std::string_view text) const {
  std::string found;
  addresses(text, [&](std::string_view address, auto, auto) {
    const std::string one(address);
    const bool carries = one.find('?') != std::string::npos || one.find('@') != std::string::npos;
    if (found.empty() && !addresses_.contains(one) && (carries || !mentioned_.contains(one))) found = one;
  });
  return found;
}

OutputRules::OutputRules(const GuardrailRules& rules, const std::vector<std::string>& tool_names, const std::vector<std::string>& private_texts)
    : hide_internals_(rules.hide_internals),
      on_error_(rules.say_on_error),
      count_down_(rules.urgency_only_if_proven),
      max_length_(rules.max_reply_length),
      never_(rules.never_phrases),
      topics_(words_of_topics(rules.never_topics).said),
      competitors_(rules.competitors),
      tool_names_(rules.hide_internals ? internal_names(tool_names) : std::vector<std::string>{}),
      private_(private_phrases(private_texts)) {}

std::optional<Violation> OutputRules::internals(std::string_view piece, const std::string& words, const Told* told) const {
  const bool underscore = piece.find('_') != std::string_view::npos;   // as every name has
  for (const std::string& name : tool_names_) {
    if (underscore && piece.find(name) != std::string_view::npos) return Violation{"internals", "\"" + name + "\" may not be said here; say what you do in plain words."};
  }
  if (private_.in(words)) return Violation{"internals", "The assistant's own instructions are not for the shopper; leave that out."};
  if (!told) return std::nullopt;
  if (const std::string id = told->internal_in(piece); hide_internals_ && !id.empty()) {
    return Violation{"internals", "\"" + id + "\" is an id of the shop's machines; say the name."};
  }
  if (const std::string address = told->foreign_address_in(piece); !address.empty()) {
    return Violation{"link", "\"" + address + "\" was not told by the shop; leave it out."};
  }
  return std::nullopt;
}

// Tells what was looked at, where somebody wants to know: the text is made for them alone.
class Looked {
 public:
  explicit Looked(std::vector<Considered>* considered) : considered_(considered) {}

  template <typename Why>
  void passed(const char* rule, const Why& why) const {
    if (considered_) considered_->push_back({rule, Considered::Came::kPassed, why()});
  }
  std::optional<Violation> acted(Violation violation, Considered::Came came = Considered::Came::kActed) const {
    if (considered_) considered_->push_back({violation.rule, came, violation.why});
    return violation;
  }

 private:
  std::vector<Considered>* considered_;
};

Violation forbidden(const char* rule, std::string_view phrase, const std::string& instead) {
  return {rule, "\"" + std::string(phrase.substr(0, phrase.find_last_not_of(' ') + 1)) + "\" may not be said here; " + instead};
}

// What may not be said whatever was told: phrases, topics, what hurries people, competitors.
std::optional<Violation> OutputRules::wording(const std::string& words, const std::vector<std::string>& shopper_said, const Looked& looked) const {
  if (const auto phrase = never_.find(words); !phrase.empty()) return looked.acted(forbidden("phrase", phrase, "leave it out."));
  looked.passed("phrase", [&] { return "none of " + std::to_string(never_.size()) + " phrases"; });
  if (const auto phrase = topics_.find(words); !phrase.empty()) return looked.acted(forbidden("topic", phrase, "this shop gives no advice on that."));
  looked.passed("topic", [&] { return "none of " + std::to_string(topics_.size()) + " phrases of topics"; });
  if (const auto phrase = urgency().find(words); !phrase.empty()) return looked.acted(forbidden("urgency", phrase, "give the stock that a result tells, or nothing."));
  if (!count_down_ && counts_down(words)) return looked.acted(forbidden("urgency", "only so many left", "leave the count out."));
  looked.passed("urgency", [&] { return std::string(count_down_ ? "counts may be said where they are proven" : "no count of what is left"); });
  if (const auto name = competitors_.find(words); !name.empty()) {
    const bool asked = std::any_of(shopper_said.begin(), shopper_said.end(), [&](const auto& said) { return competitors_.find(said) == name; });
    if (!asked) return looked.acted(forbidden("competitor", name, "speak of this shop only."));
  }
  looked.passed("competitor", [&] { return "none of " + std::to_string(competitors_.size()) + " that the shopper did not name"; });
  return std::nullopt;
}

std::optional<Violation> OutputRules::check(std::string_view piece, const std::vector<std::string>& shopper_said, std::size_t length_before, const Told* told,
                                            std::vector<Considered>* considered) const {
  const Looked looked(considered);
  if (on_error_ == OnError::kRefuse && !readable(piece)) return looked.acted({"output", "The piece is not clean UTF-8, so no rule can read it."}, Considered::Came::kCouldNotRun);
  const std::string words = spoken(piece);
  if (auto violation = wording(words, shopper_said, looked)) return violation;
  if (auto violation = internals(piece, words, told)) return looked.acted(std::move(*violation));
  looked.passed("internals", [&] { return std::string("no tool name, id or instruction"); });
  looked.passed("link", [&] { return std::string("no address that the shop did not tell"); });
  if (!max_length_) return std::nullopt;
  const std::size_t length = length_before + text::code_points_before(piece, piece.size());
  if (length > *max_length_) return looked.acted({"length", "The reply is longer than " + std::to_string(*max_length_) + " characters; end it here."});
  looked.passed("length", [&] { return std::to_string(length) + " characters, at most " + std::to_string(*max_length_); });
  return std::nullopt;
}

void GuardedGate::learn(const Message& message) {
  if (message.role == Role::kShopper) shopper_said_.push_back(spoken(message.text));
  told_.add(message);
  inner_->learn(message);
}

void GuardedGate::begin_reply() {
  length_ = last_ = 0;
  inner_->begin_reply();
}

std::vector<Claim> GuardedGate::judge(std::string_view piece) {
  std::vector<Claim> claims = inner_->judge(piece);
  if (auto violation = rules_->check(piece, shopper_said_, length_, &told_)) {
    Claim claim;
    claim.end = text::code_points_before(piece, piece.size());
    claim.text = std::string(piece);
    claim.kind = ClaimKind::kEvaluative;
    claim.verdict = Verdict::kContradicted;
    claim.why = std::move(violation->why);
    claims.push_back(std::move(claim));
  }
  last_ = text::code_points_before(piece, piece.size());
  length_ += last_;
  return claims;
}

void GuardedGate::forget_piece() {
  length_ -= std::min(length_, last_);
  last_ = 0;
  inner_->forget_piece();
}

}  // namespace floorwalker::guardrails
