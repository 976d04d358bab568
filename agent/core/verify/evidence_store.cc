#include "agent/core/verify/evidence_store.h"

#include <algorithm>
#include <cmath>

#include "agent/core/text.h"
#include "agent/core/verify/evidence_builder.h"
#include "agent/core/verify/evidence_index.h"

namespace floorwalker::verify {
namespace {

std::uint32_t add_document(EvidenceIndex& index, Document document) {
  const auto at = static_cast<std::uint32_t>(index.documents.size());
  index.documents.push_back(std::make_unique<Document>(std::move(document)));
  EvidenceBuilder(index, at).build();
  return at;
}

// A result that says that nothing came of the call: {"error": ...}, "Error: ...".
bool says_error(const Document& document) {
  const JsonTree& tree = document.tree;
  if (tree[0].type == JsonNode::Type::kString) {
    const std::string start = text::fold(tree[0].text.substr(0, 24));
    return start.compare(0, 5, "error") == 0 || start.compare(0, 6, "failed") == 0 || start.compare(0, 9, "exception") == 0;
  }
  if (tree[0].type != JsonNode::Type::kObject) return false;
  for (std::string_view key : {"error", "errors"}) {
    const std::uint32_t at = tree.child(0, key);
    if (at && tree[at].type != JsonNode::Type::kNull && !(tree[at].type == JsonNode::Type::kArray && !tree[at].first_child) &&
        !(tree[at].type == JsonNode::Type::kBool && !tree[at].truth)) {
      return true;
    }
  }
  for (std::string_view key : {"success", "ok"}) {
    const std::uint32_t at = tree.child(0, key);
    if (at && tree[at].type == JsonNode::Type::kBool && !tree[at].truth) return true;
  }
  return false;
}

// Facts that change: the newest result decides them.
bool changes(const Leaf& leaf) {
  if (leaf.ages && (leaf.key == "price" || leaf.key == "compare_at")) return true;
  static constexpr std::string_view kKeys[] = {"status", "stock", "available", "availability", "quantity", "balance", "in_stock", "fulfillment_status"};
  return std::find(std::begin(kKeys), std::end(kKeys), leaf.key) != std::end(kKeys);
}

void supersede_same_call(EvidenceIndex& index, std::uint32_t latest) {
  const Document& document = *index.documents[latest];
  for (std::uint32_t i = 0; i < latest; ++i) {
    Document& older = *index.documents[i];
    if (older.live && !older.tool.empty() && older.tool == document.tool && older.arguments == document.arguments) older.live = false;
  }
}

// A cart as a whole is replaced by the next look at it.
void supersede_carts(EvidenceIndex& index, std::uint32_t latest) {
  const Document& document = *index.documents[latest];
  const auto cart_of = [](const JsonTree& tree) -> std::uint32_t { return tree[0].type == JsonNode::Type::kObject ? tree.child(0, "cart") : 0; };
  const std::uint32_t cart = cart_of(document.tree);
  if (!cart) return;
  for (std::uint32_t i = 0; i < latest; ++i) {
    const Document& older = *index.documents[i];
    const std::uint32_t old_cart = cart_of(older.tree);
    if (!old_cart) continue;
    for (std::uint32_t leaf = older.first_leaf; leaf < older.last_leaf; ++leaf) {
      for (std::uint32_t node = index.leaves[leaf].node; node; node = older.tree[node].parent) {
        if (node == old_cart) index.leaves[leaf].live = false;
      }
    }
  }
}

void supersede_changed(EvidenceIndex& index, std::uint32_t latest) {
  const Document& document = *index.documents[latest];
  for (std::uint32_t leaf = document.first_leaf; leaf < document.last_leaf; ++leaf) {
    const Leaf& now = index.leaves[leaf];
    if (now.entity == 0 || index.entities[now.entity].id.empty() || !changes(now)) continue;
    for (std::uint32_t other : index.entities[now.entity].leaves) {
      Leaf& before = index.leaves[other];
      if (before.document != latest && before.key == now.key && std::equal(before.attribute.begin(), before.attribute.end(), now.attribute.begin(), now.attribute.end())) before.live = false;
    }
  }
}

}  // namespace

EvidenceStore::EvidenceStore(const Lexicon& lexicon) : index_(std::make_unique<EvidenceIndex>(lexicon)) {}
EvidenceStore::EvidenceStore(EvidenceStore&&) noexcept = default;
EvidenceStore& EvidenceStore::operator=(EvidenceStore&&) noexcept = default;
EvidenceStore::~EvidenceStore() = default;

EvidenceStore EvidenceStore::of(const Conversation& conversation, const Lexicon& lexicon) {
  EvidenceStore store(lexicon);
  for (const Message& message : conversation.messages) store.add(message);
  store.set_shown(conversation.memory.shown);
  return store;
}

void EvidenceStore::add(const Message& message) {
  switch (message.role) {
    case Role::kSystem: add_content("system", message.text); break;
    case Role::kShopper: add_shopper(message.text); break;
    case Role::kAssistant:
      if (!message.text.empty()) add_reply(message.text);
      for (const ToolCall& call : message.calls) add_call(call);
      break;
    case Role::kTool: add_result(message.result); break;
  }
}

void EvidenceStore::add_call(const ToolCall& call) {
  CallRecord record;
  record.id = call.id.str();
  record.tool = call.name;
  record.arguments = call.arguments;
  const std::string spaced = text::spaced(call.name);
  for (const text::Word& word : text::words(spaced)) record.tool_stems.push_back(stem_of(word.folded, index_->lexicon.data()));
  index_->calls.push_back(std::move(record));
}

void EvidenceStore::add_result(const ToolResult& result) {
  Document document;
  document.source = result.call.str();
  document.outcome = result.outcome;
  document.observed = result.observed;
  document.tree = JsonTree::parse(result.content);
  CallRecord* call = nullptr;
  for (auto it = index_->calls.rbegin(); it != index_->calls.rend() && !call; ++it) {
    if (it->id == result.call.str() && !it->answered) call = &*it;
  }
  if (call) {
    document.tool = call->tool;
    document.arguments = call->arguments;
  }
  const bool failed = result.outcome != ToolOutcome::kOk || says_error(document);
  if (document.tool.find("review") != std::string::npos) document.trust = Trust::kThirdParty;
  const std::uint32_t at = add_document(*index_, std::move(document));
  if (call) {
    call->answered = true;
    call->outcome = result.outcome;
    call->failed = failed;
    call->document = at;
  }
  if (failed) return;
  supersede_same_call(*index_, at);
  supersede_carts(*index_, at);
  supersede_changed(*index_, at);
}

void EvidenceStore::add_shopper(std::string_view text) {
  Document document;
  document.source = "shopper";
  document.trust = Trust::kShopper;
  document.tree = JsonTree::parse(text);
  add_document(*index_, std::move(document));
}

void EvidenceStore::add_content(std::string_view source, std::string_view text) {
  Document document;
  document.source = std::string(source);
  document.content = true;
  document.tree = JsonTree::parse(text);
  add_document(*index_, std::move(document));
}

void EvidenceStore::add_reply(std::string_view text) { index_->replies.emplace_back(text); }

void EvidenceStore::add_proven(const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    if (claim.kind != ClaimKind::kAmount || claim.verdict != Verdict::kSupported) continue;
    std::vector<Token> tokens;
    tokenise(claim.text, index_->concepts, tokens);
    for (const Number& number : find_numbers(claim.text, tokens, index_->lexicon.data())) {
      const std::int64_t minor = number.money ? number.minor : std::llround(number.value * 100);
      index_->proven.emplace_back(std::llabs(minor), claim.evidence.empty() ? std::string() : claim.evidence.front());
    }
  }
}

void EvidenceStore::count_from(Time fresh) { index_->fresh_from = fresh; }

bool EvidenceStore::has_too_old() const {
  for (std::uint32_t i = 0; i < index_->documents.size(); ++i) {
    if (!index_->documents[i]->tool.empty() && index_->documents[i]->live && index_->too_old(i)) return true;
  }
  return false;
}

bool EvidenceStore::too_old(std::string_view pointer) const {
  const std::string_view call = pointer.substr(0, pointer.find('#'));
  for (std::uint32_t i = 0; i < index_->documents.size(); ++i) {
    if (index_->documents[i]->source == call && !index_->documents[i]->tool.empty() && index_->too_old(i)) return true;
  }
  return false;
}

void EvidenceStore::set_shown(const std::vector<Shown>& shown) {
  index_->shown.clear();
  int turn = 0;
  for (const Shown& one : shown) turn = std::max(turn, one.turn);
  for (const Shown& one : shown) {
    if (one.turn != turn) continue;
    const EntityIndex* entity = index_->entity_of_id.find(normal_identifier(one.product.str()));
    index_->shown.push_back(entity ? *entity : 0);
  }
}

std::vector<Fact> EvidenceStore::facts() const {
  std::vector<Fact> facts;
  for (std::uint32_t leaf = 0; leaf < index_->leaves.size(); ++leaf) {
    const Leaf& from = index_->leaves[leaf];
    if (!index_->usable(leaf) || from.kind == Leaf::Kind::kNull) continue;
    const Document& document = *index_->documents[from.document];
    Fact fact;
    fact.subject = index_->entities[from.entity].id;
    fact.attribute = std::string(from.key);
    fact.source = index_->pointer(leaf);
    fact.observed = document.observed;
    fact.trust = from.trust;
    if (from.kind == Leaf::Kind::kBool) {
      fact.value = from.yes;
    } else if (from.numbers == 1 && index_->numbers[from.first_number].number.money) {
      const Number& number = index_->numbers[from.first_number].number;
      fact.value = Money{number.minor, number.currency};
    } else if (from.kind == Leaf::Kind::kNumber && from.numbers == 1) {
      const Number& number = index_->numbers[from.first_number].number;
      fact.value = Measure{number.value, number.unit};
    } else if (const auto measure = parse_measure(index_->value_text(leaf)); measure && !from.identifier) {
      fact.value = *measure;
    } else {
      fact.value = std::string(index_->value_text(leaf));
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::string EvidenceIndex::pointer(std::uint32_t leaf) const {
  const Document& document = *documents[leaves[leaf].document];
  std::string pointer = document.tree.pointer(leaves[leaf].node);
  pointer.insert(0, 1, '#').insert(0, document.source);
  return pointer;
}

std::string_view EvidenceIndex::value_text(std::uint32_t leaf) const {
  const JsonNode& node = documents[leaves[leaf].document]->tree[leaves[leaf].node];
  return node.type == JsonNode::Type::kBool ? (node.truth ? "yes" : "no") : node.text;
}

std::string EvidenceIndex::title(EntityIndex entity) const {
  for (std::uint32_t leaf : entities[entity].leaves) {
    const std::string_view key = leaves[leaf].key;
    if (key == "title" || key == "name" || key == "product_name") return std::string(value_text(leaf));
  }
  return entities[entity].id;
}

}  // namespace floorwalker::verify
