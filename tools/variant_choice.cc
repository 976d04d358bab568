#include "tools/variant_choice.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "agent/core/text.h"
#include "tools/products.h"
#include "tools/tool.h"

namespace floorwalker::tools {
namespace {

constexpr std::size_t kChoices = 40;
constexpr std::size_t kSiblings = 20;

bool in_stock(const Variant& variant) { return variant.stock.availability != Availability::kOutOfStock; }

// An option's name or value without what people spell differently.
std::string plain(std::string_view text) {
  static const std::map<std::string, std::string> kSame = {
      {"colour", "color"}, {"extrasmall", "xs"}, {"small", "s"}, {"medium", "m"}, {"large", "l"}, {"extralarge", "xl"}, {"xlarge", "xl"},
      {"xxlarge", "xxl"},  {"2xl", "xxl"},       {"grey", "gray"}};
  std::string kept;
  for (const char c : text::fold(text)) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || u >= 0x80 || c == '.' || c == '/' || c == '+') kept += c;
  }
  if (kept.size() > 2 && kept.ends_with(".0")) kept.resize(kept.size() - 2);
  const auto same = kSame.find(kept);
  return same == kSame.end() ? kept : same->second;
}

bool alike(std::string_view a, std::string_view b) { return plain(a) == plain(b); }

// The value of an option, or null.
const std::string* value_in(const Variant& variant, const std::string& option) {
  for (const OptionValue& own : variant.options) {
    if (own.name == option) return &own.value;
  }
  return nullptr;
}

// Values of an option among the variants, those in stock first, each once.
std::vector<std::string> values_among(const std::vector<Variant>& variants, const std::string& option) {
  std::vector<std::string> values;
  for (const bool stocked : {true, false}) {
    for (const Variant& variant : variants) {
      const std::string* value = value_in(variant, option);
      if (value && in_stock(variant) == stocked && std::find(values.begin(), values.end(), *value) == values.end()) values.push_back(*value);
    }
  }
  return values;
}

std::vector<std::string> option_names(const Product& product) {
  std::vector<std::string> names;
  for (const Variant& variant : product.variants) {
    for (const OptionValue& own : variant.options) {
      if (std::find(names.begin(), names.end(), own.name) == names.end()) names.push_back(own.name);
    }
  }
  return names;
}

// The product's own name of an option: the same, or one that ends or begins with it ("size" for "Shoe size"); "" if none or several.
std::string option_meant(const std::vector<std::string>& names, const std::string& said) {
  std::vector<std::string> partly;
  for (const std::string& name : names) {
    if (alike(name, said)) return name;
    const std::string own = plain(name), wanted = plain(said);
    if (!wanted.empty() && (own.ends_with(wanted) || own.starts_with(wanted))) partly.push_back(name);
  }
  return partly.size() == 1 ? partly.front() : "";
}

std::vector<Variant> bounded(std::vector<Variant> variants, std::size_t most) {
  if (variants.size() > most) variants.resize(most);
  return variants;
}

std::string listed(const std::vector<std::string>& values) {
  std::string all;
  for (std::size_t i = 0; i < values.size() && i < 20; ++i) all += (all.empty() ? "" : ", ") + values[i];
  return values.size() > 20 ? all + " ..." : all;
}

ErrorAnswer wrong(const std::string& field, std::string message, std::vector<std::string> accepted, std::vector<Variant> choices) {
  return {{ErrorKind::kInvalidArgument, std::move(message), {}}, field, std::move(accepted), {}, bounded(std::move(choices), kChoices), {}};
}

// Keeps the variants that have the option's value; tells what exists where none has.
std::optional<ErrorAnswer> narrow(const Product& product, const std::string& said, const std::string& value, std::vector<Variant>& left) {
  const auto names = option_names(product);
  const std::string name = option_meant(names, said);
  const std::string field = "options." + said;
  if (name.empty()) {
    const std::string what = names.empty() ? "comes in one version only: there is no " + said + " to choose" : "has no option '" + said + "'; it has " + listed(names);
    return wrong(field, product.title + " " + what, names, names.empty() ? std::vector<Variant>() : left);
  }
  std::vector<Variant> kept;
  std::copy_if(left.begin(), left.end(), std::back_inserter(kept), [&](const Variant& variant) {
    const std::string* own = value_in(variant, name);
    return own && alike(*own, value);
  });
  if (kept.empty()) {
    const auto values = values_among(left, name);
    return wrong(field, product.title + " does not come in " + name + " " + value + "; it comes in " + listed(values), values, left);
  }
  left = std::move(kept);
  return std::nullopt;
}

// "choose Size: 2, 4 or 6" for each option that is still open.
ErrorAnswer open_choice(const Product& product, const std::vector<Variant>& left) {
  std::string open, field;
  std::vector<std::string> accepted;
  for (const std::string& name : option_names(product)) {
    const auto values = values_among(left, name);
    if (values.size() < 2) continue;
    open += (open.empty() ? "" : "; ") + name + ": " + listed(values);
    if (field.empty()) {
      field = "options." + name;
      accepted = values;
    }
  }
  return wrong(field.empty() ? "variant" : field, product.title + " comes in several versions, and which one was not said. Choose " + open, accepted, left);
}

tl::expected<Variant, ErrorAnswer> the_one(const Product& product, std::vector<Variant> left) {
  const bool same = std::all_of(left.begin(), left.end(), [&](const Variant& variant) { return variant.options == left.front().options; });
  if (!same || left.empty()) return tl::unexpected(open_choice(product, left));
  const auto stocked = std::find_if(left.begin(), left.end(), in_stock);
  return stocked == left.end() ? left.front() : *stocked;
}

// Whether a variant has what `now` has in every option that the call did not name.
bool keeps_the_rest(const Variant& variant, const Variant& now, const Product& product, const Options& named) {
  const auto names = option_names(product);
  return std::all_of(now.options.begin(), now.options.end(), [&](const OptionValue& option) {
    const auto is_it = [&](const auto& one) { return option_meant(names, one.first) == option.name; };
    if (std::any_of(named.begin(), named.end(), is_it)) return true;
    const std::string* other = value_in(variant, option.name);
    return other && *other == option.value;
  });
}

std::size_t shared_options(const Variant& a, const Variant& b) {
  return static_cast<std::size_t>(std::count_if(a.options.begin(), a.options.end(), [&](const OptionValue& option) {
    const std::string* other = value_in(b, option.name);
    return other && *other == option.value;
  }));
}

}  // namespace

tl::expected<Variant, ErrorAnswer> choose_variant(const Product& product, const Options& options) {
  std::vector<Variant> left = product.variants;
  for (const auto& [name, value] : options) {
    if (auto problem = narrow(product, name, value, left)) return tl::unexpected(std::move(*problem));
  }
  return the_one(product, std::move(left));
}

tl::expected<Variant, ErrorAnswer> choose_other(const Product& product, const Variant& now, const Options& options) {
  std::vector<Variant> left = product.variants;
  for (const auto& [name, value] : options) {
    if (auto problem = narrow(product, name, value, left)) return tl::unexpected(std::move(*problem));
  }
  std::vector<Variant> kept;
  std::copy_if(left.begin(), left.end(), std::back_inserter(kept), [&](const Variant& variant) { return keeps_the_rest(variant, now, product, options); });
  if (kept.empty()) {
    std::string message = product.title + " does not come in that with the rest as it is (" + options_text(now) + ")";
    return tl::unexpected(wrong("options", std::move(message), {}, std::move(left)));
  }
  left = std::move(kept);
  return the_one(product, std::move(left));
}

std::vector<Variant> in_stock_siblings(const Product& product, const Variant& wanted) {
  std::vector<Variant> siblings;
  std::copy_if(product.variants.begin(), product.variants.end(), std::back_inserter(siblings),
               [&](const Variant& variant) { return variant.id != wanted.id && in_stock(variant); });
  std::stable_sort(siblings.begin(), siblings.end(), [&](const Variant& a, const Variant& b) { return shared_options(a, wanted) > shared_options(b, wanted); });
  return bounded(std::move(siblings), kSiblings);
}

}  // namespace floorwalker::tools
