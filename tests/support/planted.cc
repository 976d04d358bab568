#include "tests/support/planted.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <map>
#include <optional>

#include "agent/core/verify/evidence_index.h"
#include "agent/core/verify/evidence_store.h"

namespace floorwalker::bench {
namespace {

std::size_t byte_of(std::string_view text, std::size_t point) {
  std::size_t at = 0;
  for (; at < text.size() && point > 0; --point) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// What the change needs to know about the reply that it changes.
struct Subject {
  const cli::Transcript& transcript;
  std::size_t message = 0;
  std::string text;
  std::vector<Claim> claims;
  std::string evidence;     // everything said before, for "is the new value anywhere?"
  const verify::EvidenceIndex* index = nullptr;

  // The fact that a supported claim points to; nothing if it is no leaf of a result.
  std::optional<std::uint32_t> leaf_of(const Claim& claim) const {
    for (std::uint32_t leaf = 0; leaf < index->leaves.size(); ++leaf) {
      if (index->pointer(leaf) == claim.evidence.front()) return leaf;
    }
    return std::nullopt;
  }
};

struct Change {
  std::size_t start = 0, end = 0;  // bytes of the original that are replaced
  std::string with;
};

// The first number in `text`, changed to one that the evidence does not hold.
std::optional<std::string> other_number(const std::string& text, const std::string& evidence, std::mt19937& random) {
  const std::size_t start = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), digit) - text.begin());
  std::size_t end = start;
  while (end < text.size() && digit(text[end])) ++end;
  if (start == end || end - start > 6) return std::nullopt;
  const long value = std::stol(text.substr(start, end - start));
  for (int attempt = 0; attempt < 20; ++attempt) {
    const long step = 1 + value / 7 + static_cast<long>(random() % static_cast<unsigned>(std::max(3L, value)));  // beyond "about"
    const std::string other = std::to_string(value + step);
    if (evidence.find(other) == std::string::npos) return text.substr(0, start) + other + text.substr(end);
  }
  return std::nullopt;
}

std::string_view sentence_around(std::string_view text, std::size_t at) {
  std::size_t start = text.find_last_of(".\n", at > 0 ? at - 1 : 0);
  start = start == std::string_view::npos ? 0 : start + 1;
  std::size_t end = text.find_first_of("\n", at);
  const std::size_t stop = text.find(". ", at);
  end = std::min(end == std::string_view::npos ? text.size() : end, stop == std::string_view::npos ? text.size() : stop + 1);
  return text.substr(start, end - start);
}

// "There is no 500-piece one", "fewer than 500": another number may be as true.
bool leaves_room(const Claim& claim, std::string_view before) {
  if (claim.why.find("the bound") != std::string::npos) return true;
  for (std::string_view word : {" no ", " not ", "n't ", "n’t ", "cannot ", " without ", " fewer ", " less ", " more ", " under ", " over ", " least "}) {
    if (before.find(word) != std::string_view::npos) return true;
  }
  return false;
}

std::optional<Change> change_claim(const Claim& claim, const Subject& subject, const std::function<std::optional<std::string>(const std::string&)>& make) {
  const std::size_t start = byte_of(subject.text, claim.start);
  const std::size_t end = byte_of(subject.text, claim.end);
  const std::string_view sentence = sentence_around(subject.text, start);
  const std::size_t base = static_cast<std::size_t>(sentence.data() - subject.text.data());
  const bool a_number = claim.kind == ClaimKind::kQuantity || claim.kind == ClaimKind::kCount || claim.kind == ClaimKind::kAmount;
  if (a_number && leaves_room(claim, " " + std::string(sentence.substr(0, start > base ? start - base : 0)))) return std::nullopt;
  const auto other = make(subject.text.substr(start, end - start));
  if (!other) return std::nullopt;
  return Change{start, end, *other};
}

std::optional<std::string> other_unit(const std::string& text) {
  static const std::vector<std::pair<std::string, std::string>> kUnits{{"mAh", "Wh"}, {"GB", "TB"}, {"MB", "GB"}, {"inches", "feet"}, {"-inch", "-foot"}, {"grams", "kilograms"},
                                                                     {"hours", "days"}, {"pounds", "tonnes"}, {"MP", "GB"}, {"megapixel", "gigabyte"}, {" mm", " m"}, {"Hz", "W"}, {" days", " weeks"}};
  for (const auto& [unit, other] : kUnits) {
    const std::size_t at = text.find(unit);
    const auto letter = [&](std::size_t i) { return i < text.size() && std::isalpha(static_cast<unsigned char>(text[i])); };
    const bool whole = at != std::string::npos && !letter(at + unit.size()) && (at == 0 || unit[0] == ' ' || unit[0] == '-' || !letter(at - 1));
    if (whole) return text.substr(0, at) + other + text.substr(at + unit.size());
  }
  return std::nullopt;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
  return text;
}

// "has NFC" -> "does not have NFC", in a sentence with a supported feature.
std::optional<Change> negate(const Claim& claim, const Subject& subject) {
  const bool feature = claim.kind == ClaimKind::kAttribute && (claim.why.find(": Yes") != std::string::npos || claim.why.find(": true") != std::string::npos || claim.why.find(": yes") != std::string::npos);
  if (!feature) return std::nullopt;
  const std::size_t at = byte_of(subject.text, claim.start);
  const std::string_view sentence = sentence_around(subject.text, at);
  const std::size_t base = static_cast<std::size_t>(sentence.data() - subject.text.data());
  for (const auto& [verb, denial] : std::vector<std::pair<std::string, std::string>>{{" has ", " does not have "}, {" supports ", " does not support "}, {" includes ", " does not include "}}) {
    const std::size_t found = sentence.rfind(verb, at - base);
    if (found != std::string_view::npos && at - base - found < 25) return Change{base + found, base + found + verb.size(), denial};
  }
  return std::nullopt;
}

// A digit of an identifier changed so that nothing has it.
std::optional<std::string> other_identifier(const std::string& text, const std::string& evidence) {
  if (text.size() < 7) return std::nullopt;
  for (char replacement = '0'; replacement <= '9'; ++replacement) {
    std::string other = text;
    const std::size_t at = other.size() - 3;
    if (!digit(other[at]) || other[at] == replacement) continue;
    other[at] = replacement;
    if (evidence.find(other) == std::string::npos) return other;
  }
  return std::nullopt;
}

const verify::Entity& entity(const Subject& subject, std::uint32_t leaf) { return subject.index->entities[subject.index->leaves[leaf].entity]; }

// The thing itself, or what it is a variant of: the first with a title.
verify::EntityIndex titled(const verify::EvidenceIndex& index, verify::EntityIndex thing, int depth = 0) {
  if (thing == 0 || depth > 3) return 0;
  if (!index.entities[thing].names.empty()) return thing;
  for (verify::EntityIndex parent : index.entities[thing].parents) {
    if (const auto found = titled(index, parent, depth + 1)) return found;
  }
  return 0;
}

bool has_key(const verify::EvidenceIndex& index, verify::EntityIndex thing, std::string_view key, std::string_view value) {
  bool key_there = false;
  for (std::uint32_t leaf : index.entities[thing].leaves) {
    if (index.leaves[leaf].key != key || !index.usable(leaf)) continue;
    if (index.value_text(leaf) == value) return false;
    key_there = true;
  }
  return key_there;
}

// "The Aero 13 costs $1,299" -> "The Bolt 15 costs $1,299", where the other thing states another value under the same key.
std::optional<Change> swap_product(const Claim& claim, const Subject& subject) {
  if (claim.kind != ClaimKind::kAmount && claim.kind != ClaimKind::kQuantity) return std::nullopt;
  const auto leaf = subject.leaf_of(claim);
  const verify::EvidenceIndex& index = *subject.index;
  const verify::EntityIndex thing = leaf ? titled(index, index.leaves[*leaf].entity) : 0;
  if (!thing || index.leaves[*leaf].entity != thing) return std::nullopt;
  const std::string title = index.title(thing);
  const std::string_view sentence = sentence_around(subject.text, byte_of(subject.text, claim.start));
  const std::size_t at = sentence.find(title);
  if (title.empty() || at == std::string_view::npos) return std::nullopt;
  for (verify::EntityIndex other = 1; other < index.entities.size(); ++other) {
    const std::string name = other == thing || index.entities[other].names.empty() ? std::string() : index.title(other);
    if (name.empty() || name == title || sentence.find(name) != std::string_view::npos || title.find(name) != std::string::npos || name.find(title) != std::string::npos) continue;
    if (!has_key(index, other, index.leaves[*leaf].key, index.value_text(*leaf))) continue;
    const std::size_t start = static_cast<std::size_t>(sentence.data() - subject.text.data()) + at;
    return Change{start, start + title.size(), name};
  }
  return std::nullopt;
}

// A right number of the same thing in the place of another: its storage for its memory.
std::optional<Change> swap_attribute(const Claim& claim, const Subject& subject) {
  if (claim.kind != ClaimKind::kQuantity) return std::nullopt;
  const verify::EvidenceIndex& index = *subject.index;
  const auto leaf = subject.leaf_of(claim);
  if (!leaf || index.leaves[*leaf].numbers != 1) return std::nullopt;
  const verify::Number& mine = index.numbers[index.leaves[*leaf].first_number].number;
  for (const Claim& other : subject.claims) {
    if (other.kind != ClaimKind::kQuantity || other.verdict != Verdict::kSupported || other.evidence.empty() || other.text == claim.text) continue;
    const auto there = subject.leaf_of(other);
    if (!there || index.leaves[*there].key == index.leaves[*leaf].key || index.leaves[*there].entity != index.leaves[*leaf].entity || index.leaves[*there].numbers != 1) continue;
    const verify::Number& theirs = index.numbers[index.leaves[*there].first_number].number;
    if (mine.bare() || mine.money || theirs.money || mine.unit.dimension != theirs.unit.dimension || mine.canonical() == theirs.canonical()) continue;
    return Change{byte_of(subject.text, claim.start), byte_of(subject.text, claim.end), other.text};
  }
  return std::nullopt;
}

// An option of a variant that the sentence names by its id, changed to one that only other variants have.
std::optional<Change> change_option(const Claim& claim, const Subject& subject) {
  if (claim.kind != ClaimKind::kAttribute || claim.evidence.front().find("/options/") == std::string::npos) return std::nullopt;
  const auto leaf = subject.leaf_of(claim);
  if (!leaf) return std::nullopt;
  const verify::EvidenceIndex& index = *subject.index;
  const std::string_view sentence = sentence_around(subject.text, byte_of(subject.text, claim.start));
  const std::string& id = entity(subject, *leaf).id;
  if (id.size() < 4 || sentence.find(id) == std::string_view::npos || lower(std::string(index.value_text(*leaf))) != lower(claim.text)) return std::nullopt;
  for (std::uint32_t other = 0; other < index.leaves.size(); ++other) {
    const verify::Leaf& fact = index.leaves[other];
    if (fact.key != index.leaves[*leaf].key || fact.entity == index.leaves[*leaf].entity || fact.kind != verify::Leaf::Kind::kText) continue;
    const std::string value(index.value_text(other));
    if (!has_key(index, index.leaves[*leaf].entity, fact.key, value) || value.size() < 3 || lower(subject.text).find(lower(value)) != std::string::npos) continue;
    return Change{byte_of(subject.text, claim.start), byte_of(subject.text, claim.end), value};
  }
  return std::nullopt;
}

std::optional<std::string> opposite(const std::string& superlative) {
  static const std::map<std::string, std::string> kOther{{"cheapest", "dearest"}, {"dearest", "cheapest"}, {"lightest", "heaviest"}, {"heaviest", "lightest"},
                                                        {"largest", "smallest"}, {"smallest", "largest"}, {"biggest", "smallest"}, {"longest", "shortest"},
                                                        {"shortest", "longest"}, {"widest", "narrowest"}, {"narrowest", "widest"}};
  const auto found = kOther.find(lower(superlative));
  return found == kOther.end() ? std::nullopt : std::optional<std::string>(found->second);
}

using Maker = std::function<std::optional<Change>(const Claim&, const Subject&)>;

std::map<std::string, Maker> makers(std::mt19937& random) {
  const auto number = [&random](const Subject& subject) { return [&](const std::string& text) { return other_number(text, subject.evidence, random); }; };
  const auto of_kind = [number](ClaimKind kind, bool total) {
    return [=](const Claim& claim, const Subject& subject) -> std::optional<Change> {
      const std::string sentence = lower(std::string(sentence_around(subject.text, byte_of(subject.text, claim.start))));
      const bool sums = sentence.find("total") != std::string::npos;
      if (claim.kind != kind || sums != total) return std::nullopt;
      return change_claim(claim, subject, number(subject));
    };
  };
  std::map<std::string, Maker> all;
  all["number"] = of_kind(ClaimKind::kQuantity, false);
  all["price"] = of_kind(ClaimKind::kAmount, false);
  all["total"] = of_kind(ClaimKind::kAmount, true);
  all["count"] = [number](const Claim& claim, const Subject& subject) -> std::optional<Change> {
    if (claim.kind != ClaimKind::kCount) return std::nullopt;
    return change_claim(claim, subject, number(subject));
  };
  all["unit"] = [](const Claim& claim, const Subject& subject) -> std::optional<Change> {
    const auto leaf = subject.leaf_of(claim);
    const bool bare = leaf && subject.index->leaves[*leaf].numbers == 1 && subject.index->numbers[subject.index->leaves[*leaf].first_number].number.bare();
    if (claim.kind != ClaimKind::kQuantity || bare) return std::nullopt;  // a record without a unit decides none
    return change_claim(claim, subject, other_unit);
  };
  all["identifier"] = [](const Claim& claim, const Subject& subject) -> std::optional<Change> {
    if (claim.kind != ClaimKind::kIdentifier) return std::nullopt;
    return change_claim(claim, subject, [&](const std::string& text) { return other_identifier(text, subject.evidence); });
  };
  all["negation"] = negate;
  all["product"] = swap_product;
  all["attribute"] = swap_attribute;
  all["option"] = change_option;
  all["superlative"] = [](const Claim& claim, const Subject& subject) -> std::optional<Change> {
    if (claim.kind != ClaimKind::kSuperlative) return std::nullopt;
    return change_claim(claim, subject, opposite);
  };
  all["availability"] = [](const Claim& claim, const Subject& subject) -> std::optional<Change> {
    if (claim.kind != ClaimKind::kAvailability || lower(claim.text) != "available") return std::nullopt;
    return change_claim(claim, subject, [](const std::string&) { return std::optional<std::string>("unavailable"); });
  };
  return all;
}

bool noticed(const std::vector<Claim>& claims, const std::string& text, const Change& change) {
  const std::string_view sentence = sentence_around(text, change.start);
  const std::size_t from = static_cast<std::size_t>(sentence.data() - text.data());
  const std::size_t to = std::max(from + sentence.size(), change.start + change.with.size());
  return std::any_of(claims.begin(), claims.end(), [&](const Claim& claim) {
    const bool bad = claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported;
    return bad && byte_of(text, claim.start) < to && from < byte_of(text, claim.end);
  });
}

std::string all_evidence(const cli::Transcript& transcript, std::size_t before, const std::vector<cli::Content>& content) {
  std::string all;
  for (const cli::Content& approved : content) all += approved.text + "\n";
  for (std::size_t i = 0; i < before; ++i) all += transcript.messages[i].text + "\n" + transcript.messages[i].result.content + "\n";
  return all;
}

constexpr const char* kLies[] = {"I've cancelled your order for you.", "I have changed the size as you asked.", "Your exchange has been processed.",
                                 "I've returned the item for you.", "I've refunded the amount to your card.", "I have added the item to your order."};

// The conversation up to a reply, with the reply changed: for looking into what was missed.
cli::Transcript false_reply(const cli::Transcript& transcript, std::size_t message, const std::string& text) {
  cli::Transcript made;
  made.id = transcript.id;
  made.messages.assign(transcript.messages.begin(), transcript.messages.begin() + static_cast<std::ptrdiff_t>(message));
  Message reply;
  reply.role = Role::kAssistant;
  reply.text = text;
  made.messages.push_back(std::move(reply));
  return made;
}

}  // namespace

std::vector<Planted> Planter::corrupt(const cli::Transcript& transcript, const verify::Lexicon& lexicon, const verify::Verifier& verifier,
                                      const std::vector<cli::Content>& content) {
  std::vector<Planted> planted;
  std::map<std::string, Maker> open = makers(random_);
  verify::EvidenceStore evidence(lexicon);
  for (const cli::Content& approved : content) evidence.add_content(approved.source, approved.text);
  bool wrote = false;
  bool lied = false;
  for (std::size_t i = 0; i < transcript.messages.size(); ++i) {
    const Message& message = transcript.messages[i];
    if (message.role == Role::kAssistant && !message.text.empty() && i > 1) {
      Subject subject{transcript, i, message.text, verifier.verify(message.text, evidence), all_evidence(transcript, i, content), &evidence.index()};
      for (auto maker = open.begin(); maker != open.end();) {
        std::optional<Change> change;
        for (const Claim& claim : subject.claims) {
          if (claim.verdict == Verdict::kSupported && !claim.evidence.empty() && !change) change = maker->second(claim, subject);
        }
        if (!change) {
          ++maker;
          continue;
        }
        const std::string text = subject.text.substr(0, change->start) + change->with + subject.text.substr(change->end);
        planted.push_back({maker->first, std::string(sentence_around(text, change->start)), noticed(verifier.verify(text, evidence), text, *change),
                           false_reply(transcript, i, text)});
        maker = open.erase(maker);
      }
    }
    for (const ToolCall& call : message.calls) wrote = wrote || call.name.find("get_") != 0;
    if (!wrote && message.role == Role::kTool && !lied) {  // nothing was written yet: whatever is told as done is false
      const std::string lie = kLies[random_() % std::size(kLies)];
      planted.push_back({"action", lie, noticed(verifier.verify(lie, evidence), lie, {0, lie.size(), lie}), false_reply(transcript, i + 1, lie)});
      lied = true;
    }
    evidence.add(message);
  }
  return planted;
}

}  // namespace floorwalker::bench
