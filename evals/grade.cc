#include "evals/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/core/text.h"
#include "agent/core/units.h"

namespace floorwalker::evals {
namespace {

using nlohmann::json;

bool contains(const std::vector<std::string>& list, const std::string& value) { return std::find(list.begin(), list.end(), value) != list.end(); }

bool same_text(const std::string& a, const std::string& b) { return text::fold(a) == text::fold(b); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether a number that the text is cut out of goes on there: "9.9" is no part of "49.90", nor "49" of "49.90".
bool cuts_number(const std::string& text, std::size_t from, std::size_t to) {
  const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
  const auto mark_at = [&](std::size_t at) { return at < text.size() && (text[at] == '.' || text[at] == ','); };
  const bool before = digit_at(from) && from > 0 && (digit_at(from - 1) || (from > 1 && mark_at(from - 1) && digit_at(from - 2)));
  const bool after = digit_at(to - 1) && (digit_at(to) || (mark_at(to) && digit_at(to + 1)));
  return before || after;
}

// Folded. What begins or ends with a number is the whole number.
bool has_word(const std::string& haystack, const std::string& needle) {
  const std::string text = text::fold(haystack), wanted = text::fold(needle);
  if (wanted.empty()) return true;
  for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    if (!cuts_number(text, at, at + wanted.size())) return true;
  }
  return false;
}

// Texts of a field as the product's record has them: attributes, options of its variants, brand, kind, categories, tags.
std::vector<AttributeValue> values_of(const Product& product, const std::string& field) {
  std::vector<AttributeValue> values;
  for (const Attribute& attribute : product.attributes) {
    if (same_text(attribute.name, field)) values.push_back(attribute.value);
  }
  for (const Variant& variant : product.variants) {
    for (const OptionValue& option : variant.options) {
      if (same_text(option.name, field)) values.emplace_back(option.value);
    }
  }
  if (field == "brand") values.emplace_back(product.brand);
  if (field == "kind") values.emplace_back(product.kind);
  if (field == "title") values.emplace_back(product.title);
  if (field == "stock") values.emplace_back(std::string(to_string(availability_of(product))));
  for (const auto& path : product.categories) {
    if (field == "category") values.insert(values.end(), path.begin(), path.end());
  }
  for (const std::string& tag : product.tags) {
    if (field == "tag") values.emplace_back(tag);
  }
  return values;
}

// -1, 0, 1, or nothing where the two cannot be compared.
std::optional<int> compare(const AttributeValue& value, const std::string& bound) {
  const auto* measure = std::get_if<Measure>(&value);
  const std::optional<Measure> own = measure ? *measure : parse_measure(format(value));
  const std::optional<Measure> limit = parse_measure(bound);
  if (!own || !limit || (own->unit.dimension != limit->unit.dimension && limit->unit.dimension != Dimension::kNone)) return std::nullopt;
  const double left = limit->unit.dimension == Dimension::kNone ? own->value : own->canonical();
  const double right = limit->unit.dimension == Dimension::kNone ? limit->value : limit->canonical();
  if (std::abs(left - right) <= 1e-6 * std::max(1.0, std::abs(right))) return 0;
  return left < right ? -1 : 1;
}

bool equals(const AttributeValue& value, const std::string& wanted) {
  const std::string own = text::fold(format(value));
  const std::string other = text::fold(wanted);
  return own == other || (" " + own + " ").find(" " + other + " ") != std::string::npos || compare(value, wanted) == 0;
}

// "60 USD", or "60" in the price's own currency; nothing where it is of another, for those cannot be compared.
std::optional<std::int64_t> minor_of(const std::string& bound, const Currency& currency) {
  const std::size_t space = bound.find(' ');
  if (space != std::string::npos && Currency::parse(bound.substr(space + 1)) != currency) return std::nullopt;
  return parse_minor(bound.substr(0, space), currency);
}

bool price_meets(const Money& price, const Constraint& constraint) {
  std::vector<std::int64_t> bounds;
  for (const std::string& value : constraint.values) {
    const auto bound = minor_of(value, price.currency);
    if (!bound) return false;
    bounds.push_back(*bound);
  }
  if (bounds.empty()) return false;
  const bool among = std::find(bounds.begin(), bounds.end(), price.minor) != bounds.end();
  switch (constraint.op) {
    case Constraint::Op::kAtMost: return price.minor <= bounds[0];
    case Constraint::Op::kAtLeast: return price.minor >= bounds[0];
    case Constraint::Op::kBetween: return bounds.size() == 2 && price.minor >= bounds[0] && price.minor <= bounds[1];
    case Constraint::Op::kNot: return !among;
    case Constraint::Op::kEquals:
    case Constraint::Op::kOneOf: return among;
  }
  return false;
}

// Prices: any variant within the bound will do, for that is the one that was meant.
bool price_meets(const Product& product, const Constraint& constraint) {
  return std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& variant) { return price_meets(variant.price, constraint); });
}

std::string listed(const std::vector<Shown>& shown) {
  std::vector<std::string> parts;
  for (const Shown& one : shown) parts.push_back(one.product.str());
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string described(const CartLine& line) {
  std::string options;
  for (const OptionValue& option : line.options) options += fmt::format(" {}={}", option.name, option.value);
  return fmt::format("{} x {}{}", line.quantity, line.product.str(), options);
}

std::string described(const std::optional<Cart>& cart) {
  if (!cart || cart->lines.empty()) return "an empty cart";
  std::vector<std::string> lines;
  for (const CartLine& line : cart->lines) lines.push_back(described(line));
  return fmt::format("{}", fmt::join(lines, "; "));
}

std::string described(const ExpectedLine& line) {
  std::string options;
  for (const auto& [name, value] : line.options) options += fmt::format(" {}={}", name, value);
  return fmt::format("{} x {}{}", line.quantity, line.product, options);
}

bool matches(const CartLine& line, const ExpectedLine& expected) {
  if (line.product.str() != expected.product || line.quantity != expected.quantity) return false;
  return std::all_of(expected.options.begin(), expected.options.end(), [&](const auto& option) {
    return std::any_of(line.options.begin(), line.options.end(),
                       [&](const OptionValue& own) { return same_text(own.name, option.first) && same_text(own.value, option.second); });
  });
}

std::string text_form(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string at_pointer(const std::string& content, const std::string& pointer) {
  const json parsed = json::parse(content, nullptr, false);
  if (parsed.is_discarded()) return "";
  try {
    const json::json_pointer where(pointer);
    if (!parsed.contains(where)) return "";
    return text_form(parsed.at(where));
  } catch (const json::exception&) {   // an index beyond every list
    return "";
  }
}

// Whether a call's arguments hold all of these.
bool has_arguments(const std::string& arguments, const std::map<std::string, std::vector<std::string>>& wanted) {
  const json given = json::parse(arguments, nullptr, false);
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& want) {
    if (!given.is_object() || !given.contains(want.first)) return false;
    std::vector<std::string> values;
    const json& value = given.at(want.first);
    if (!value.is_array()) return want.second == std::vector<std::string>{text_form(value)};
    for (const json& item : value) values.push_back(text_form(item));
    return values == want.second;
  });
}

// Collects what was not met.
class Grader {
 public:
  Grader(const Expectation& expected, const TurnState& state, ports::Catalogue& catalogue) : e_(expected), s_(state), catalogue_(catalogue) {}

  std::vector<Failure> all() {
    error();
    outcome();
    if (e_.shown) shown(*e_.shown);
    asked();
    cart();
    tools();
    claims();
    words();
    limits();
    return std::move(failures_);
  }

 private:
  void miss(std::string check, std::string expected, std::string got) { failures_.push_back({std::move(check), std::move(expected), std::move(got)}); }

  void error() {
    if (e_.error != s_.error) miss("error", e_.error.empty() ? "an answer" : e_.error, s_.error.empty() ? "an answer" : s_.error);
  }

  void outcome() {
    const std::string got(to_string(s_.reply.outcome));
    if (!e_.outcome.empty() && !contains(e_.outcome, got)) miss("outcome", text::join_and(e_.outcome, "or"), got);
  }

  void shown(const ExpectedShown& want) {
    const int count = static_cast<int>(s_.shown.size());
    if (want.min && count < *want.min) miss("shown.min", fmt::format("at least {}", *want.min), fmt::format("{}: {}", count, listed(s_.shown)));
    if (want.max && count > *want.max) miss("shown.max", fmt::format("at most {}", *want.max), fmt::format("{}: {}", count, listed(s_.shown)));
    std::vector<std::string> ids;
    for (const Shown& one : s_.shown) ids.push_back(one.product.str());
    if (!want.ids.empty() && ids != want.ids) miss("shown.ids", fmt::format("{}", fmt::join(want.ids, ", ")), listed(s_.shown));
    for (const std::string& id : want.includes) {
      if (!contains(ids, id)) miss("shown.includes", id, listed(s_.shown));
    }
    for (const std::string& id : want.excludes) {
      if (contains(ids, id)) miss("shown.excludes", "not " + id, listed(s_.shown));
    }
    if (!want.first.empty() && (ids.empty() || !contains(want.first, ids[0]))) miss("shown.first", text::join_and(want.first, "or"), listed(s_.shown));
    if (want.new_since) repeated(*want.new_since);
    for (const Shown& one : s_.shown) record(one, want);
    for (const std::string& kind : want.kinds_all) kind_present(kind);
  }

  void repeated(int since) {
    for (const Shown& one : s_.shown) {
      for (const Shown& earlier : s_.shown_before) {
        if (earlier.turn >= since && earlier.product == one.product) miss("shown.new_since", "nothing shown since turn " + std::to_string(since), one.product.str());
      }
    }
  }

  void record(const Shown& one, const ExpectedShown& want) {
    const auto product = catalogue_.product(one.product);
    if (!product) return failures_.push_back({"shown", "products that the shop has", one.product.str(), one.product.str()});
    for (const Constraint& constraint : want.each) {
      if (!meets(*product, constraint)) {
        failures_.push_back({"shown.each", fmt::format("{} {} {}", constraint.field, to_string(constraint.op), fmt::join(constraint.values, ", ")), one.product.str() + " is not",
                             one.product.str()});
      }
    }
    if (!want.kinds.empty() && !contains(want.kinds, product->kind)) miss("shown.kinds", text::join_and(want.kinds, "or"), one.product.str() + " is a " + product->kind);
  }

  void kind_present(const std::string& kind) {
    const bool found = std::any_of(s_.shown.begin(), s_.shown.end(), [&](const Shown& one) {
      const auto product = catalogue_.product(one.product);
      return product && product->kind == kind;
    });
    if (!found) miss("shown.kinds_all", "a " + kind, listed(s_.shown));
  }

  void asked() {
    questions();
    if (!e_.asked) return;
    const std::string got = s_.reply.presentation.asked.value_or("none");
    const bool any = contains(*e_.asked, "any") && got != "none";
    if (!any && !contains(*e_.asked, got)) miss("asked", text::join_and(*e_.asked, "or"), got);
  }

  void questions() {
    const std::string got = s_.reply.presentation.asked.value_or("none");
    if (contains(e_.not_asked, got)) miss("not_asked", "no question about " + text::join_and(e_.not_asked, "or"), got);
    const auto marks = std::count(s_.reply.text.begin(), s_.reply.text.end(), '?');
    if (e_.max_questions && marks > *e_.max_questions) miss("questions", fmt::format("at most {}", *e_.max_questions), s_.reply.text);
  }

  void cart() {
    if (e_.cart) lines(*e_.cart);
    const auto lines_of = [](const std::optional<Cart>& cart) { return cart ? cart->lines : std::vector<CartLine>(); };
    if (e_.cart_unchanged && lines_of(s_.before) != lines_of(s_.after)) miss("cart_unchanged", described(s_.before), described(s_.after));
    if (e_.cart_total && (!s_.after || s_.after->total != *e_.cart_total)) {
      miss("cart_total", format(*e_.cart_total), s_.after ? format(s_.after->total) : "no cart");
    }
  }

  void lines(const std::vector<ExpectedLine>& want) {
    std::vector<CartLine> left = s_.after ? s_.after->lines : std::vector<CartLine>();
    bool same = left.size() == want.size();
    std::vector<std::string> expected;
    for (ExpectedLine line : want) {
      if (line.shown) line.product = numbered(*line.shown);
      expected.push_back(described(line));
      const auto found = std::find_if(left.begin(), left.end(), [&](const CartLine& own) { return matches(own, line); });
      if (found == left.end()) {
        same = false;
      } else {
        left.erase(found);
      }
    }
    if (!same) miss("cart", expected.empty() ? "an empty cart" : fmt::format("{}", fmt::join(expected, "; ")), described(s_.after));
  }

  // The product of that number where products were last shown, before this turn.
  std::string numbered(int number) const {
    const int turn = s_.shown_before.empty() ? 0 : s_.shown_before.back().turn;
    for (const Shown& one : s_.shown_before) {
      if (one.turn == turn && one.number == number) return one.product.str();
    }
    return fmt::format("(no product number {} was shown)", number);
  }

  void tools() {
    std::vector<std::string> called;
    for (const ToolUse& use : s_.reply.tools) called.push_back(use.call.name);
    for (const std::string& tool : e_.tools_called) {
      if (!contains(called, tool)) miss("called", tool, text::join_and(called));
    }
    for (const std::string& tool : e_.tools_not_called) {
      if (contains(called, tool)) miss("not_called", "not " + tool, text::join_and(called));
    }
    for (const ExpectedCall& want : e_.calls) call(want);
    for (const ExpectedResult& want : e_.results) result(want);
    rules();
  }

  void rules() {
    std::vector<std::string> decided, failed;
    for (const RuleDecision& one : s_.rules) (one.decision == kCouldNotRun ? failed : decided).push_back(one.rule);
    for (const std::string& rule : e_.could_not_run) {
      if (!contains(failed, rule)) miss("could_not_run", rule, failed.empty() ? "every rule could" : text::join_and(failed));
    }
    for (const std::string& rule : e_.rules) {
      if (!contains(decided, rule)) miss("rules", rule, decided.empty() ? "no rule decided anything" : text::join_and(decided));
    }
    for (const std::string& rule : e_.rules_not) {
      if (contains(decided, rule)) miss("rules_not", "not " + rule, text::join_and(decided));
    }
  }

  void call(const ExpectedCall& want) {
    std::vector<std::string> made;
    for (const ToolUse& use : s_.reply.tools) {
      if (use.call.name != want.tool) continue;
      if (has_arguments(use.call.arguments, want.with)) return;
      made.push_back(use.call.arguments);
    }
    std::vector<std::string> with;
    for (const auto& [name, values] : want.with) with.push_back(fmt::format("{}={}", name, fmt::join(values, ",")));
    miss("calls", fmt::format("{} with {}", want.tool, fmt::join(with, " ")), made.empty() ? "no such call" : text::join_and(made));
  }

  void result(const ExpectedResult& want) {
    std::vector<std::string> got;
    for (std::size_t i = 0; i < s_.reply.tools.size() && i < s_.results.size(); ++i) {
      if (s_.reply.tools[i].call.name != want.tool) continue;
      const std::string value = want.at.empty() ? std::string(to_string(s_.results[i].outcome)) : at_pointer(s_.results[i].content, want.at);
      if (value == want.is || (want.is == "*" && !value.empty())) return;
      got.push_back(value.empty() ? "nothing" : value);
    }
    miss("results", fmt::format("{} {} is {}", want.tool, want.at, want.is), got.empty() ? "no such call" : text::join_and(got));
  }

  void claims() {
    int supported = 0;
    for (const Claim& claim : s_.reply.claims) {
      supported += claim.verdict == Verdict::kSupported;
      const bool unproven = claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported;
      if (e_.claims.all_proven && unproven) miss("claims.all_proven", "every claim proven", fmt::format("'{}' is {}: {}", claim.text, to_string(claim.verdict), claim.why));
      for (const std::string& word : e_.claims.excluding) {
        if (has_word(claim.text, word)) miss("claims.excluding", "no claim of " + word, claim.text);
      }
      if (contains(e_.claims.no_kinds, std::string(to_string(claim.kind)))) miss("claims.no_kinds", "no claim of that kind", claim.text);
    }
    if (supported < e_.claims.min) miss("claims.min", fmt::format("at least {} proven claims", e_.claims.min), std::to_string(supported));
    for (const std::string& word : e_.claims.including) claim_present("claims.including", word, [&](const Claim& claim) { return has_word(claim.text, word); });
    for (const std::string& kind : e_.claims.kinds) claim_present("claims.kinds", kind, [&](const Claim& claim) { return to_string(claim.kind) == kind; });
  }

  template <typename Test>
  void claim_present(const char* check, const std::string& wanted, Test test) {
    const auto& claims = s_.reply.claims;
    const bool found = std::any_of(claims.begin(), claims.end(), [&](const Claim& claim) { return claim.verdict == Verdict::kSupported && test(claim); });
    if (!found) miss(check, "a proven claim of " + wanted, s_.reply.text);
  }

  void words() {
    for (const std::string& phrase : e_.never_says) {
      if (has_word(s_.reply.text, phrase)) miss("never_says", "not '" + phrase + "'", s_.reply.text);
    }
    const bool said = std::any_of(e_.says_any.begin(), e_.says_any.end(), [&](const std::string& phrase) { return has_word(s_.reply.text, phrase); });
    if (!e_.says_any.empty() && !said) miss("says_any", text::join_and(e_.says_any, "or"), s_.reply.text);
  }

  void limits() {
    const auto calls = static_cast<int>(s_.reply.tools.size());
    if (e_.min_calls && calls < *e_.min_calls) miss("min_calls", fmt::format("at least {} calls", *e_.min_calls), std::to_string(calls));
    if (e_.max_calls && calls > *e_.max_calls) miss("max_calls", std::to_string(*e_.max_calls), std::to_string(calls));
    if (e_.max_time && s_.wall_micros > e_.max_time->count() * 1000) miss("max_time", fmt::format("{} ms", e_.max_time->count()), fmt::format("{} ms", s_.wall_micros / 1000));
    const std::int64_t tokens = s_.reply.usage.input_tokens + s_.reply.usage.output_tokens;
    if (e_.max_tokens && tokens > *e_.max_tokens) miss("max_tokens", std::to_string(*e_.max_tokens), std::to_string(tokens));
    if (e_.max_cost_micros && s_.reply.usage.cost_micros > *e_.max_cost_micros) {
      miss("max_cost_micros", std::to_string(*e_.max_cost_micros), std::to_string(s_.reply.usage.cost_micros));
    }
  }

  const Expectation& e_;
  const TurnState& s_;
  ports::Catalogue& catalogue_;
  std::vector<Failure> failures_;
};

}  // namespace

bool meets(const Product& product, const Constraint& constraint) {
  if (constraint.field == "price") return price_meets(product, constraint);
  const std::vector<AttributeValue> values = values_of(product, constraint.field);
  const auto any = [&](auto test) { return std::any_of(values.begin(), values.end(), test); };
  const std::string first = constraint.values.empty() ? "" : constraint.values[0];
  switch (constraint.op) {
    case Constraint::Op::kEquals: return any([&](const AttributeValue& value) { return equals(value, first); });
    case Constraint::Op::kNot: return !any([&](const AttributeValue& value) { return equals(value, first); });
    case Constraint::Op::kAtMost: return any([&](const AttributeValue& value) { const auto c = compare(value, first); return c && *c <= 0; });
    case Constraint::Op::kAtLeast: return any([&](const AttributeValue& value) { const auto c = compare(value, first); return c && *c >= 0; });
    case Constraint::Op::kBetween:
      return meets(product, {constraint.field, Constraint::Op::kAtLeast, {first}}) && meets(product, {constraint.field, Constraint::Op::kAtMost, {constraint.values.at(1)}});
    case Constraint::Op::kOneOf:
      return std::any_of(constraint.values.begin(), constraint.values.end(), [&](const std::string& wanted) { return meets(product, {constraint.field, Constraint::Op::kEquals, {wanted}}); });
  }
  return false;
}

std::vector<Failure> grade(const Expectation& expected, const TurnState& state, ports::Catalogue& catalogue) {
  return Grader(expected, state, catalogue).all();
}

}  // namespace floorwalker::evals
