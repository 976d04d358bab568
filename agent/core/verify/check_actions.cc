#include <algorithm>

#include <fmt/format.h>

#include "agent/core/verify/piece.h"

// What the agent says it did must have been done: only a successful call, or a state that a result shows, proves it.
namespace floorwalker::verify {
namespace {

bool holds(const std::vector<std::string>& stems, const std::string& stem) {
  return std::any_of(stems.begin(), stems.end(), [&](const std::string& one) { return stem.compare(0, one.size(), one) == 0; });
}

// Said as done: "I've added", "has been cancelled", "successfully updated". Not "can be cancelled", "will be added", "have it returned".
bool said_as_done(const Examination& exam, std::size_t verb) {
  const auto& tokens = exam.piece.tokens;
  static constexpr std::string_view kBetween[] = {"been", "now", "successfully", "just", "already", "also", "then", "fully", "officially", "both", "all", "indeed"};
  static constexpr std::string_view kDoers[] = {"i", "we", "i've", "we've", "has", "have"};
  if (exam.piece.negated[verb]) return false;
  static constexpr std::string_view kNotYet[] = {"once", "after", "when", "if", "until", "unless", "whether", "before", "cannot"};
  for (std::size_t at = verb; at-- > 0 && tokens[at + 1].gap != '.' && tokens[at + 1].gap != ';';) {
    if (std::find(std::begin(kNotYet), std::end(kNotYet), tokens[at].folded) != std::end(kNotYet)) return false;
  }
  bool done = false;
  for (std::size_t at = verb; at-- > 0;) {
    if (tokens[at + 1].gap == '.' || tokens[at + 1].gap == '\n' || tokens[at + 1].gap == ';') break;
    const std::string& word = tokens[at].folded;
    if (word == "successfully" || word == "been") done = done || word == "successfully";
    if (std::find(std::begin(kDoers), std::end(kDoers), word) != std::end(kDoers)) {
      const bool your_doing = at > 0 && (tokens[at - 1].folded == "you" || tokens[at - 1].folded == "to" || tokens[at - 1].folded == "would" || tokens[at - 1].folded == "if");
      return !your_doing;
    }
    if (word == "was" || word == "were") return true;
    if (std::find(std::begin(kBetween), std::end(kBetween), word) == std::end(kBetween)) {
      return done && word != "be" && word != "to" && !tokens[at].is(WordClass::kHypothetical) && !tokens[at].is(WordClass::kFuture);
    }
  }
  return done;
}

// "I've added it to the list": kept in mind, nothing done in the shop. "Please confirm that it was added": no statement.
bool idiom(const Examination& exam, std::size_t verb) {
  const auto& tokens = exam.piece.tokens;
  for (std::size_t i = verb + 1; i + 1 < tokens.size() && tokens[i].gap != '.'; ++i) {
    const std::string& noun = tokens[std::min(i + 2, tokens.size() - 1)].folded;
    if (tokens[i].folded == "to" && (tokens[i + 1].folded == "list" || noun == "list")) return true;
  }
  for (std::size_t i = 0; i + 1 < verb; ++i) {
    if (tokens[i].folded == "confirm" && tokens[i + 1].folded == "that") return true;
  }
  return false;
}

struct Proof {
  bool call = false;        // a fitting call succeeded
  bool failed = false;      // the last fitting call failed
  std::uint32_t document = 0;
  std::uint32_t leaf = 0;
  bool state = false;
};

Proof prove(const Examination& exam, const ActionRule& rule) {
  Proof proof;
  const bool about_money = std::any_of(exam.piece.tokens.begin(), exam.piece.tokens.end(), [](const Token& token) { return token.is(WordClass::kMoney) || token.folded == "status"; });
  for (const CallRecord& call : exam.index.calls) {
    const bool reads = !call.tool_stems.empty() && holds(exam.lexicon.reading, call.tool_stems[0]);
    const bool named = std::any_of(call.tool_stems.begin(), call.tool_stems.end(), [&](const std::string& stem) { return holds(rule.calls, stem); });
    const bool fits = !reads && (named || rule.any_write || about_money);
    if (!fits || !call.answered) continue;
    if (!call.failed) {
      proof.call = true;
      proof.document = call.document;
    }
    proof.failed = call.failed;
  }
  for (std::uint32_t leaf = 0; leaf < exam.index.leaves.size() && !proof.state; ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (fact.trust != Trust::kMerchant || fact.words.empty() || fact.words.size() > 4) continue;
    if (fact.key != "status" && fact.key != "change" && fact.key != "transaction_type" && fact.key != "state") continue;
    for (const Token& token : tokenise(exam.index.value_text(leaf), exam.index.concepts)) {
      if (holds(rule.states, stem_of(token.folded, exam.lexicon))) {
        proof.state = true;
        proof.leaf = leaf;
      }
    }
  }
  return proof;
}

void check_action(Examination& exam, std::size_t verb, const ActionRule& rule) {
  const Proof proof = prove(exam, rule);
  const Token& token = exam.piece.tokens[verb];
  if (proof.call || proof.state) {
    Claim& claim = exam.claim(token.start, token.end, ClaimKind::kAction, Verdict::kSupported, fmt::format("a call to {} succeeded", rule.name));
    if (proof.state && !proof.call) claim.why = fmt::format("its state is {}", exam.index.value_text(proof.leaf));
    claim.evidence.push_back(proof.call ? exam.index.documents[proof.document]->source + "#" : exam.index.pointer(proof.leaf));
  } else {
    exam.claim(token.start, token.end, ClaimKind::kAction, proof.failed ? Verdict::kContradicted : Verdict::kUnsupported,
               proof.failed ? "the call that would have done it failed" : "no call of this conversation did it");
  }
}

bool says_cart(const Token& token) { return token.folded == "cart" || token.folded == "basket"; }

// "is already in your cart", "is now in your cart": the place where "in" stands; 0 if the cart is spoken of in another way.
std::size_t said_to_be_in(const Examination& exam, std::size_t cart) {
  const auto& tokens = exam.piece.tokens;
  static constexpr std::string_view kBetween[] = {"now", "already", "both", "all", "also", "still", "safely"};
  const std::size_t in = cart > 1 && tokens[cart - 2].folded == "in" ? cart - 2 : cart > 0 && tokens[cart - 1].folded == "in" ? cart - 1 : 0;
  for (std::size_t at = in; at-- > 0 && tokens[at + 1].gap == ' ';) {
    if (tokens[at].folded == "is" || tokens[at].folded == "are") return exam.piece.negated[in] ? 0 : in;
    if (std::find(std::begin(kBetween), std::end(kBetween), tokens[at].folded) == std::end(kBetween)) return 0;
  }
  return 0;
}

// A thing that is said to be in the cart must have been put there or read there.
void check_in_cart(Examination& exam, std::size_t cart) {
  const std::size_t in = said_to_be_in(exam, cart);
  if (in == 0 || exam.piece.question || exam.piece.conditional || exam.piece.used[in]) return;
  static const std::vector<std::string> kCartCalls{"cart", "basket", "add", "checkout", "line"};
  for (const CallRecord& call : exam.index.calls) {
    const bool named = std::any_of(call.tool_stems.begin(), call.tool_stems.end(), [&](const std::string& stem) { return holds(kCartCalls, stem); });
    if (!named || !call.answered || call.failed) continue;
    Claim& claim = exam.claim(exam.piece.tokens[in].start, exam.piece.tokens[cart].end, ClaimKind::kAction, Verdict::kSupported, "a call on the cart succeeded");
    claim.evidence.push_back(exam.index.documents[call.document]->source + "#");
    return;
  }
  exam.claim(exam.piece.tokens[in].start, exam.piece.tokens[cart].end, ClaimKind::kAction, Verdict::kUnsupported, "no call put it there, and the cart was not read");
}

}  // namespace

void check_actions(Examination& exam) {
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (says_cart(exam.piece.tokens[i]) && !exam.piece.used[i]) check_in_cart(exam, i);
  }
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (!exam.piece.tokens[i].is(WordClass::kActing)) continue;
    const auto action = exam.lexicon.action_of.find(exam.piece.tokens[i].folded);
    if (action == exam.lexicon.action_of.end() || exam.piece.used[i] || exam.piece.question || !said_as_done(exam, i) || idiom(exam, i)) continue;
    check_action(exam, i, exam.lexicon.actions[action->second]);
  }
}

}  // namespace floorwalker::verify
