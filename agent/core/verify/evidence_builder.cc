#include "agent/core/verify/evidence_builder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "agent/core/answers_json.h"
#include "agent/core/guardrails/injection.h"
#include "agent/core/guardrails/neutral.h"
#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::verify {
namespace {

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Keys that give an object its identity, most specific first.
constexpr std::array<std::string_view, 12> kIdKeys{"id", "item_id", "variant_id", "variantId", "line_id", "sku",
                                                   "order_id", "orderId", "product_id", "productId", "asin", "code"};
constexpr std::array<std::string_view, 8> kNameKeys{"name", "title", "product_name", "productName", "product_title", "model", "a_title", "for_title"};
// Keys that say nothing about what a value means.
constexpr std::array<std::string_view, 30> kStructural{
    "value", "values", "details", "specifications", "specs", "attributes", "data", "result", "results", "content", "text", "normalized_value",
    "string_value", "decimal_value", "detailSpec", "quickSpec", "options", "variants", "products", "product", "items", "lines", "nodes", "edges",
    "node", "props", "properties", "amount_value", "standardized_values", "line"};
constexpr std::array<std::string_view, 8> kLabelKeys{"name", "key", "label", "attribute", "field", "property", "category", "title"};
constexpr std::array<std::string_view, 8> kValueKeys{"value", "values", "val", "display_value", "specifications", "specs", "data", "content"};
constexpr std::array<std::string_view, 4> kTallyKeys{"facets", "facet_counts", "aggregations", "buckets"};
constexpr std::array<std::string_view, 5> kReviewKeys{"review", "reviews", "customer_reviews", "comments", "testimonials"};

// A search's answer repeats its request. What it was to look for may be told; how it was to look says nothing of the shop.
constexpr std::string_view kRequest = "request";
constexpr std::array<std::string_view, 6> kHowToLook{"relax_in_order", "limit", "offset", "sort", "sort_attribute", "broad"};

bool id_key(std::string_view key) { return one_of(key, kIdKeys) || ends_with(key, "_id") || ends_with(key, "Id") || ends_with(key, "_ids"); }

constexpr std::size_t kYearDigits = 4;

// Where "2026-11-24" or "2026-11-24T00:14:05Z", with which a text begins, ends; 0 if it does not. Its month or minute counts nothing: only the
// date as a whole, and its year, are said of a thing.
std::size_t date_end(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return 0;
  }
  if (text.size() == kForm.size() || text[kForm.size()] != 'T') return kForm.size();
  return std::min(text.find_first_not_of("0123456789:.,TZ+-", kForm.size()), text.size());
}

// {"variant": "air-13:16-gb-512-gb"}: the figures in the name of another record are no values.
bool names_record(std::string_view key, std::string_view value) {
  return (key == "variant" || key == "product" || key == "line") && value.find(' ') == std::string_view::npos && value.find_first_of("-:_/") != std::string_view::npos;
}

bool scalar(const JsonNode& node) { return node.type == JsonNode::Type::kString || node.type == JsonNode::Type::kNumber; }

constexpr std::size_t kLongestName = 40;  // words of a title that name it
constexpr std::size_t kShortestName = 3;

// Where the specifications of a title begin: "Perfection V600 Photo | 6400 x 9600 DPI Flatbed scanner". What stands before is a whole name, too.
std::size_t specifications(const std::vector<Token>& title) {
  for (std::size_t i = kShortestName; i + 1 < title.size(); ++i) {
    const bool figure = title[i].digits && title[i].folded.find_first_not_of("0123456789.,") == std::string::npos;
    if (figure && (title[i + 1].folded == "x" || find_unit(title[i + 1].folded))) return i;
  }
  return title.size();
}

bool long_digits(std::string_view key) {
  return key.size() >= 5 && std::count_if(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; }) >= 4;
}

KeyFacts read_key(std::string_view key) {
  KeyFacts facts;
  facts.read = true;
  facts.structural = one_of(key, kStructural);
  facts.label = one_of(key, kLabelKeys);
  facts.value = one_of(key, kValueKeys);
  facts.name = one_of(key, kNameKeys);
  facts.review = one_of(key, kReviewKeys);
  facts.tally = one_of(key, kTallyKeys);
  facts.identifier = id_key(key);
  facts.long_digits = long_digits(key);
  const auto rank = static_cast<std::size_t>(std::find(kIdKeys.begin(), kIdKeys.end(), key) - kIdKeys.begin());
  if (rank < kIdKeys.size() || ends_with(key, "_id")) facts.id_rank = static_cast<std::uint8_t>(rank);
  facts.minor = ends_with(key, "_minor") || ends_with(key, "_cents") || key == "minor";
  return facts;
}

}  // namespace

EvidenceBuilder::EvidenceBuilder(EvidenceIndex& index, std::uint32_t document)
    : index_(index), document_(document), tree_(index.documents[document]->tree), lexicon_(index.lexicon.data()) {}

void EvidenceBuilder::build() {
  Document& document = *index_.documents[document_];
  read_keys();
  read_unmet();
  document.first_leaf = static_cast<std::uint32_t>(index_.leaves.size());
  Place root;
  root.third_party = document.trust == Trust::kThirdParty;
  walk(0, root);
  document.last_leaf = static_cast<std::uint32_t>(index_.leaves.size());
}

std::uint32_t EvidenceBuilder::read(std::string_view key) {
  const std::uint32_t at = index_.keys.position(key);
  if (!index_.keys.value(at).read) index_.keys.value(at) = read_key(key);
  return at;
}

// Looks up every key of the document once.
void EvidenceBuilder::read_keys() {
  key_of_.reserve(tree_.nodes().size());
  for (const JsonNode& node : tree_.nodes()) key_of_.push_back(read(node.key));
}

// A search tells which of the conditions asked for it set aside: they are a wish, and say nothing of what was found.
void EvidenceBuilder::read_unmet() {
  for (const std::string_view list : {"unfilterable", "relaxed"}) {
    const std::uint32_t conditions = tree_[0].type == JsonNode::Type::kObject ? tree_.child(0, list) : 0;
    if (!conditions || tree_[conditions].type != JsonNode::Type::kArray) continue;
    for (std::uint32_t at = tree_[conditions].first_child; at; at = tree_[at].next) {
      const std::uint32_t field = tree_[at].type == JsonNode::Type::kObject ? tree_.child(at, "field") : 0;
      if (field && tree_[field].type == JsonNode::Type::kString) unmet_.push_back(tree_[field].text);
    }
  }
}

// The key with its words, each once, which only keys that mean something have.
const KeyFacts& EvidenceBuilder::worded(std::uint32_t known_as) {
  KeyFacts& facts = index_.keys.value(known_as);
  if (facts.worded) return facts;
  concepts_.clear();
  facts.money = facts.minor;
  for (Concept word : name_words(index_.keys.word(index_.keys.entries()[known_as]), index_.concepts)) {
    if (std::find(concepts_.begin(), concepts_.end(), word) == concepts_.end()) concepts_.push_back(word);
    facts.money = facts.money || (lexicon_.classes_of(word) & bit(WordClass::kMoney));
  }
  facts.words = index_.arena.keep(concepts_);
  facts.worded = true;
  return facts;
}

Words EvidenceBuilder::own_words(std::uint32_t known_as) {
  if (!index_.keys.value(known_as).told) {
    const std::string readable = text::spaced(index_.keys.word(index_.keys.entries()[known_as]));
    tokenise(readable, index_.concepts, tokens_);
    concepts_.clear();
    for (const Token& token : tokens_) concepts_.push_back(token.concept_id);
    index_.keys.value(known_as).own = index_.arena.keep(concepts_);
    index_.keys.value(known_as).told = true;
  }
  return index_.keys.value(known_as).own;
}

void EvidenceBuilder::walk(std::uint32_t node, const Place& place) {
  switch (tree_[node].type) {
    case JsonNode::Type::kObject: walk_object(node, place); return;
    case JsonNode::Type::kArray: walk_array(node, place); return;
    default: add_leaf(node, place); return;
  }
}

// {"name": "Weight", "value": "205 g"}: a label and its value rather than a thing with a name.
bool EvidenceBuilder::walk_pair(std::uint32_t node, const Place& place) {
  std::uint32_t label = 0;
  std::uint32_t value = 0;
  int others = 0;
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    if (!label && facts(at).label && tree_[at].type == JsonNode::Type::kString) label = at;
    else if (!value && facts(at).value) value = at;
    else ++others;
  }
  if (!label || !value || others > 4) return false;
  if (others > 0 && tree_.child(node, "id")) return false;
  const std::uint32_t known_as = read(tree_[label].text);
  Place inner = below(place, tree_[label].text, known_as);
  inner.key = tree_[label].text;
  inner.own = own_words(known_as);
  inner.identifier = index_.keys.value(known_as).identifier;
  inner.asked = tree_[label].key == "field" && std::find(unmet_.begin(), unmet_.end(), tree_[label].text) != unmet_.end();
  if (tree_[value].type == JsonNode::Type::kObject) {  // by the thing: {"P-17": "1.2 kg", "P-18": null}
    for (std::uint32_t at = tree_[value].first_child; at; at = tree_[at].next) {
      Place of_thing = inner;
      const EntityIndex* thing = index_.entity_of_id.find(normal_identifier(tree_[at].key));
      if (thing) of_thing.entity = *thing;
      else of_thing = below(inner, at);
      walk(at, of_thing);
    }
  } else {
    walk(value, inner);
  }
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    if (at != label && at != value) walk(at, below(inner, at));
  }
  return true;
}

EvidenceBuilder::Place EvidenceBuilder::below(const Place& place, std::string_view key, std::uint32_t known_as) {
  Place inner = place;
  inner.unit = {};
  if (key.empty()) return inner;
  inner.key = key;
  inner.own = own_words(known_as);
  inner.identifier = index_.keys.value(known_as).identifier;
  inner.third_party = place.third_party || index_.keys.value(known_as).review;
  inner.tally = place.tally || index_.keys.value(known_as).tally;
  if (index_.keys.value(known_as).structural) return inner;
  const KeyFacts& facts = worded(known_as);
  if (place.attribute.empty()) {
    inner.attribute = facts.words;
  } else {
    concepts_.assign(place.attribute.begin(), place.attribute.end());
    for (Concept word : facts.words) {
      if (std::find(concepts_.begin(), concepts_.end(), word) == concepts_.end()) concepts_.push_back(word);
    }
    if (concepts_.size() > place.attribute.size()) inner.attribute = index_.arena.keep(concepts_);
  }
  inner.minor = facts.minor;
  inner.money = place.money || facts.money;
  return inner;
}

void EvidenceBuilder::walk_object(std::uint32_t node, Place place) {
  if (walk_pair(node, place)) return;
  const EntityIndex before = place.entity;
  place.entity = entity_for(node, place);
  if (place.entity != before) {
    place.attribute = {};
    place.money = false;
  }
  const std::uint32_t first = tree_[node].first_child;
  if (first && tree_[first].type == JsonNode::Type::kObject && facts(first).long_digits) add_collection(node, place);
  std::string_view unit;
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    const std::string_view key = tree_[at].key;
    if (tree_[at].type == JsonNode::Type::kString && (key == "unit" || ends_with(key, "_unit") || key == "currency" || key == "currency_code")) unit = tree_[at].text;
  }
  const bool repeats = tree_[node].key == kRequest && tree_[node].parent == 0;
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    if (repeats && one_of(tree_[at].key, kHowToLook)) continue;
    Place inner = below(place, at);
    inner.unit = unit;
    const bool is_map_of_things = tree_[at].type == JsonNode::Type::kObject && facts(at).long_digits;
    if (is_map_of_things) inner.attribute = place.attribute;
    walk(at, inner);
  }
}

// Whether a member says that it can be bought: nothing, yes or no.
std::optional<bool> EvidenceBuilder::says_available(std::uint32_t member) const {
  for (std::string_view key : {"available", "in_stock", "availability", "is_available"}) {
    const std::uint32_t at = tree_[member].type == JsonNode::Type::kObject ? tree_.child(member, key) : 0;
    if (!at) continue;
    if (tree_[at].type == JsonNode::Type::kBool) return tree_[at].truth;
    if (tree_[at].type == JsonNode::Type::kString) return tree_[at].text == "in_stock" || tree_[at].text == "low_stock" || tree_[at].text == "InStock";
  }
  return std::nullopt;
}

void EvidenceBuilder::add_collection(std::uint32_t node, const Place& place) {
  Collection made;
  made.document = document_;
  made.node = node;
  made.owner = place.entity;
  made.name = worded(key_of_[node]).words;
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    ++made.count;
    if (const auto available = says_available(at)) {
      made.says_available = true;
      made.available += *available;
    }
  }
  const std::uint32_t above = tree_[node].parent;
  if (above != node && tree_[above].type == JsonNode::Type::kObject) {
    if (const std::uint32_t complete = tree_.child(above, "complete")) made.complete = tree_[complete].truth;
    if (const std::uint32_t least = tree_.child(above, "at_least")) made.at_least = tree_[least].truth;
    for (std::string_view key : {"total", "total_count", "totalCount", "count", "total_results"}) {
      const std::uint32_t total = tree_.child(above, key);
      if (total && tree_[total].type == JsonNode::Type::kNumber && made.total < 0) made.total = std::atoll(std::string(tree_[total].text).c_str());
    }
    if (made.total > static_cast<std::int64_t>(made.count)) made.complete = false;
  }
  index_.collections.push_back(std::move(made));
}

void EvidenceBuilder::walk_array(std::uint32_t node, const Place& place) {
  if (!tree_[node].key.empty()) add_collection(node, place);
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) walk(at, place);
}

EntityIndex EvidenceBuilder::entity_for(std::uint32_t object, const Place& place) {
  std::uint32_t identity = 0;
  std::uint8_t rank = UINT8_MAX;
  std::uint32_t name = 0;
  int scalars = 0;
  for (std::uint32_t at = tree_[object].first_child; at; at = tree_[at].next) {
    scalars += scalar(tree_[at]) || tree_[at].type == JsonNode::Type::kBool;
    if (!scalar(tree_[at])) continue;
    if (facts(at).id_rank < rank && !tree_[at].text.empty()) {
      rank = facts(at).id_rank;
      identity = at;
    }
    if (!name && facts(at).name) name = at;
  }
  const bool in_list = tree_[tree_[object].parent].type == JsonNode::Type::kArray;
  const bool in_map = !in_list && facts(object).long_digits;
  EntityIndex entity = place.entity;
  const bool weak_identity = identity && rank == kIdKeys.size() && scalars > 1 && !in_list && object != 0;
  if (identity && !weak_identity) entity = make_entity(tree_[identity].text, place.entity);
  else if (in_map) entity = make_entity(tree_[object].key, place.entity);
  else if (in_list && (name || (scalars > 1 && !tree_.child(object, "value")))) entity = make_entity({}, place.entity);
  else if (name && object == 0) entity = make_entity({}, 0);
  name_entity(entity, object);
  if (entity == 0) return entity;
  for (std::uint32_t at = tree_[object].first_child; at; at = tree_[at].next) {
    if (at != identity && scalar(tree_[at]) && (tree_[at].key == "product_id" || tree_[at].key == "productId" || tree_[at].key == "product")) {
      link(make_entity(tree_[at].text, 0), entity);
    }
    if (at != identity && scalar(tree_[at]) && (tree_[at].key == "item_id" || tree_[at].key == "variant_id" || tree_[at].key == "variant")) {
      link(entity, make_entity(tree_[at].text, 0));
    }
  }
  return entity;
}

EntityIndex EvidenceBuilder::make_entity(std::string_view id, EntityIndex parent) {
  const std::string key = normal_identifier(id);
  EntityIndex entity = 0;
  if (!key.empty()) {
    if (const EntityIndex* found = index_.entity_of_id.find(key)) entity = *found;
  }
  if (entity == 0) {
    entity = static_cast<EntityIndex>(index_.entities.size());
    index_.entities.emplace_back();
    index_.entities.back().id = std::string(id);
    if (!key.empty()) *index_.entity_of_id.emplace(key).first = entity;
  }
  link(parent, entity);
  return entity;
}

void EvidenceBuilder::link(EntityIndex parent, EntityIndex child) {
  if (parent == child || child == 0) return;
  auto& children = index_.entities[parent].children;
  if (std::find(children.begin(), children.end(), child) != children.end()) return;
  children.push_back(child);
  index_.entities[child].parents.push_back(parent);
}

void EvidenceBuilder::name_entity(EntityIndex entity, std::uint32_t object) {
  if (entity == 0) return;
  std::string_view brand;
  if (const std::uint32_t at = tree_.child(object, "brand")) brand = tree_[at].text;
  for (std::uint32_t at = tree_[object].first_child; at; at = tree_[at].next) {
    if (tree_[at].type != JsonNode::Type::kString || !facts(at).name) continue;
    add_name(entity, tree_[at].text);
    if (!brand.empty()) add_name(entity, std::string(brand) + " " + std::string(tree_[at].text));
  }
}

void EvidenceBuilder::add_name(EntityIndex entity, std::string_view name) {
  tokenise(name, index_.concepts, tokens_);
  if (tokens_.size() > kLongestName) tokens_.resize(kLongestName);
  if (tokens_.empty()) return;
  concepts_.clear();
  for (const Token& token : tokens_) concepts_.push_back(token.concept_id);
  const std::size_t short_end = specifications(tokens_);
  keep_name(entity);
  if (short_end == tokens_.size()) return;
  concepts_.resize(short_end);
  keep_name(entity);
}

// Adds `concepts_` to the names of the entity.
void EvidenceBuilder::keep_name(EntityIndex entity) {
  auto& names = index_.entities[entity].names;
  const bool known = std::any_of(names.begin(), names.end(), [&](Words other) { return std::ranges::equal(other, concepts_); });
  if (known) return;
  const auto position = static_cast<std::uint16_t>(names.size());
  names.push_back(index_.arena.keep(concepts_));
  for (std::size_t i = 0; i < concepts_.size(); ++i) {
    index_.by_name.add(index_.concepts.slot(concepts_[i]), {entity, position, static_cast<std::uint16_t>(i)});
  }
}

// Prices, totals and what is in stock, as our tools tell them: all but what was paid or is promised once and for all.
bool EvidenceBuilder::ages(std::uint32_t leaf) const {
  static constexpr std::string_view kStock[] = {"availability", "stock", "available", "in_stock"};
  const Leaf& fact = index_.leaves[leaf];
  const std::string& tool = index_.documents[document_]->tool;
  if (tool.empty() || tool.find("order") != std::string::npos || tool.find("polic") != std::string::npos) return false;
  if (std::find(std::begin(kStock), std::end(kStock), fact.key) != std::end(kStock)) return true;
  if (fact.key == "what") return true;   // "cheapest"
  if (fact.key == "winner") {
    const std::uint32_t axis = tree_.child(tree_[fact.node].parent, "name");
    return axis != 0 && tree_[axis].text == "price";
  }
  if (fact.numbers != 1 || !index_.numbers[fact.first_number].number.money) return false;
  return fact.kind == Leaf::Kind::kNumber || (fact.kind == Leaf::Kind::kText && money_from_text(tree_[fact.node].text));
}

void EvidenceBuilder::add_leaf(std::uint32_t node, const Place& place) {
  const JsonNode& source = tree_[node];
  const auto leaf_index = static_cast<std::uint32_t>(index_.leaves.size());
  Leaf leaf;
  leaf.document = document_;
  leaf.node = node;
  leaf.entity = place.entity;
  leaf.key = place.key;
  leaf.attribute = place.attribute;
  leaf.own = place.own;
  leaf.money = place.money;
  leaf.tally = place.tally;
  leaf.trust = place.asked ? Trust::kShopper : place.third_party ? Trust::kThirdParty : index_.documents[document_]->trust;
  leaf.first_number = static_cast<std::uint32_t>(index_.numbers.size());
  leaf.identifier = place.identifier || (place.key == "orders" && scalar(source));
  switch (source.type) {
    case JsonNode::Type::kBool:
      leaf.kind = Leaf::Kind::kBool;
      (source.truth ? leaf.yes : leaf.no) = true;
      break;
    case JsonNode::Type::kNumber: leaf.kind = Leaf::Kind::kNumber; break;
    case JsonNode::Type::kString: leaf.kind = Leaf::Kind::kText; break;
    default: leaf.kind = Leaf::Kind::kNull; break;
  }
  const Leaf::Kind kind = leaf.kind;
  index_.leaves.push_back(std::move(leaf));
  if (kind == Leaf::Kind::kText) add_text(leaf_index, place);
  if (kind == Leaf::Kind::kNumber) add_number(leaf_index, place);
  index_leaf(leaf_index);
  index_.leaves[leaf_index].ages = ages(leaf_index);
}

void EvidenceBuilder::index_leaf(std::uint32_t leaf) {
  Leaf& made = index_.leaves[leaf];
  made.numbers = static_cast<std::uint32_t>(index_.numbers.size()) - made.first_number;
  made.called = groups_of(made.attribute) | groups_of(made.own);
  for (std::uint32_t i = made.first_number; i < made.first_number + made.numbers; ++i) index_.numbers[i].groups |= made.called;
  for (Concept word : made.attribute) index_.by_attribute.add(index_.concepts.slot(word), leaf);
  std::uint16_t position = 0;
  for (Concept word : made.words) index_.by_word.add(index_.concepts.slot(word), {leaf, position++});
  index_.entities[made.entity].leaves.push_back(leaf);
}

void EvidenceBuilder::add_text(std::uint32_t leaf, const Place& place) {
  constexpr std::size_t kMostWords = 4000;
  const std::string_view told = tree_[index_.leaves[leaf].node].text;
  const std::string about = told.starts_with(guardrails::kQuotedLabel) ? guardrails::unmarked(told) : std::string();   // what it tells its reader proves nothing
  const std::string_view text = told.starts_with(guardrails::kQuotedLabel) ? std::string_view(about) : told;
  const std::string readable = text.find('_') != std::string_view::npos && text.size() < 60 ? text::spaced(text) : plain_spaces(text);
  tokenise(readable, index_.concepts, tokens_);
  concepts_.clear();
  const bool only_date = !readable.empty() && date_end(readable) == readable.size();
  for (std::size_t i = 0; i < tokens_.size() && i < (only_date ? 1 : kMostWords); ++i) concepts_.push_back(tokens_[i].concept_id);
  Leaf& target = index_.leaves[leaf];
  target.words = index_.arena.keep(concepts_);
  if (!tokens_.empty()) {
    const std::string& first = tokens_[0].folded;
    const bool alone = tokens_.size() == 1 || tokens_[1].gap != ' ';
    target.yes = (first == "yes" || first == "true") && alone;
    target.no = (first == "no" || first == "false") && (alone || (tokens_.size() <= 3 && tokens_[1].folded != "longer" && tokens_[1].folded != "more"));
  }
  if (target.identifier || looks_like_identifier(text)) index_identifier(leaf, text);
  for (const Token& token : tokens_) {
    if (token.digits && token.folded.size() >= 7 && looks_like_identifier(token.folded)) index_identifier(leaf, token.folded);
  }
  for (const Date& date : find_dates(readable, tokens_, lexicon_)) index_.dates.emplace_back(date, leaf);
  if (!only_date) add_parts(leaf);
  if (!index_.leaves[leaf].identifier && !names_record(place.key, text)) add_numbers(leaf, place, readable);
}

void EvidenceBuilder::add_numbers(std::uint32_t leaf, const Place& place, std::string_view readable) {
  std::vector<Number> numbers = find_numbers(readable, tokens_, lexicon_);
  if (const std::size_t end = date_end(readable); end > 0) std::erase_if(numbers, [&](const Number& number) { return number.start >= kYearDigits && number.start < end; });
  for (const Number& number : numbers) {
    EvidenceNumber found{number, leaf, {}, 0};
    if (place.money && number.bare()) {
      found.number.money = true;
      found.number.minor = std::llround(number.value * 100);
      if (const auto currency = Currency::parse(place.unit)) found.number.currency = *currency;
    } else if (number.bare() && !place.unit.empty() && numbers.size() == 1) {
      if (const auto unit = find_unit(place.unit)) found.number.unit = *unit;
    }
    found.near = words_beside(numbers, number);
    index_number(std::move(found));
  }
}

// The words before and after a number, up to the next number or mark.
Words EvidenceBuilder::words_beside(const std::vector<Number>& numbers, const Number& number) {
  const auto in_number = [&](std::size_t token) {
    return std::any_of(numbers.begin(), numbers.end(), [&](const Number& other) { return other.start != number.start && other.first_token <= token && token <= other.last_token; });
  };
  const auto marked = [&](std::size_t token) {
    const char gap = tokens_[token].gap;
    return gap == ',' || gap == '\n' || gap == ';' || gap == '.';
  };
  concepts_.clear();
  for (std::size_t i = number.first_token; i-- > 0 && number.first_token - i <= 4;) {
    if (in_number(i) || marked(i + 1)) break;
    concepts_.push_back(tokens_[i].concept_id);
  }
  for (std::size_t i = number.last_token + 1; i < tokens_.size() && i - number.last_token <= 6; ++i) {
    if (in_number(i) || marked(i)) break;
    concepts_.push_back(tokens_[i].concept_id);
  }
  return index_.arena.keep(concepts_);
}

void EvidenceBuilder::add_number(std::uint32_t leaf, const Place& place) {
  const std::string_view text = tree_[index_.leaves[leaf].node].text;
  if (index_.leaves[leaf].identifier || (text.size() >= 9 && text.find('.') == std::string_view::npos)) {
    concepts_.assign(1, index_.concepts.intern(text).id);
    index_.leaves[leaf].words = index_.arena.keep(concepts_);
    index_identifier(leaf, text);
    return;
  }
  EvidenceNumber found;
  found.leaf = leaf;
  std::from_chars(text.data() + (text[0] == '+'), text.data() + text.size(), found.number.value);
  const std::size_t point = text.find('.');
  found.number.decimals = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
  const bool a_currency = place.unit.empty() || Currency::parse(place.unit);
  const bool a_count = place.key.find("total") == 0 && point == std::string_view::npos && place.unit.empty() && !place.minor;
  if (place.money && a_currency && !a_count) {
    found.number.money = true;
    if (const auto currency = Currency::parse(place.unit)) found.number.currency = *currency;
    found.number.minor = place.minor ? std::llround(found.number.value) : std::llround(found.number.value * 100);
    if (place.minor) found.number.value /= 100;
  } else if (!place.unit.empty()) {
    if (const auto unit = find_unit(place.unit)) found.number.unit = *unit;
    tokenise(place.unit, index_.concepts, tokens_);
    concepts_.clear();
    for (const Token& token : tokens_) concepts_.push_back(token.concept_id);
    found.near = index_.arena.keep(concepts_);
  } else if (const std::size_t underscore = place.key.rfind('_'); underscore != std::string_view::npos && place.key.size() - underscore > 1) {
    const std::string_view suffix = place.key.substr(underscore + 1);
    const auto unit = suffix == "a" || suffix == "in" || suffix == "to" || suffix == "t" ? std::nullopt : find_unit(suffix);
    if (unit) found.number.unit = *unit;
  }
  concepts_.assign(1, index_.concepts.intern(text).id);
  index_.leaves[leaf].words = index_.arena.keep(concepts_);
  index_number(std::move(found));
}

void EvidenceBuilder::add_parts(std::uint32_t leaf) {
  const std::vector<Token>& tokens = tokens_;
  constexpr std::size_t kLongest = 8;
  std::string joined;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= tokens.size(); ++i) {
    const bool cut = i == tokens.size() || (i > start && (tokens[i].gap == ',' || tokens[i].gap == ';' || tokens[i].gap == '/' || tokens[i].gap == '\n' ||
                                                          tokens[i].gap == '(' || tokens[i].gap == ')' || tokens[i].gap == '.' || tokens[i].gap == ':' || tokens[i].is(WordClass::kAnd)));
    if (!cut) continue;
    while (start < i && tokens[start].is(WordClass::kStop) && i - start > 1) ++start;
    const std::size_t length = i - start;
    if (length > 0 && length <= kLongest && start < 4000) {
      index_.by_part.add(index_.concepts.slot(tokens[start].concept_id), {leaf, static_cast<std::uint16_t>(start), static_cast<std::uint16_t>(length)});
    }
    start = i;
  }
  if (tokens.empty() || tokens.size() > 4) return;
  for (const Token& token : tokens) joined += token.folded;
  if (joined.size() >= 3) index_.joined_values.add(joined, leaf);
}

void EvidenceBuilder::index_number(EvidenceNumber number) {
  const auto at = static_cast<std::uint32_t>(index_.numbers.size());
  number.groups = groups_of(number.near);
  index_.numbers_of.add(number_kind(number.number), at);
  index_.numbers.push_back(std::move(number));
}

void EvidenceBuilder::index_identifier(std::uint32_t leaf, std::string_view text) {
  const std::string normal = normal_identifier(text);
  const std::uint32_t* last = index_.identifiers.last(normal);
  if (!last || *last != leaf) index_.identifiers.add(normal, leaf);
}

std::string normal_identifier(std::string_view id) {
  while (!id.empty() && (id.front() == '#' || id.front() == '"' || id.front() == '\'' || id.front() == ' ')) id.remove_prefix(1);
  while (!id.empty() && (id.back() == '"' || id.back() == '\'' || id.back() == ' ')) id.remove_suffix(1);
  std::string normal(id);
  std::transform(normal.begin(), normal.end(), normal.begin(), [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return normal;
}

bool looks_like_identifier(std::string_view word) {
  std::size_t digits = 0;
  std::size_t letters = 0;
  bool mark = false;
  for (char c : word) {
    if (c >= '0' && c <= '9') ++digits;
    else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ++letters;
    else if (c == '_' || c == '-' || c == '#') mark = true;
    else return false;
  }
  if (letters == 0) return digits >= 7 && !mark;
  const std::size_t dash = word.find('-');
  const bool counted = dash != std::string_view::npos && std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(dash), [](char c) { return c >= '0' && c <= '9'; });
  if (counted) return false;  // "1500-piece"
  const bool ends_in_digit = !word.empty() && word.back() >= '0' && word.back() <= '9';
  if (word.find('_') != std::string_view::npos && !ends_in_digit) return false;
  return (digits >= 4 && mark) || (digits >= 5 && letters > 0);
}

}  // namespace floorwalker::verify
