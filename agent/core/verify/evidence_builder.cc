#include "agent/core/verify/evidence_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "agent/core/text.h"

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
constexpr std::array<std::string_view, 5> kReviewKeys{"review", "reviews", "customer_reviews", "comments", "testimonials"};

bool id_key(std::string_view key) { return one_of(key, kIdKeys) || ends_with(key, "_id") || ends_with(key, "Id") || ends_with(key, "_ids"); }

bool scalar(const JsonNode& node) { return node.type == JsonNode::Type::kString || node.type == JsonNode::Type::kNumber; }

bool long_digits(std::string_view key) {
  return key.size() >= 5 && std::count_if(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; }) >= 4;
}

}  // namespace

EvidenceBuilder::EvidenceBuilder(EvidenceIndex& index, std::uint32_t document)
    : index_(index), document_(document), tree_(index.documents[document]->tree), lexicon_(index.lexicon.data()) {}

void EvidenceBuilder::build() {
  Document& document = *index_.documents[document_];
  document.first_leaf = static_cast<std::uint32_t>(index_.leaves.size());
  Place root;
  root.third_party = document.trust == Trust::kThirdParty;
  walk(0, root);
  document.last_leaf = static_cast<std::uint32_t>(index_.leaves.size());
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
    if (!label && one_of(tree_[at].key, kLabelKeys) && tree_[at].type == JsonNode::Type::kString) label = at;
    else if (!value && one_of(tree_[at].key, kValueKeys)) value = at;
    else ++others;
  }
  if (!label || !value || others > 4) return false;
  if (others > 0 && tree_.child(node, "id")) return false;
  Place inner = below(place, tree_[label].text);
  inner.key = tree_[label].text;
  if (tree_[value].type == JsonNode::Type::kObject) {  // by the thing: {"P-17": "1.2 kg", "P-18": null}
    for (std::uint32_t at = tree_[value].first_child; at; at = tree_[at].next) {
      Place of_thing = inner;
      const auto thing = index_.entity_of_id.find(normal_identifier(tree_[at].key));
      if (thing != index_.entity_of_id.end()) of_thing.entity = thing->second;
      else of_thing = below(inner, tree_[at].key);
      walk(at, of_thing);
    }
  } else {
    walk(value, inner);
  }
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    if (at != label && at != value) walk(at, below(inner, tree_[at].key));
  }
  return true;
}

EvidenceBuilder::Place EvidenceBuilder::below(const Place& place, std::string_view key) const {
  Place inner = place;
  inner.unit = {};
  if (key.empty()) return inner;
  inner.key = key;
  inner.third_party = place.third_party || one_of(key, kReviewKeys);
  if (one_of(key, kStructural)) return inner;
  for (Concept word : name_words(key, index_.concepts)) {
    if (std::find(inner.attribute.begin(), inner.attribute.end(), word) == inner.attribute.end()) inner.attribute.push_back(word);
    inner.money = inner.money || (lexicon_.classes_of(word) & bit(WordClass::kMoney));
  }
  inner.minor = ends_with(key, "_minor") || ends_with(key, "_cents") || key == "minor";
  inner.money = inner.money || inner.minor;
  return inner;
}

void EvidenceBuilder::walk_object(std::uint32_t node, Place place) {
  if (walk_pair(node, place)) return;
  const EntityIndex before = place.entity;
  place.entity = entity_for(node, place);
  if (place.entity != before) {
    place.attribute.clear();
    place.money = false;
  }
  const std::uint32_t first = tree_[node].first_child;
  if (first && tree_[first].type == JsonNode::Type::kObject && long_digits(tree_[first].key)) add_collection(node, place);
  std::string_view unit;
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    const std::string_view key = tree_[at].key;
    if (tree_[at].type == JsonNode::Type::kString && (key == "unit" || ends_with(key, "_unit") || key == "currency" || key == "currency_code")) unit = tree_[at].text;
  }
  for (std::uint32_t at = tree_[node].first_child; at; at = tree_[at].next) {
    Place inner = below(place, tree_[at].key);
    inner.unit = unit;
    const bool is_map_of_things = tree_[at].type == JsonNode::Type::kObject && long_digits(tree_[at].key);
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
  made.name = name_words(tree_[node].key, index_.concepts);
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
  std::size_t rank = kIdKeys.size() + 1;
  std::uint32_t name = 0;
  int scalars = 0;
  for (std::uint32_t at = tree_[object].first_child; at; at = tree_[at].next) {
    scalars += scalar(tree_[at]) || tree_[at].type == JsonNode::Type::kBool;
    if (!scalar(tree_[at])) continue;
    const std::string_view key = tree_[at].key;
    std::size_t found = static_cast<std::size_t>(std::find(kIdKeys.begin(), kIdKeys.end(), key) - kIdKeys.begin());
    if (found == kIdKeys.size() && !ends_with(key, "_id")) found = kIdKeys.size() + 1;
    if (found < rank && !tree_[at].text.empty()) {
      rank = found;
      identity = at;
    }
    if (!name && one_of(key, kNameKeys)) name = at;
  }
  const bool in_list = tree_[tree_[object].parent].type == JsonNode::Type::kArray;
  const bool in_map = !in_list && long_digits(tree_[object].key);
  EntityIndex entity = place.entity;
  const bool weak_identity = identity && rank == kIdKeys.size() && scalars > 1 && !in_list && object != 0;
  if (identity && !weak_identity) entity = make_entity(tree_[identity].text, place.entity);
  else if (in_map) entity = make_entity(tree_[object].key, place.entity);
  else if (in_list && (name || scalars > 1)) entity = make_entity({}, place.entity);
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
    const auto found = index_.entity_of_id.find(key);
    if (found != index_.entity_of_id.end()) entity = found->second;
  }
  if (entity == 0) {
    entity = static_cast<EntityIndex>(index_.entities.size());
    index_.entities.emplace_back();
    index_.entities.back().id = std::string(id);
    if (!key.empty()) index_.entity_of_id.emplace(key, entity);
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
    if (tree_[at].type != JsonNode::Type::kString || !one_of(tree_[at].key, kNameKeys)) continue;
    add_name(entity, tree_[at].text);
    if (!brand.empty()) add_name(entity, std::string(brand) + " " + std::string(tree_[at].text));
  }
}

void EvidenceBuilder::add_name(EntityIndex entity, std::string_view name) {
  std::vector<Concept> words;
  for (const Token& token : tokenise(name, index_.concepts)) words.push_back(token.concept_id);
  auto& names = index_.entities[entity].names;
  if (words.empty() || words.size() > 40 || std::find(names.begin(), names.end(), words) != names.end()) return;
  const auto position = static_cast<std::uint16_t>(names.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    index_.by_name[words[i]].push_back({entity, position, static_cast<std::uint16_t>(i)});
  }
  names.push_back(std::move(words));
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
  leaf.money = place.money;
  leaf.trust = place.third_party ? Trust::kThirdParty : index_.documents[document_]->trust;
  leaf.first_number = static_cast<std::uint32_t>(index_.numbers.size());
  leaf.identifier = id_key(place.key) || (place.key == "orders" && scalar(source));
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
}

void EvidenceBuilder::index_leaf(std::uint32_t leaf) {
  Leaf& made = index_.leaves[leaf];
  made.numbers = static_cast<std::uint32_t>(index_.numbers.size()) - made.first_number;
  for (Concept word : made.attribute) index_.by_attribute[word].push_back(leaf);
  std::uint16_t position = 0;
  for (Concept word : made.words) index_.by_word[word].push_back({leaf, position++});
  index_.entities[made.entity].leaves.push_back(leaf);
}

void EvidenceBuilder::add_text(std::uint32_t leaf, const Place& place) {
  const std::string_view text = tree_[index_.leaves[leaf].node].text;
  const std::string readable = text.find('_') != std::string_view::npos && text.size() < 60 ? text::spaced(text) : plain_spaces(text);
  const std::vector<Token> tokens = tokenise(readable, index_.concepts);
  Leaf& target = index_.leaves[leaf];
  target.words.reserve(tokens.size());
  for (const Token& token : tokens) {
    if (target.words.size() >= 4000) break;
    target.words.push_back(token.concept_id);
  }
  if (!tokens.empty()) {
    const std::string& first = tokens[0].folded;
    const bool alone = tokens.size() == 1 || tokens[1].gap != ' ';
    target.yes = (first == "yes" || first == "true") && alone;
    target.no = (first == "no" || first == "false") && (alone || (tokens.size() <= 3 && tokens[1].folded != "longer" && tokens[1].folded != "more"));
  }
  if (target.identifier || looks_like_identifier(text)) index_identifier(leaf, text);
  for (const Token& token : tokens) {
    if (token.folded.size() >= 7 && looks_like_identifier(token.folded)) index_identifier(leaf, token.folded);
  }
  for (const Date& date : find_dates(readable, tokens, lexicon_)) index_.dates.emplace_back(date, leaf);
  add_parts(leaf, tokens);
  if (index_.leaves[leaf].identifier) return;
  const std::vector<Number> numbers = find_numbers(readable, tokens, lexicon_);
  for (const Number& number : numbers) {
    EvidenceNumber found{number, leaf, {}};
    if (place.money && number.bare()) {
      found.number.money = true;
      found.number.minor = std::llround(number.value * 100);
      if (const auto currency = Currency::parse(place.unit)) found.number.currency = *currency;
    } else if (number.bare() && !place.unit.empty() && numbers.size() == 1) {
      if (const auto unit = find_unit(place.unit)) found.number.unit = *unit;
    }
    const auto in_number = [&](std::size_t token) {
      return std::any_of(numbers.begin(), numbers.end(), [&](const Number& other) { return other.start != number.start && other.first_token <= token && token <= other.last_token; });
    };
    for (std::size_t i = number.first_token; i-- > 0 && number.first_token - i <= 4;) {
      if (in_number(i)) break;
      if (tokens[i + 1].gap == ',' || tokens[i + 1].gap == '\n' || tokens[i + 1].gap == ';' || tokens[i + 1].gap == '.') break;
      found.near.push_back(tokens[i].concept_id);
    }
    for (std::size_t i = number.last_token + 1; i < tokens.size() && i - number.last_token <= 6; ++i) {
      if (in_number(i)) break;
      if (tokens[i].gap == ',' || tokens[i].gap == '\n' || tokens[i].gap == ';' || tokens[i].gap == '.') break;
      found.near.push_back(tokens[i].concept_id);
    }
    index_number(std::move(found));
  }
}

void EvidenceBuilder::add_number(std::uint32_t leaf, const Place& place) {
  const std::string_view text = tree_[index_.leaves[leaf].node].text;
  if (index_.leaves[leaf].identifier || (text.size() >= 9 && text.find('.') == std::string_view::npos)) {
    index_.leaves[leaf].words.push_back(index_.concepts.intern(std::string(text)));
    index_identifier(leaf, text);
    return;
  }
  EvidenceNumber found;
  found.leaf = leaf;
  found.number.value = std::strtod(std::string(text).c_str(), nullptr);
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
    for (const Token& token : tokenise(place.unit, index_.concepts)) found.near.push_back(token.concept_id);
  } else if (const std::size_t underscore = place.key.rfind('_'); underscore != std::string_view::npos && place.key.size() - underscore > 1) {
    const std::string_view suffix = place.key.substr(underscore + 1);
    const auto unit = suffix == "a" || suffix == "in" || suffix == "to" || suffix == "t" ? std::nullopt : find_unit(suffix);
    if (unit) found.number.unit = *unit;
  }
  index_.leaves[leaf].words.push_back(index_.concepts.intern(std::string(text)));
  index_number(std::move(found));
}

void EvidenceBuilder::add_parts(std::uint32_t leaf, const std::vector<Token>& tokens) {
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
      index_.by_part[tokens[start].concept_id].push_back({leaf, static_cast<std::uint16_t>(start), static_cast<std::uint16_t>(length)});
    }
    start = i;
  }
  if (tokens.empty() || tokens.size() > 4) return;
  for (const Token& token : tokens) joined += token.folded;
  if (joined.size() >= 3) index_.joined_values[joined].push_back(leaf);
}

void EvidenceBuilder::index_number(EvidenceNumber number) {
  const auto at = static_cast<std::uint32_t>(index_.numbers.size());
  index_.numbers_of[number_kind(number.number)].push_back(at);
  index_.numbers.push_back(std::move(number));
}

void EvidenceBuilder::index_identifier(std::uint32_t leaf, std::string_view text) {
  auto& leaves = index_.identifiers[normal_identifier(text)];
  if (leaves.empty() || leaves.back() != leaf) leaves.push_back(leaf);
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
