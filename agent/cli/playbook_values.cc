#include "agent/cli/playbook_values.h"

#include <algorithm>
#include <optional>
#include <set>

#include "agent/cli/playbook_files.h"
#include "agent/core/answers_json.h"
#include "agent/core/text.h"
#include "agent/core/units.h"
#include "tools/products.h"

namespace floorwalker::cli {
namespace {

using Op = Constraint::Op;
using Kinds = std::vector<std::string>;

constexpr const char* kAnyValue = "-";   // stands for a value where only the field is asked about

bool is_range(Op op) { return op == Op::kAtMost || op == Op::kAtLeast || op == Op::kBetween; }

class ValueCheck {
 public:
  ValueCheck(const Playbook& playbook, ports::Search& search, ports::Catalogue& catalogue, const Vocabulary& vocabulary)
      : playbook_(playbook), search_(search), catalogue_(catalogue), vocabulary_(vocabulary) {}

  Result<std::vector<Finding>> run() {
    for (const NeedRule& need : playbook_.needs) {
      for (const Constraint& bound : need.require) held_to(need, bound);
    }
    for (const NameUse& use : playbook_.names) recorded(use);
    if (failed_) return fail(*failed_);
    excuse_carried(findings_);
    return std::move(findings_);
  }

 private:
  enum class Answer { kSome, kNone, kNotRecorded, kNotComparable, kUntold };

  void held_to(const NeedRule& need, const Constraint& bound) {
    if (bound.field == "price" || ask({{bound.field, Op::kNot, {kAnyValue}}}) == Answer::kNotRecorded) return;   // a name that the shop lacks is told elsewhere
    for (const std::string& value : bound.values) {
      const Answer answer = ask({{bound.field, is_range(bound.op) ? Op::kAtMost : Op::kEquals, {value}}});
      if (is_range(bound.op) && answer == Answer::kNotComparable) wrong_dimension(need, bound.field, value);
      if (!is_range(bound.op) && answer == Answer::kNone) unknown_value(need, bound.field, value);
    }
  }

  // Whether the kinds that a rule is about record the attribute that it names.
  void recorded(const NameUse& use) {
    const bool named = use.what == "field" || use.what == "slot";
    const Kinds kinds = named ? kinds_about(use.path) : Kinds();
    const auto field = use.what == "slot" ? field_of_slot(use.name) : std::optional(use.name);
    if (kinds.empty() || !field) return;
    const Constraint any{*field, Op::kNot, {kAnyValue}};
    if (ask({any}) != Answer::kSome || ask({{"kind", Op::kOneOf, kinds}, any}) != Answer::kNotRecorded) return;
    say(use.at, use.path, "no '" + text::join_and(kinds, "or") + "' of this shop has '" + *field + "', so it can never have an effect", nearest_field(*field, kinds));
  }

  // The kinds that the rule at a path is about; none where it is about all.
  Kinds kinds_about(const std::string& path) const {
    const auto stands_in = [&](const std::string& place) { return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '.' || path[place.size()] == '['); };
    for (const NeedRule& need : playbook_.needs) {
      if (stands_in("needs." + need.name) || stands_in("compare.axes." + need.name)) return members(need.applies_to);
    }
    for (const auto& [kind, slots] : playbook_.discovery.ask) {
      if (stands_in("discovery.ask." + kind)) return members({kind});
    }
    for (const auto& [kind, axes] : playbook_.compare.axes) {
      if (stands_in("compare.axes." + kind)) return members({kind});
    }
    return {};
  }

  // With the members of umbrellas in their place.
  Kinds members(const Kinds& kinds) const {
    Kinds all;
    for (const std::string& kind : kinds) {
      const auto umbrella = playbook_.vocabulary.umbrellas.find(kind);
      if (umbrella == playbook_.vocabulary.umbrellas.end()) all.push_back(kind);
      else all.insert(all.end(), umbrella->second.begin(), umbrella->second.end());
    }
    return all;
  }

  // What the shop's search makes of the constraints, of which the last is in question.
  Answer ask(std::vector<Constraint> constraints) {
    SearchRequest request;
    request.constraints = std::move(constraints);
    request.limit = 1;
    const auto page = search_.search(request);
    if (!page) {
      failed_ = page.error();
      return Answer::kUntold;
    }
    if (page->at_least || page->outcome == SearchOutcome::kNotCarried) return Answer::kUntold;
    const bool aside = std::find(page->unfilterable.begin(), page->unfilterable.end(), request.constraints.back()) != page->unfilterable.end();
    if (aside) return page->outcome == SearchOutcome::kUnknownField ? Answer::kNotComparable : Answer::kNotRecorded;
    return page->total > 0 ? Answer::kSome : Answer::kNone;
  }

  void wrong_dimension(const NeedRule& need, const std::string& field, const std::string& value) {
    std::string unit;
    for (const NumericAttribute& one : vocabulary_.numeric_attributes("")) {
      if (unit.empty() && tools::same_name(one.name, field)) unit = canonical_unit(one.dimension).symbol;
    }
    say_of(need, field, value, "this shop records '" + field + "'" + (unit.empty() ? " in another measure" : " in " + unit) + ", which '" + value + "' cannot be compared with",
           unit.empty() ? "" : "write a number with a unit such as '" + unit + "'");
  }

  void unknown_value(const NeedRule& need, const std::string& field, const std::string& value) {
    const std::string near = text::nearest(value, values_of(field));
    say_of(need, field, value, "no product of this shop has '" + value + "' for '" + field + "'", near.empty() ? "" : "did you mean '" + near + "'?");
  }

  // Every value that a product states for the attribute or option.
  std::vector<std::string> values_of(const std::string& field) {
    std::set<std::string> all;
    visit([&](const Product& product) {
      for (const AttributeValue& value : tools::values_of(product, field)) all.insert(value_text(value));
      for (const Variant& variant : product.variants) {
        for (const OptionValue& option : variant.options) {
          if (tools::same_name(option.name, field)) all.insert(option.value);
        }
      }
    });
    return {all.begin(), all.end()};
  }

  std::string nearest_field(const std::string& field, const Kinds& kinds) {
    std::set<std::string> names;
    visit([&](const Product& product) {
      const std::string own = search_.kind_of(product.id).value_or(product.kind);
      if (std::none_of(kinds.begin(), kinds.end(), [&](const std::string& kind) { return tools::is_of_kind(product, own, kind); })) return;
      for (const Attribute& attribute : product.attributes) names.insert(attribute.name);
      for (const Variant& variant : product.variants) {
        for (const OptionValue& option : variant.options) names.insert(option.name);
      }
    });
    const std::string near = text::nearest(field, {names.begin(), names.end()});
    return near.empty() ? "take it out, or name an attribute that they have" : "did you mean '" + near + "'?";
  }

  template <typename Look>
  void visit(const Look& look) {
    const auto done = catalogue_.each([&](const Product& product) {
      look(product);
      return true;
    });
    if (!done) failed_ = done.error();
  }

  // At the value itself, which stands among the need's bounds.
  void say_of(const NeedRule& need, const std::string& field, const std::string& value, std::string message, std::string suggestion) {
    const auto use = std::find_if(playbook_.names.begin(), playbook_.names.end(), [&](const NameUse& one) {
      return one.what == "bound" && one.name == value && one.path.starts_with("needs." + need.name + ".require[") && one.path.find("]." + field) != std::string::npos;
    });
    const bool found = use != playbook_.names.end();
    say(found ? use->at : need.at, found ? use->path : "needs." + need.name, std::move(message), std::move(suggestion));
  }

  void say(const SourcePosition& at, const std::string& path, std::string message, std::string suggestion) {
    findings_.push_back({Finding::Severity::kError, at, path, std::move(message), std::move(suggestion)});
  }

  const Playbook& playbook_;
  ports::Search& search_;
  ports::Catalogue& catalogue_;
  const Vocabulary& vocabulary_;
  std::optional<Error> failed_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_values(const Playbook& playbook, Composition& shop) {
  const auto search = shop.search();
  if (!search) return fail(search.error());
  const auto ports = shop.shop();
  if (!ports) return fail(ports.error());
  const auto vocabulary = shop.vocabulary();
  if (!vocabulary) return fail(vocabulary.error());
  return ValueCheck(playbook, search->get(), ports->catalogue, vocabulary->get()).run();
}

}  // namespace floorwalker::cli
