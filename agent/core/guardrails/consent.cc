#include "agent/core/guardrails/consent.h"

#include <algorithm>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

// Of a name, one word of its own is enough ("camera" for "Action Camera"), in the singular or plural.
bool names_in(const std::string& said, const std::string& words) {
  if (words.find_first_of("0123456789") != std::string::npos) return false;
  for (std::size_t start = 1; start < words.size();) {
    const std::size_t end = words.find(' ', start);
    std::string_view word = std::string_view(words).substr(start, end - start);
    if (word.size() > 4 && word.back() == 's') word.remove_suffix(1);
    if (word.size() >= 4 && holds(said, word)) return true;
    start = end + 1;
  }
  return false;
}

using Texts = std::vector<const std::string*>;

// A value as it is looked for in what was said: its words are made once, however many texts are searched.
struct Sought {
  enum class How { kNever, kAlways, kNumber, kName, kAll, kAny };

  How how = How::kNever;
  std::string words;
  std::vector<Sought> parts;

  explicit Sought(const Value& value) {
    switch (value.type) {
      case Value::Type::kBoolean: how = value.boolean ? How::kAlways : How::kNever; break;
      case Value::Type::kText: how = How::kName; break;
      case Value::Type::kNumber: how = How::kNumber; break;
      case Value::Type::kList: how = value.items.empty() ? How::kNever : How::kAll; break;
      case Value::Type::kMap: how = How::kAny; break;
      default: break;
    }
    if (how == How::kName || how == How::kNumber) words = spoken(value.shown());
    for (const Value& item : value.items) parts.emplace_back(item);
    for (const auto& [name, field] : value.entries) parts.emplace_back(field);
  }

  // Whether its words stand in one of the texts; of a name, a word is enough.
  bool shown_in(const Texts& texts) const {
    const auto part_shown = [&](const Sought& part) { return part.shown_in(texts); };
    switch (how) {
      case How::kNever: return false;
      case How::kAlways: return true;
      case How::kAll: return std::all_of(parts.begin(), parts.end(), part_shown);
      case How::kAny: return std::any_of(parts.begin(), parts.end(), part_shown);
      default: break;
    }
    return std::any_of(texts.begin(), texts.end(), [&](const std::string* text) { return holds_spoken(*text, words) || (how == How::kName && names_in(*text, words)); });
  }
};

std::string described(const std::vector<const Value*>& group) {
  for (const Value* value : group) {
    if (!value->missing() && value->type != Value::Type::kBoolean) return value->shown();
  }
  return "the details";
}

class Search {
 public:
  Search(const Dialogue& dialogue, const std::vector<std::string>& words, const ShownGroups& groups, const std::vector<const Value*>& details, int within)
      : said_(dialogue.said()), words_(words), groups_(groups), within_(within) {
    details_.reserve(details.size());
    for (const Value* detail : details) {
      if (detail->type == Value::Type::kText) details_.emplace_back(*detail);
    }
  }

  Consent run() {
    int seen = 0;
    bool answered = false;
    for (std::size_t i = said_.size(); i-- > 0 && seen < within_;) {
      if (said_[i].speaker == Dialogue::Speaker::kAgent) {
        // A question that the shopper then answered with one of the action's own details no longer stands open.
        asked_since_ = asked_since_ || (said_[i].asks && !answered);
        answered = false;
        continue;
      }
      ++seen;
      const Stance found = stance(said_[i].words, words_, asked_before(i));
      if (found == Stance::kNo) return {false, "the shopper said no or asked to wait"};
      if (promised_before(i)) return {false, "the shopper was promised one more question before anything is done"};
      if (found == Stance::kYes && answers(i)) return covered(i, "yes");
      if (found == Stance::kRequest && !asked_since_) return covered(i, "request");
      answered = !said_[i].question && gives_detail(said_[i].words);
      if (answered && i > 0 && names_action(said_[i - 1].words)) return covered(i, "answer");
    }
    return {false, asked_since_ ? "the shopper was asked and has not said yes" : "the shopper has not agreed to this"};
  }

 private:
  bool asked_before(std::size_t i) const { return i > 0 && said_[i - 1].speaker == Dialogue::Speaker::kAgent && said_[i - 1].asks; }

  bool promised_before(std::size_t i) const { return i > 0 && said_[i - 1].speaker == Dialogue::Speaker::kAgent && said_[i - 1].promises; }

  bool gives_detail(const std::string& text) const {
    return std::any_of(details_.begin(), details_.end(), [&](const Sought& detail) { return detail.shown_in({&text}); });
  }

  // Whether a yes at `i` can be about the action: the agent's message before, or the yes itself, speaks of it or asks for a go-ahead.
  bool answers(std::size_t i) const {
    if (asked_before(i) || names_action(said_[i].words) || said_[i].words.find(" go ahead ") != std::string::npos) return true;
    return i > 0 && said_[i - 1].speaker == Dialogue::Speaker::kAgent && names_action(said_[i - 1].words);
  }

  bool names_action(const std::string& text) const {
    return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return text.find(" " + word) != std::string::npos; });
  }

  // What had been said up to the consent, and by the shopper since, must show every group.
  Consent covered(std::size_t consent, const std::string& how) const {
    Texts texts;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (i <= consent || said_[i].speaker == Dialogue::Speaker::kShopper) texts.push_back(&said_[i].words);
    }
    for (const auto& group : groups_) {
      const bool told = std::any_of(group.begin(), group.end(), [&](const Value* value) { return Sought(*value).shown_in(texts); });
      if (!told) return {false, "the shopper agreed, but was never told of " + described(group)};
    }
    return {true, how};
  }

  const std::vector<Dialogue::Said>& said_;
  const std::vector<std::string>& words_;
  const ShownGroups& groups_;
  std::vector<Sought> details_;   // the texts among them
  const int within_;
  bool asked_since_ = false;
};

}  // namespace

Consent find_consent(const Dialogue& dialogue, const std::vector<std::string>& words, const ShownGroups& groups,
                     const std::vector<const Value*>& details, int within) {
  return Search(dialogue, words, groups, details, within).run();
}

}  // namespace floorwalker::guardrails
