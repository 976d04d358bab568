#include <algorithm>
#include <optional>

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

bool cart_word(const Token& token) { return token.folded.size() >= 4 && token.folded.size() <= 7 && (token.folded == "cart" || token.folded == "basket" || token.folded == "trolley"); }

// The leaf stands below a cart of its result.
bool of_cart(const Examination& exam, std::uint32_t leaf) {
  const JsonTree& tree = exam.index.documents[exam.index.leaves[leaf].document]->tree;
  for (std::uint32_t node = exam.index.leaves[leaf].node; node; node = tree[node].parent) {
    if (tree[node].key == "cart" || tree[node].key == "lines" || tree[node].key == "line_items") return true;
  }
  return false;
}

struct CartSeen {
  std::optional<std::uint32_t> line;   // a fact of a line that is the thing, or of a part of it
  std::optional<std::uint32_t> any;    // a fact of the cart as it was read last
};

CartSeen look_in_cart(const Examination& exam, const std::vector<EntityIndex>& things) {
  CartSeen seen;
  for (std::uint32_t leaf = 0; leaf < exam.index.leaves.size(); ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (!exam.usable(leaf) || fact.trust != Trust::kMerchant || !of_cart(exam, leaf)) continue;
    seen.any = leaf;
    const bool same = std::any_of(things.begin(), things.end(), [&](EntityIndex thing) { return thing == fact.entity || kin_of(exam.index, thing, fact.entity); });
    if (same) {
      seen.line = leaf;
      return seen;
    }
  }
  return seen;
}

// The thing that the sentence puts into the cart: "the X is (already) in your cart", "in your cart: X".
const Mention* in_cart(const Examination& exam, std::size_t cart) {
  const auto& tokens = exam.piece.tokens;
  std::size_t in = cart;
  while (in > 0 && cart - in < 2 && tokens[in].folded != "in") --in;
  if (tokens[in].folded != "in") return nullptr;
  const Mention* thing = nullptr;
  for (const Mention& mention : exam.piece.mentions) {
    const bool listed = mention.first == cart + 1 && tokens[cart + 1].gap == ':';
    if (listed || mention.last < in) thing = &mention;
  }
  if (!thing || thing->first > cart) return thing;
  static constexpr std::string_view kBetween[] = {"is", "are", "now", "already", "also", "both", "sits", "safely", "currently", "still"};
  for (std::size_t i = thing->last + 1; i < in; ++i) {
    if (std::find(std::begin(kBetween), std::end(kBetween), tokens[i].folded) == std::end(kBetween)) return nullptr;
  }
  return in > thing->last + 1 ? thing : nullptr;
}

// "The X is already in your cart": only a look at the cart proves it.
void check_cart(Examination& exam, std::size_t cart) {
  const Mention* thing = in_cart(exam, cart);
  if (!thing || exam.piece.negated[cart] || exam.piece.question || exam.piece.hypothetical) return;
  const CartSeen seen = look_in_cart(exam, thing->entities);
  const Token& token = exam.piece.tokens[cart];
  if (seen.line) exam.claim(token.start, token.end, ClaimKind::kAction, Verdict::kSupported, "the cart holds it", {*seen.line});
  else if (seen.any) exam.claim(token.start, token.end, ClaimKind::kAction, Verdict::kContradicted, "the cart as it was seen last does not hold it", {*seen.any});
  else exam.claim(token.start, token.end, ClaimKind::kAction, Verdict::kUnsupported, "no result shows the cart");
}

}  // namespace

void check_actions(Examination& exam) {
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (cart_word(exam.piece.tokens[i]) && !exam.piece.used[i]) check_cart(exam, i);
  }
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    if (!exam.piece.tokens[i].is(WordClass::kActing)) continue;
    const auto action = exam.lexicon.action_of.find(exam.piece.tokens[i].folded);
    if (action == exam.lexicon.action_of.end() || exam.piece.used[i] || exam.piece.question || !said_as_done(exam, i) || idiom(exam, i)) continue;
    check_action(exam, i, exam.lexicon.actions[action->second]);
  }
}

}  // namespace floorwalker::verify
