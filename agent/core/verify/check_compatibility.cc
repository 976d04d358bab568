#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "agent/core/verify/piece.h"

// That things fit together is known from a compatibility result alone: yes, no or unknown.
namespace floorwalker::verify {
namespace {

bool speaks_of(const Examination& exam, EntityIndex thing) {
  const auto same = [&](EntityIndex named) { return named == thing || kin_of(exam.index, named, thing); };
  return std::any_of(exam.piece.mentions.begin(), exam.piece.mentions.end(), [&](const Mention& mention) { return std::any_of(mention.entities.begin(), mention.entities.end(), same); });
}

// One of the two things that a check held together.
struct Party {
  EntityIndex thing = 0;      // 0: no product, but something told ("a 76 cm door"), or one that nothing else tells of
  bool spoken_of = false;     // in the piece, by name or by the words of its title
};

Party party(const Examination& exam, const Document& document, std::string_view id, std::string_view title) {
  Party party;
  for (std::uint32_t leaf = document.first_leaf; leaf < document.last_leaf; ++leaf) {
    const Leaf& fact = exam.index.leaves[leaf];
    if (fact.key == id) {
      const EntityIndex* thing = exam.index.entity_of_id.find(normal_identifier(exam.index.value_text(leaf)));
      party.thing = thing ? *thing : 0;
    }
    if (fact.key == title && !fact.words.empty()) party.spoken_of = party.spoken_of || exam.piece.said.all(fact.words);
  }
  party.spoken_of = party.spoken_of || (party.thing != 0 && speaks_of(exam, party.thing));
  return party;
}

// A verdict of a compatibility check, and how many of the two things that it held together the piece speaks of.
struct Fitting {
  std::uint32_t leaf = 0;
  std::array<Party, 2> parties;

  int spoken_of() const { return parties[0].spoken_of + parties[1].spoken_of; }
};

// The check of the things that the piece speaks of; of several such the latest.
std::optional<Fitting> check_meant(const Examination& exam) {
  std::optional<Fitting> found;
  for (std::uint32_t leaf : exam.index.attributed(exam.index.concepts.find("fit").id)) {
    if (!exam.usable(leaf) || !fit_verdict(exam.index, leaf)) continue;
    const Leaf& fact = exam.index.leaves[leaf];
    const Document& document = *exam.index.documents[fact.document];
    Fitting fitting{leaf, {party(exam, document, "a", "a_title"), party(exam, document, "b", "b_title")}};
    if (!fitting.parties[0].spoken_of && fact.entity != 0) fitting.parties[0].spoken_of = speaks_of(exam, fact.entity);  // named by nothing but the check
    if (!found || fitting.spoken_of() >= found->spoken_of()) found = fitting;
  }
  return found;
}

// The piece names two things, and the check was of another pair.
bool of_others(const Examination& exam, const Fitting& fitting) {
  if (fitting.spoken_of() == 2) return false;
  const auto apart = [&](const Mention& one, const Mention& other) {
    return std::all_of(one.entities.begin(), one.entities.end(), [&](EntityIndex a) {
      return std::all_of(other.entities.begin(), other.entities.end(), [&](EntityIndex b) { return named_apart(exam.index, a, b); });
    });
  };
  const auto& mentions = exam.piece.mentions;
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    for (std::size_t j = i + 1; j < mentions.size(); ++j) {
      if (apart(mentions[i], mentions[j])) return true;
    }
  }
  return false;
}

// "maximum screen size compatibility 15.6 in", "compatible operating systems Windows Vista": the word ends or begins a fact's name, and says
// nothing of whether two things fit.
bool names_fact(const Examination& exam, std::size_t at) {
  const auto& tokens = exam.piece.tokens;
  const Concept word = tokens[at].concept_id;
  const bool led = at > 0 && tokens[at].gap == ' ', leads = at + 1 < tokens.size() && tokens[at + 1].gap == ' ';
  for (std::uint32_t one : exam.index.attributed(word)) {
    const Words& name = exam.index.leaves[one].own;
    if (name.size() < 2 || !exam.piece.said.all(name)) continue;
    const bool ends = led && name[name.size() - 1] == word && name[name.size() - 2] == tokens[at - 1].concept_id;
    const bool begins = leads && name[0] == word && name[1] == tokens[at + 1].concept_id;
    if (ends || begins) return true;
  }
  return false;
}

}  // namespace

bool fit_verdict(const EvidenceIndex& index, std::uint32_t leaf) {
  const Leaf& fact = index.leaves[leaf];
  if (fact.key != "fit") return false;
  const std::string_view value = index.value_text(leaf);
  return (value == "yes" || value == "no" || value == "unknown") && index.documents[fact.document]->tree.pointer(fact.node) == "/fit";
}

void check_compatibility(Examination& exam) {
  if (exam.piece.question || exam.piece.hypothetical) return;
  for (std::size_t i = 0; i < exam.piece.tokens.size(); ++i) {
    const Token& token = exam.piece.tokens[i];
    if (!token.is(WordClass::kCompatible) || exam.piece.used[i] || names_fact(exam, i)) continue;
    const std::optional<Fitting> fitting = check_meant(exam);
    if (!fitting) return;
    const std::string_view value = exam.index.value_text(fitting->leaf);
    const bool denied = exam.piece.negated[i];
    const bool others = of_others(exam, *fitting), unknown = value == "unknown" || others;
    const bool agrees = !unknown && (value == "yes") != denied;
    const Verdict verdict = agrees ? Verdict::kSupported : unknown ? Verdict::kUnsupported : Verdict::kContradicted;
    const std::string why = others ? "no compatibility check was of these two" : fmt::format("the compatibility check says {}", value);
    exam.claim(token.start, token.end, ClaimKind::kCompatibility, verdict, why, {fitting->leaf});
    return;
  }
}

}  // namespace floorwalker::verify
