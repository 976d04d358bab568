#include "agent/core/guardrails/result_guard.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/core/guardrails/neutral.h"
#include "agent/core/guardrails/value.h"
#include "agent/core/json_writer.h"

namespace floorwalker::guardrails {
namespace {

constexpr std::string_view kWithheld = "withheld", kCouldNotRun = "could_not_run", kActed = "acted";
constexpr std::size_t kShortText = 400;   // bytes to which texts are cut where a whole result is too large

// What a withheld result becomes: the error that the model reads, and which rule withheld it.
std::string error(std::string_view kind, std::string_view message, const Considered& by) {
  json::Writer w;
  w.open('{').key("error").open('{').field("kind", kind).field("message", message).close('}');
  w.key(kWithheld).open('{').field("rule", by.rule).field("came", by.came == Considered::Came::kCouldNotRun ? kCouldNotRun : kActed).field("why", by.why).close('}');
  return w.close('}').take();
}

// JSON as it stands, string by string.
class Walk {
 public:
  Walk(std::string_view json, OnInjection mode, bool shorten) : json_(json), mode_(mode), shorten_(shorten) {}

  // The JSON with every text made harmless.
  std::string run() {
    std::size_t kept = 0;
    for (std::size_t at = json_.find('"'); at != std::string_view::npos; at = json_.find('"', at + 1)) {
      const std::size_t end = closing(at);
      const std::string_view inside = json_.substr(at + 1, end - at - 1);
      if (is_key(end)) {
        key_ = inside;
      } else {
        cut_id_ = false;
        if (auto changed = treated(inside)) {
          out_.append(json_.substr(kept, at - kept)).append(*changed);
          if (cut_id_ && follows_key(at)) out_.append(",\"marked\":\"").append(kQuotedLabel.substr(0, kQuotedLabel.size() - 1)).append("\"");
          kept = end + 1;
        }
      }
      at = end;
    }
    return out_.append(json_.substr(kept));
  }

  const std::string& mark() const { return mark_; }

 private:
  std::size_t closing(std::size_t open) const {
    const std::size_t plain = json_.find('"', open + 1);
    if (plain != std::string_view::npos && json_[plain - 1] != '\\') return plain;
    std::size_t at = open + 1;
    while (at < json_.size() && json_[at] != '"') at += json_[at] == '\\' ? 2 : 1;
    return std::min(at, json_.size() - 1);
  }

  bool is_key(std::size_t end) const {
    const std::size_t next = json_.find_first_not_of(" \t\r\n", end + 1);
    return next != std::string_view::npos && json_[next] == ':';
  }

  // The string as JSON, quotes included, if it must change.
  std::optional<std::string> treated(std::string_view inside) {
    const bool escaped = inside.find('\\') != std::string_view::npos;
    const bool longer = shorten_ && inside.size() > kShortText;
    if (!escaped && !longer && !may_need_neutralising(inside)) return std::nullopt;
    std::string text(inside);
    if (escaped) {
      const auto read = parse_json("\"" + text + "\"");
      if (!read || read->type != Value::Type::kText) return std::nullopt;
      text = read->text;
      if (!longer && !may_need_neutralising(text)) return std::nullopt;
    }
    Neutral neutral = neutralise(text);
    if (mark_.empty()) mark_ = neutral.mark;
    cut_id_ = !neutral.mark.empty() && names_id();
    if (cut_id_) neutral.text = leading_id(neutral.text);
    else if (!neutral.mark.empty()) neutral.text = mode_ == OnInjection::kDrop ? "" : std::string(kQuotedLabel) + neutral.text;
    if (longer) cut(neutral.text);
    if (neutral.text == text) return std::nullopt;
    json::Writer w;
    w.exact(neutral.text);
    return w.take();
  }

  // Whether the string that opens at `open` is a field's value, not an item of a list.
  bool follows_key(std::size_t open) const {
    const std::size_t before = open == 0 ? std::string_view::npos : json_.find_last_not_of(" \t\r\n", open - 1);
    return before != std::string_view::npos && json_[before] == ':';
  }

  bool names_id() const { return key_ == "id" || key_ == "product" || key_ == "variant" || key_ == "line" || key_ == "cart" || key_ == "order"; }

  // No shop's id has an order to its reader in it: what stands before that is the id.
  static std::string leading_id(const std::string& text) {
    std::string id = text.substr(0, text.find_first_of(" \t\n"));
    while (!id.empty() && std::ispunct(static_cast<unsigned char>(id.back())) != 0) id.pop_back();
    return id;
  }

  // At a character's beginning.
  static void cut(std::string& text) {
    if (text.size() <= kShortText) return;
    std::size_t end = kShortText;
    while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "...";
  }

  std::string_view json_;
  OnInjection mode_;
  bool shorten_;
  std::string_view key_;
  bool cut_id_ = false;   // the string just treated was an id with more behind it
  std::string out_;
  std::string mark_;
};

class Check {
 public:
  Check(const ResultRules& rules, ToolResult result, ToolEffect effect, std::vector<Considered>* considered)
      : rules_(rules), result_(std::move(result)), effect_(effect), considered_(considered) {}

  ToolResult run() {
    if (!is_json(result_.content)) return cannot_run("the result is no JSON");
    const bool large = result_.content.size() > rules_.max_size;
    Walk walk(result_.content, rules_.injection, large);
    std::string content = walk.run();
    if (content.size() > rules_.max_size) {
      const std::string why = std::to_string(content.size()) + " bytes, at most " + std::to_string(rules_.max_size);
      return withheld({"result_size", Considered::Came::kActed, why}, ErrorKind::kMalformed, "the answer was too large to be read; ask for less");
    }
    note("result_size", large ? Considered::Came::kActed : Considered::Came::kPassed, std::to_string(result_.content.size()) + " bytes, at most " + std::to_string(rules_.max_size));
    if (!walk.mark().empty() && rules_.injection == OnInjection::kRefuse) {
      const std::string what = "a text in the answer speaks to the assistant instead of about its subject, so it is withheld";
      return withheld({"result_text", Considered::Came::kActed, walk.mark()}, ErrorKind::kRefused, what);
    }
    note("result_text", walk.mark().empty() ? Considered::Came::kPassed : Considered::Came::kActed, walk.mark());
    result_.content = std::move(content);
    return std::move(result_);
  }

 private:
  void note(const char* rule, Considered::Came came, std::string why) {
    if (considered_) considered_->push_back({rule, came, std::move(why)});
  }

  ToolResult cannot_run(const std::string& why) {
    if (rules_.on_error == OnError::kRefuse) return withheld({"result_text", Considered::Came::kCouldNotRun, why}, ErrorKind::kMalformed, "the answer could not be checked, so it is withheld");
    note("result_text", Considered::Came::kCouldNotRun, why);
    return std::move(result_);
  }

  // A read tells nothing then; a write's outcome stands, whatever its words were.
  ToolResult withheld(const Considered& by, ErrorKind kind, const std::string& message) {
    note(by.rule.c_str(), by.came, by.why);
    const bool done = effect_ == ToolEffect::kWrite && (result_.outcome == ToolOutcome::kOk || result_.outcome == ToolOutcome::kUnknown);
    if (!done) result_.outcome = kind == ErrorKind::kRefused ? ToolOutcome::kRefused : ToolOutcome::kFailed;
    result_.content = error(to_string(kind), done ? message + "; what was asked for was carried out all the same: view the cart before saying how it stands" : message, by);
    return std::move(result_);
  }

  const ResultRules& rules_;
  ToolResult result_;
  ToolEffect effect_;
  std::vector<Considered>* considered_;
};

}  // namespace

std::optional<Considered> withheld_by(std::string_view content) {
  if (!content.starts_with("{\"error\"")) return std::nullopt;
  const auto read = parse_json(content);
  const Value* by = read ? read->find(kWithheld) : nullptr;
  const auto text = [&](std::string_view key) {
    const Value* value = by ? by->find(key) : nullptr;
    return value && value->type == Value::Type::kText ? value->text : std::string();
  };
  if (text("rule").empty()) return std::nullopt;
  return Considered{text("rule"), text("came") == kCouldNotRun ? Considered::Came::kCouldNotRun : Considered::Came::kActed, text("why")};
}

ToolResult ResultGuard::check(ToolResult result, ToolEffect effect, std::vector<Considered>* considered) const {
  return Check(rules_, std::move(result), effect, considered).run();
}

}  // namespace floorwalker::guardrails
