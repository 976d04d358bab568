#include "tools/search/filter.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "agent/core/text.h"
#include "agent/core/units.h"
#include "tools/search/analysis.h"
#include "tools/search/thesaurus.h"

namespace floorwalker::search {
namespace {

using Op = Constraint::Op;

std::vector<std::string> stems_of(std::string_view text) {
  std::vector<std::string> stems;
  for (const text::Word& word : text::words(text)) stems.push_back(stem_of(word.folded));
  return stems;
}

// A word and its other everyday spellings ("grey", "gray"), to be found among the words of many values.
class Spellings {
 public:
  explicit Spellings(const std::string& word) : any_(everyday_synonyms(word)) { any_.push_back(word); }

  bool has(std::string_view word) const { return std::find(any_.begin(), any_.end(), word) != any_.end(); }

  // Whether one of the words, or its stem, is such a spelling. Stems begin as their words do, so that few words need be stemmed.
  bool among_stems(const std::vector<std::string_view>& words) const {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      const bool alike = std::any_of(any_.begin(), any_.end(), [&](const std::string& one) { return one.substr(0, 2) == word.substr(0, 2); });
      return alike && has(stem_of(std::string(word)));
    });
  }
  bool among(const std::vector<std::string_view>& words) const {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return has(word); });
  }

 private:
  std::vector<std::string> any_;
};

// The words of a text in normal form.
void split_words(std::string_view normal, std::vector<std::string_view>& words) {
  words.clear();
  for (std::size_t at = 0; at < normal.size();) {
    const std::size_t end = std::min(normal.find(' ', at), normal.size());
    words.push_back(normal.substr(at, end - at));
    at = end + 1;
  }
}

// ---- text values ----

// What a constraint says a text, flag or number should equal.
class Wanted {
 public:
  explicit Wanted(const std::string& text) : normal_(normal_form(text)), measure_(parse_measure(text)) {
    for (const text::Word& word : text::words(text)) {
      words_.emplace_back(word.folded);
      stems_.emplace_back(stem_of(word.folded));
    }
    yes_ = normal_ == "yes" || normal_ == "true" || normal_ == "1";
    no_ = normal_ == "no" || normal_ == "false" || normal_ == "0" || normal_ == "none";
  }

  bool exactly(const IndexData& data, const ValueRow& row) const {
    if (row.type == ValueType::kFlag) return (yes_ && row.number != 0) || (no_ && row.number == 0);
    if (row.type == ValueType::kNumber) return measure_ && equals(row);
    const std::string_view text = data.strings[row.text];
    return data.strings[row.folded] == normal_ || (measure_ && measure_->unit.dimension != Dimension::kNone && has_digit(text) && equals_text(text));
  }

  // "grey" for "space grey", "cotton" for "100% cotton".
  bool loosely(const IndexData& data, const ValueRow& row) const {
    if (row.type != ValueType::kText) return false;
    if (yes_ && !data.strings[row.folded].starts_with("no")) return true;
    if (words_.empty()) return false;
    thread_local std::vector<std::string_view> words;
    split_words(data.strings[row.folded], words);
    return std::all_of(words_.begin(), words_.end(), [](const Spellings& one) { return one.among(words); }) ||
           std::all_of(stems_.begin(), stems_.end(), [](const Spellings& one) { return one.among_stems(words); });
  }

  // Sizes and codes mean themselves alone: "S" is not "S/M", "10" is not "10 wide", where the catalogue has them as such.
  bool is_code() const { return normal_.size() <= 3 || has_digit(normal_); }
  bool is_flag() const { return yes_ || no_; }

 private:
  bool equals(const ValueRow& row) const {
    const double wanted = measure_->canonical();
    const bool same_dimension = row.dimension == static_cast<std::uint8_t>(measure_->unit.dimension);
    if (!same_dimension && row.dimension != 0 && measure_->unit.dimension != Dimension::kNone) return false;
    if (!same_dimension) return std::abs(row.shown - measure_->value) <= 0.005 * std::abs(measure_->value);
    // People round and cut lengths: a "15-inch" laptop measures 15.6 inches, a "55 inch" television 54.6.
    if (measure_->unit.dimension == Dimension::kLength && measure_->unit.scale > 1 && measure_->value >= 5 && measure_->value == std::floor(measure_->value)) {
      return row.number > (measure_->value - 0.5) * measure_->unit.scale && row.number < (measure_->value + 0.95) * measure_->unit.scale;
    }
    return std::abs(row.number - wanted) <= 0.01 * std::abs(wanted) + 1e-9;
  }

  bool equals_text(std::string_view text) const {
    const auto other = parse_measure(text);
    return other && same_quantity(*measure_, *other, 0.01);
  }

  std::string normal_;
  std::vector<Spellings> words_, stems_;
  std::optional<Measure> measure_;
  bool yes_ = false, no_ = false;
};

void accept_equal(const IndexData& data, const std::string& text, CompiledConstraint& compiled) {
  const Wanted wanted(text);
  bool any_exact = false;
  const auto each = [&](auto&& test) {
    for (const std::uint32_t field : compiled.fields) {
      for (std::uint32_t value = data.fields[field].first_value; value < data.fields[field + 1].first_value; ++value) {
        if (test(data.values[value])) compiled.accepted[value - compiled.first_value] = true, any_exact = true;
      }
    }
  };
  each([&](const ValueRow& row) { return wanted.exactly(data, row); });
  if (wanted.is_code() && any_exact && !wanted.is_flag()) return;
  each([&](const ValueRow& row) { return wanted.loosely(data, row); });
}

// ---- numbers ----

std::optional<double> number_in(const IndexData& data, const ValueRow& row, const Measure& bound) {
  const Dimension wanted = bound.unit.dimension;
  if (row.type == ValueType::kNumber) {
    if (row.dimension == static_cast<std::uint8_t>(wanted)) return row.number;
    if (row.dimension == 0) return row.shown * bound.unit.scale + bound.unit.offset;  // the shop gives no unit: taken as the shopper's
    if (wanted == Dimension::kNone) return row.shown;                              // the shopper gives none: taken as the shop's
    return std::nullopt;
  }
  if (row.type == ValueType::kFlag || !has_digit(data.strings[row.text])) return std::nullopt;
  for (const MeasureSpan& span : find_measures(data.strings[row.text])) {
    if (span.measure.unit.dimension == wanted) return span.measure.canonical();
    if (span.measure.unit.dimension == Dimension::kNone) return span.measure.value * bound.unit.scale + bound.unit.offset;
    if (wanted == Dimension::kNone) return span.measure.value;
  }
  return std::nullopt;
}

void accept_range(const IndexData& data, const std::optional<Measure>& low, const std::optional<Measure>& high, CompiledConstraint& compiled) {
  // A little slack for what was converted and rounded on the way: 1.5 kg is 3.31 lb.
  const auto slack = [](double bound) { return 0.002 * std::abs(bound); };
  for (const std::uint32_t field : compiled.fields) {
    for (std::uint32_t value = data.fields[field].first_value; value < data.fields[field + 1].first_value; ++value) {
      const auto number = number_in(data, data.values[value], low ? *low : *high);
      if (!number) continue;
      const bool above = !low || *number >= low->canonical() - slack(low->canonical());
      const bool below = !high || *number <= high->canonical() + slack(high->canonical());
      if (above && below) compiled.accepted[value - compiled.first_value] = true;
    }
  }
}

bool is_range(Op op) { return op == Op::kAtMost || op == Op::kAtLeast || op == Op::kBetween; }

// ---- one constraint ----

class Compiler {
 public:
  Compiler(const Lexicon& lexicon, const Constraint& constraint) : lexicon_(lexicon), data_(lexicon.data()) {
    compiled_.source = constraint;
    compiled_.negated = constraint.op == Op::kNot;
  }

  CompiledConstraint run() {
    const Constraint& source = compiled_.source;
    const std::size_t wanted = source.op == Op::kBetween ? 2 : 1;
    if (source.values.size() < wanted) return unknown("The constraint on " + source.field + " needs " + std::to_string(wanted) + " value" + (wanted == 1 ? "." : "s."));
    if (source.field == "price") return price();
    if (source.field == "stock" || source.field == "availability") return stock();
    if (source.field == "kind" || source.field == "category") return scope();
    return values();
  }

 private:
  CompiledConstraint unknown(std::string problem) {
    compiled_.on = CompiledConstraint::On::kUnknown;
    compiled_.problem = std::move(problem);
    return std::move(compiled_);
  }

  std::optional<std::int64_t> minor(const std::string& text) const {
    std::string number;
    for (const char c : text) {
      if ((c >= '0' && c <= '9') || c == '.' || c == ',') number += c;
    }
    return parse_minor(number, data_.currency);
  }

  CompiledConstraint price() {
    compiled_.on = CompiledConstraint::On::kPrice;
    std::vector<std::int64_t> amounts;
    for (const std::string& text : compiled_.source.values) {
      const auto amount = minor(text);
      if (!amount) return unknown("\"" + text + "\" is no price: write an amount such as \"49.90\".");
      amounts.push_back(*amount);
    }
    const Op op = compiled_.source.op;
    if (op == Op::kAtMost) compiled_.high = amounts[0];
    else if (op == Op::kAtLeast) compiled_.low = amounts[0];
    else if (op == Op::kBetween) std::tie(compiled_.low, compiled_.high) = std::minmax(amounts[0], amounts[1]);
    else compiled_.low = compiled_.high = amounts[0];
    return std::move(compiled_);
  }

  CompiledConstraint stock() {
    compiled_.on = CompiledConstraint::On::kStock;
    const std::string value = normal_form(text::spaced(compiled_.source.values[0]));
    compiled_.in_stock = !(value == "out of stock" || value == "no" || value == "false" || value == "sold out");
    return std::move(compiled_);
  }

  CompiledConstraint scope() {
    compiled_.on = CompiledConstraint::On::kScope;
    for (const std::string& value : compiled_.source.values) {
      Scope one = scope_named(value);
      compiled_.scope.kinds.insert(compiled_.scope.kinds.end(), one.kinds.begin(), one.kinds.end());
      compiled_.scope.categories.insert(compiled_.scope.categories.end(), one.categories.begin(), one.categories.end());
    }
    std::sort(compiled_.scope.kinds.begin(), compiled_.scope.kinds.end());
    if (!compiled_.scope.empty() || compiled_.negated) return std::move(compiled_);
    return unknown("The shop has no " + compiled_.source.field + " \"" + compiled_.source.values[0] + "\".");
  }

  Scope scope_named(const std::string& value) const {
    if (value.find(" > ") == std::string::npos) {
      Scope scope = lexicon_.scope_of(value);
      if (compiled_.source.field == "category" && !scope.categories.empty()) scope.kinds.clear();
      return scope;
    }
    Scope scope;
    const std::string wanted = normal_form(value);
    for (std::uint32_t category = 0; category < data_.categories.size(); ++category) {
      if (normal_form(data_.strings[data_.categories[category].path]) == wanted) scope.categories.push_back(category);
    }
    return scope;
  }

  CompiledConstraint values() {
    compiled_.on = CompiledConstraint::On::kValues;
    compiled_.fields = fields_named(data_, compiled_.source.field);
    const bool range = is_range(compiled_.source.op);
    std::vector<Measure> bounds;
    if (range) {
      for (const std::string& text : compiled_.source.values) {
        const auto measure = parse_measure(text);
        if (!measure) return unknown("\"" + text + "\" is no number for " + compiled_.source.field + ": write one with its unit, such as \"1.5 kg\".");
        bounds.push_back(*measure);
      }
    }
    if (compiled_.fields.empty()) {
      compiled_.on = CompiledConstraint::On::kUnfilterable;
      return std::move(compiled_);
    }
    for (const std::uint32_t field : compiled_.fields) compiled_.on_options = compiled_.on_options || data_.fields[field].source == FieldSource::kOption;
    compiled_.first_value = data_.fields[*std::min_element(compiled_.fields.begin(), compiled_.fields.end())].first_value;
    const std::uint32_t end = data_.fields[*std::max_element(compiled_.fields.begin(), compiled_.fields.end()) + 1].first_value;
    compiled_.accepted.assign(end - compiled_.first_value, false);
    if (range) return ranged(bounds);
    for (const std::string& text : compiled_.source.values) accept_equal(data_, text, compiled_);
    return std::move(compiled_);
  }

  CompiledConstraint ranged(const std::vector<Measure>& bounds) {
    const Dimension dimension = bounds[0].unit.dimension;
    std::string recorded;
    bool comparable = false;
    for (const std::uint32_t field : compiled_.fields) {
      const FieldRow& row = data_.fields[field];
      const auto other = static_cast<Dimension>(row.dimension);
      comparable = comparable || row.type != ValueType::kNumber || dimension == Dimension::kNone || other == Dimension::kNone || other == dimension;
      if (row.type == ValueType::kNumber) recorded = canonical_unit(other).symbol;
    }
    if (!comparable) return unknown(compiled_.source.field + " is recorded in " + recorded + ", which \"" + compiled_.source.values[0] + "\" cannot be compared with.");
    switch (compiled_.source.op) {
      case Op::kAtMost: accept_range(data_, std::nullopt, bounds[0], compiled_); break;
      case Op::kAtLeast: accept_range(data_, bounds[0], std::nullopt, compiled_); break;
      default: {
        const bool ordered = bounds[0].canonical() <= bounds[1].canonical();
        accept_range(data_, bounds[ordered ? 0 : 1], bounds[ordered ? 1 : 0], compiled_);
      }
    }
    return std::move(compiled_);
  }

  const Lexicon& lexicon_;
  const IndexData& data_;
  CompiledConstraint compiled_;
};

}  // namespace

CompiledConstraint compile(const Lexicon& lexicon, const Constraint& constraint) { return Compiler(lexicon, constraint).run(); }

namespace {

// What a field may be called, ready to be held against every name.
struct WantedName {
  std::string normal;
  std::vector<std::string> stems;
  std::vector<std::vector<std::string>> spellings;  // of each stem: itself and its everyday synonyms

  explicit WantedName(std::string name) : normal(std::move(name)), stems(stems_of(normal)) {
    for (const std::string& stem : stems) {
      spellings.push_back(everyday_synonyms(stem));
      spellings.back().push_back(stem);
    }
  }

  bool held_by(const std::vector<std::string>& words) const {
    return std::all_of(spellings.begin(), spellings.end(), [&](const std::vector<std::string>& any) {
      return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return std::find(any.begin(), any.end(), word) != any.end(); });
    });
  }
};

}  // namespace

std::vector<std::uint32_t> fields_named(const IndexData& data, std::string_view name) {
  std::vector<WantedName> names{WantedName(normal_form(text::spaced(name)))};
  for (std::string& other : everyday_synonyms(names[0].normal)) names.emplace_back(std::move(other));
  std::vector<std::uint32_t> candidates;   // every field that can match has one of the first words
  for (const WantedName& wanted : names) {
    if (wanted.spellings.empty()) continue;
    for (const std::string& spelling : wanted.spellings[0]) {
      const auto with = data.fields_with(spelling);
      candidates.insert(candidates.end(), with.begin(), with.end());
    }
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

  std::vector<std::uint32_t> exact, part;
  const std::vector<IndexData::FieldWords>& fields = data.field_words();
  for (const std::uint32_t field : candidates) {
    for (const WantedName& wanted : names) {
      if (fields[field].normal == wanted.normal || fields[field].stems == wanted.stems) {
        exact.push_back(field);
        break;
      }
      if (wanted.held_by(fields[field].stems)) {
        part.push_back(field);
        break;
      }
    }
  }
  // A flag named so ("colour: yes") does not keep a shopper from the texts ("product colour: black").
  const bool only_flags = std::all_of(exact.begin(), exact.end(), [&](std::uint32_t field) { return data.fields[field].type == ValueType::kFlag; });
  if (!only_flags) return exact;
  exact.insert(exact.end(), part.begin(), part.end());
  return exact;
}

Filter::Filter(const Lexicon& lexicon, std::vector<CompiledConstraint> constraints) : lexicon_(lexicon), constraints_(std::move(constraints)) {
  std::erase_if(constraints_, [](const CompiledConstraint& one) {
    return one.settled || one.on == CompiledConstraint::On::kUnfilterable || one.on == CompiledConstraint::On::kUnknown;
  });
  const auto quick = [](const CompiledConstraint& one) { return one.on == CompiledConstraint::On::kPrice || one.on == CompiledConstraint::On::kStock; };
  std::stable_partition(constraints_.begin(), constraints_.end(), quick);
}

PriceRange price_range(const IndexData& data, std::uint32_t doc, const LiveState& live) {
  const auto seen = live.empty() ? live.end() : live.find(doc);
  if (seen == live.end()) return {data.docs[doc].price_low, data.docs[doc].price_high};
  PriceRange range;
  for (const LiveVariant& variant : seen->second) {
    range.low = std::min(range.low, variant.price);
    range.high = std::max(range.high, variant.price);
  }
  return range;
}

std::optional<bool> Filter::by_price_range(const DocRow& row, const CompiledConstraint& one) {
  if (one.on != CompiledConstraint::On::kPrice || one.negated) return std::nullopt;
  if (row.price_low > one.high || row.price_high < one.low) return false;
  if (row.price_low >= one.low || row.price_high <= one.high) return true;  // the cheapest or the dearest variant has it
  return std::nullopt;
}

bool Filter::product_passes(std::uint32_t doc, Constraints& on_variants) const {
  on_variants.clear();
  for (const CompiledConstraint& one : constraints_) {
    switch (one.on) {
      case CompiledConstraint::On::kScope:
        if (lexicon_.contains(one.scope, doc) == one.negated) return false;
        break;
      case CompiledConstraint::On::kPrice:
      case CompiledConstraint::On::kStock: on_variants.push_back(&one); break;
      case CompiledConstraint::On::kValues:
        if (!values_pass(one, doc, on_variants)) return false;
        break;
      case CompiledConstraint::On::kUnfilterable:
      case CompiledConstraint::On::kUnknown: break;
    }
  }
  return true;
}

// Met by an attribute, a value holds for every variant; met by an option, only for the variants that have it.
bool Filter::values_pass(const CompiledConstraint& one, std::uint32_t doc, Constraints& on_variants) const {
  const IndexData& data = lexicon_.data();
  if (!one.on_options) return one.accepts_any(data.values_of(doc)) != one.negated;
  bool met = false, by_attribute = false, has_option = false;
  for (const std::uint32_t field : one.fields) {
    const bool option = data.fields[field].source == FieldSource::kOption;
    for (const std::uint32_t value : data.values_of(doc, field)) {
      has_option = has_option || option;
      if (!one.accepts(value)) continue;
      met = true;
      by_attribute = by_attribute || !option;
    }
  }
  if (has_option && one.negated && !by_attribute) on_variants.push_back(&one);
  else if (has_option && met && !by_attribute) on_variants.push_back(&one);
  else return met != one.negated;
  return true;
}

bool Filter::variant_passes(std::uint32_t doc, std::size_t position, const Constraints& on_variants, const std::vector<LiveVariant>* live) const {
  const IndexData& data = lexicon_.data();
  const std::uint32_t variant = data.docs[doc].first_variant + static_cast<std::uint32_t>(position);
  const bool known = live && position < live->size();
  const std::int64_t price = known ? (*live)[position].price : data.variants[variant].price;
  const auto availability = known ? (*live)[position].availability : static_cast<Availability>(data.variants[variant].availability);
  for (const CompiledConstraint* one : on_variants) {
    bool met = false;
    if (one->on == CompiledConstraint::On::kPrice) {
      met = price >= one->low && price <= one->high;
    } else if (one->on == CompiledConstraint::On::kStock) {
      met = (availability == Availability::kInStock || availability == Availability::kLowStock) == one->in_stock;
    } else {
      const auto options = data.options_of(variant);
      met = std::any_of(options.begin(), options.end(), [&](std::uint32_t value) { return one->accepts(value); });
    }
    if (met == one->negated) return false;
  }
  return true;
}

bool Filter::passes(std::uint32_t doc, const LiveState& live) const {
  const auto seen = live.empty() ? live.end() : live.find(doc);
  if (seen != live.end() && seen->second.empty()) return false;
  if (constraints_.empty()) return true;
  const std::size_t count = lexicon_.data().variants_of(doc).size();
  if (seen == live.end() && count > 0) {
    const auto priced = by_price_range(lexicon_.data().docs[doc], constraints_.front());
    if (priced && (!*priced || constraints_.size() == 1)) return *priced;
  }
  thread_local Constraints on_variants;
  if (!product_passes(doc, on_variants)) return false;
  if (on_variants.empty()) return true;
  for (std::size_t i = 0; i < count; ++i) {
    if (variant_passes(doc, i, on_variants, seen == live.end() ? nullptr : &seen->second)) return true;
  }
  return false;
}

std::vector<std::size_t> Filter::variants(std::uint32_t doc, const LiveState& live) const {
  std::vector<std::size_t> found;
  const auto seen = live.find(doc);
  Constraints on_variants;
  if ((seen != live.end() && seen->second.empty()) || !product_passes(doc, on_variants)) return found;
  const std::size_t count = lexicon_.data().variants_of(doc).size();
  for (std::size_t i = 0; i < count; ++i) {
    if (variant_passes(doc, i, on_variants, seen == live.end() ? nullptr : &seen->second)) found.push_back(i);
  }
  return found;
}

}  // namespace floorwalker::search
