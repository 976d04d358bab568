#include "adapters/embedded/mapper.h"

#include <algorithm>
#include <set>

#include "adapters/embedded/fields.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

constexpr std::size_t kMostImages = 50;

std::string_view raw(const Value& row, const TextSource& source) {
  for (const Path& path : source.from) {
    if (const Value* value = find(row, path); value && !value->text.empty()) return value->text;
  }
  return source.otherwise ? std::string_view(*source.otherwise) : std::string_view();
}

// What can be ordered and is not in the shop, nor is it told when it will be: neither in stock nor sold out.
bool not_there_yet(std::string_view level) {
  const std::string word = text::spaced(text::fold(level));
  return word == "preorder" || word == "pre order" || word == "pre-order" || word == "backorder" || word == "back order" || word == "back-order";
}

// How shops say what is in stock; folded.
std::optional<Availability> parse_availability(std::string_view text) {
  const std::string word = attribute_name(text);
  static const std::vector<std::pair<std::string_view, Availability>> words{
      {"in_stock", Availability::kInStock},     {"instock", Availability::kInStock},       {"available", Availability::kInStock},
      {"yes", Availability::kInStock},          {"true", Availability::kInStock},          {"low_stock", Availability::kLowStock},
      {"limited", Availability::kLowStock},     {"limited_availability", Availability::kLowStock},
      {"out_of_stock", Availability::kOutOfStock}, {"outofstock", Availability::kOutOfStock}, {"sold_out", Availability::kOutOfStock},
      {"unavailable", Availability::kOutOfStock},  {"no", Availability::kOutOfStock},         {"false", Availability::kOutOfStock},
      {"discontinued", Availability::kOutOfStock}, {"unknown", Availability::kUnknown}};
  for (const auto& [name, availability] : words) {
    if (name == word) return availability;
  }
  return std::nullopt;
}

// "Dark blue" -> "dark-blue": for ids.
std::string slug(std::string_view text) {
  std::string name = attribute_name(text);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

// Ids for variants whose source names none: the product's id and the option values, so that the next import finds them again.
void name_variants(Product& product) {
  std::set<std::string> taken;
  for (const Variant& variant : product.variants) {
    if (!variant.id.empty()) taken.insert(variant.id.str());
  }
  for (Variant& variant : product.variants) {
    if (!variant.id.empty()) continue;
    std::string id = product.id.str();
    for (const OptionValue& option : variant.options) {
      const std::string part = slug(option.value);
      id += "/" + (part.empty() ? "x" : part);
    }
    std::string unique = id;
    for (int number = 2; !taken.insert(unique).second; ++number) unique = id + "-" + std::to_string(number);
    variant.id = VariantId(unique);
  }
}

const std::string* option_of(const Variant& variant, const std::string& name) {
  for (const OptionValue& option : variant.options) {
    if (option.name == name) return &option.value;
  }
  return nullptr;
}

std::vector<std::string> option_names(const Product& product) {
  std::vector<std::string> names;
  for (const Variant& variant : product.variants) {
    for (const OptionValue& option : variant.options) {
      if (std::find(names.begin(), names.end(), option.name) == names.end()) names.push_back(option.name);
    }
  }
  return names;
}

// Turns an option that is the same for every variant into an attribute.
void settle_constant_options(Product& product) {
  for (const std::string& name : option_names(product)) {
    const std::string* first = option_of(product.variants.front(), name);
    const bool varies = std::any_of(product.variants.begin(), product.variants.end(), [&](const Variant& variant) {
      const std::string* value = option_of(variant, name);
      return !first || !value || *value != *first;
    });
    if (varies) continue;
    product.attributes.push_back({attribute_name(name), *first});
    for (Variant& variant : product.variants) {
      std::erase_if(variant.options, [&](const OptionValue& option) { return option.name == name; });
    }
  }
}

// Gives every variant the same option names in the same order.
void align_options(Product& product) {
  const std::vector<std::string> names = option_names(product);
  for (Variant& variant : product.variants) {
    std::vector<OptionValue> options;
    for (const std::string& name : names) {
      const std::string* value = option_of(variant, name);
      options.push_back({name, value ? *value : "-"});
    }
    variant.options = std::move(options);
  }
}

// Variants that their options do not tell apart get one that does.
void separate_twins(Product& product) {
  std::set<std::vector<std::string>> seen;
  const bool distinct = std::all_of(product.variants.begin(), product.variants.end(), [&](const Variant& variant) {
    std::vector<std::string> values;
    for (const OptionValue& option : variant.options) values.push_back(option.value);
    return seen.insert(std::move(values)).second;
  });
  if (distinct) return;
  std::size_t number = 0;
  for (Variant& variant : product.variants) {
    ++number;
    const std::string id = variant.id.empty() ? variant.sku : variant.id.str();
    variant.options.push_back({"Item", id.empty() ? std::to_string(number) : id});
  }
}

void add_new(std::vector<std::string>& into, std::vector<std::string>&& texts) {
  for (std::string& text : texts) {
    if (std::find(into.begin(), into.end(), text) == into.end()) into.push_back(std::move(text));
  }
}

// " (the map reads it from name or title)"
std::string read_from(const TextSource& source) {
  std::vector<std::string> names;
  for (const Path& path : source.from) names.push_back(path.name);
  return names.empty() ? std::string() : " (the map reads it from " + text::join_and(names, "or") + ")";
}

void fill_if_empty(std::string& into, std::string&& text) {
  if (into.empty()) into = std::move(text);
}

}  // namespace

Mapper::Mapper(const ImportMap& map, const Currency& currency) : map_(map), currency_(currency), attributes_(map) {}

bool Mapper::skips(const Value& row) const { return any_holds(map_.skip, row); }

std::string Mapper::group(const Value& row) const {
  const Value* value = map_.group_by.empty() ? nullptr : row.find(map_.group_by);
  return value ? std::string(value->text) : "";
}

std::string Mapper::one(const Value& row, const TextSource& source) const {
  for (const Path& path : source.from) {
    const Value* value = find(row, path);
    if (!value) continue;
    const std::vector<std::string> texts = texts_of(*value, source.html);
    if (!texts.empty()) return texts.front();
  }
  return source.otherwise.value_or("");
}

std::vector<std::string> Mapper::many(const Value& row, const TextSource& source) const {
  std::vector<std::string> found;
  for (const Path& path : source.from) {
    const Value* value = find(row, path);
    if (!value) continue;
    for (std::string& text : texts_of(*value, source.html)) {
      if (source.split.empty()) found.push_back(std::move(text));
      else for (std::string& piece : split_all(text, source.split)) found.push_back(std::move(piece));
    }
  }
  if (found.empty() && source.otherwise) found.push_back(*source.otherwise);
  return found;
}

// A list of texts is a path, as is a text cut at the separator; a list of lists is several paths.
std::vector<std::vector<std::string>> Mapper::category_paths(const Value& row) const {
  const TextSource& source = map_.categories;
  std::vector<std::vector<std::string>> paths;
  const auto add = [&](std::vector<std::string> path) {
    if (!path.empty() && std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(std::move(path));
  };
  for (const Path& from : source.from) {
    const Value* value = find(row, from);
    if (!value) continue;
    const bool nested = value->is_list() && std::any_of(value->items.begin(), value->items.end(), [](const Value& v) { return v.is_list(); });
    if (nested) {
      for (const Value& item : value->items) add(texts_of(item));
    } else if (value->is_list() && source.split.empty()) {
      add(texts_of(*value));
    } else {
      for (const std::string& text : texts_of(*value)) {
        add(source.split.empty() ? std::vector<std::string>{text} : split_all(text, source.split));
      }
    }
  }
  return paths;
}

std::optional<std::int64_t> Mapper::amount(const Value& row, const TextSource& source, const char* field, FieldProblems& problems) const {
  const std::string text = one(row, source);
  if (text.empty()) return std::nullopt;
  AmountFormat format = map_.amounts;
  for (const Path& path : source.from) {  // a number of a JSON file has a point, whatever texts have
    if (const Value* value = find(row, path); value && value->kind == Value::Kind::kNumber) format.mark = DecimalMark::kPoint;
  }
  auto minor = parse_amount(text, currency_, format);
  if (minor) return *minor;
  problems.push_back({field, minor.error().message});
  return std::nullopt;
}

// False where the row tells no price (and so is no variant).
bool Mapper::read_prices(const Value& row, Variant& variant, FieldProblems& problems) const {
  const auto price = amount(row, map_.price, "price", problems);
  if (!price) return false;
  const std::string told = one(row, map_.price_currency);
  if (!told.empty() && Currency::parse(told) && Currency::parse(told) != currency_) {
    problems.push_back({"price", "is in " + told + ", but the shop sells in " + std::string(currency_.code())});
  }
  variant.price = {*price, currency_};
  auto before = amount(row, map_.compare_at, "compare_at", problems);
  if (const auto sale = amount(row, map_.sale_price, "sale_price", problems); sale && *sale > 0 && *sale < *price) {
    before = *price;
    variant.price.minor = *sale;
  }
  if (before && *before > variant.price.minor) variant.compare_at = Money{*before, currency_};
  return true;
}

Stock Mapper::stock(const Value& row, FieldProblems& problems) {
  if (any_holds(map_.stock.untracked, row)) return {Availability::kInStock, std::nullopt};
  Stock stock;
  const std::string level = one(row, map_.stock.availability);
  if (not_there_yet(level)) return stock;
  if (!level.empty()) {
    if (const auto availability = parse_availability(level)) stock.availability = *availability;
    else problems.push_back({"availability", in_quotes(level) + " must be one of in stock, low stock, out of stock, preorder or backorder"});
  }
  const std::string count = one(row, map_.stock.count);
  if (count.empty() || stock.availability == Availability::kOutOfStock) return stock;
  if (const auto number = parse_whole(count)) {
    oversold_ += *number < 0;
    return stock_of_count(std::max<std::int64_t>(0, *number));
  }
  if (const auto availability = parse_availability(count)) return {*availability, std::nullopt};
  problems.push_back({"stock", in_quotes(count) + " must be a whole number or one of in stock, low stock, out of stock"});
  return stock;
}

SellingRule Mapper::rule(const Value& row, FieldProblems& problems) const {
  const auto whole = [&](const TextSource& source, const char* field) -> std::optional<std::int64_t> {
    const std::string text = one(row, source);
    if (text.empty()) return std::nullopt;
    const auto number = parse_whole(text);
    if (number && *number >= 1) return number;
    problems.push_back({field, in_quotes(text) + " must be a whole number of 1 or more"});
    return std::nullopt;
  };
  SellingRule rule;
  rule.least = whole(map_.least, "min").value_or(1);
  rule.most = whole(map_.most, "max");
  rule.pack = whole(map_.pack, "pack").value_or(1);
  return rule;
}

std::vector<OptionValue> Mapper::row_options(const Value& row) {
  std::vector<OptionValue> options;
  const auto add = [&](std::string name, std::string value) {
    const auto ignored = [&](const auto& pair) { return pair.first == name && pair.second == value; };
    const auto& ignore = map_.options.ignore;
    if (name.empty() || value.empty() || std::any_of(ignore.begin(), ignore.end(), ignored)) return;
    options.push_back({std::move(name), std::move(value)});
  };
  const auto text = [&](const Path& path) {
    const Value* value = find(row, path);
    return value ? clean_line(value->text) : std::string();
  };
  pair_names_.resize(map_.options.pairs.size());
  for (std::size_t i = 0; i < pair_names_.size(); ++i) {
    if (std::string name = text(map_.options.pairs[i].first); !name.empty()) pair_names_[i] = std::move(name);
    add(pair_names_[i], text(map_.options.pairs[i].second));
  }
  for (const auto& [value, name] : map_.options.columns) add(name, text(value));
  return options;
}

// Every combination of the listed values, the last list turning fastest.
void Mapper::add_combinations(const Value& lists, const Variant& model, const SellingRule& rule, Listing& listing, FieldProblems& problems) {
  std::vector<std::pair<std::string, std::vector<std::string>>> axes;
  std::size_t count = 1;
  for (const auto& [name, values] : lists.members) {
    std::vector<std::string> distinct;
    add_new(distinct, texts_of(values));
    if (distinct.empty()) continue;
    count = count > map_.options.most_variants ? count : count * distinct.size();
    axes.emplace_back(clean_line(name), std::move(distinct));
  }
  if (count > map_.options.most_variants) {
    problems.push_back({"options", "make more than " + std::to_string(map_.options.most_variants) +
                                       " variants; raise options.max_variants in the map or list the variants one by one"});
    return;
  }
  for (std::size_t number = 0; number < count; ++number) {
    Variant variant = model;
    std::size_t rest = number;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      variant.options.insert(variant.options.begin(), {axis->first, axis->second[rest % axis->second.size()]});
      rest /= axis->second.size();
    }
    listing.product.variants.push_back(std::move(variant));
    listing.rules.push_back(rule);
  }
}

void Mapper::add_variants(const Value& row, Listing& listing, FieldProblems& problems) {
  Variant variant;
  if (!read_prices(row, variant, problems)) return;
  variant.sku = one(row, map_.sku);
  variant.stock = stock(row, problems);
  const SellingRule selling = rule(row, problems);
  const Value* lists = map_.options.lists ? find(row, *map_.options.lists) : nullptr;
  if (lists && lists->is_object()) {
    add_combinations(*lists, variant, selling, listing, problems);
    return;
  }
  variant.id = VariantId(one(row, map_.variant_id));
  variant.options = row_options(row);
  listing.product.variants.push_back(std::move(variant));
  listing.rules.push_back(selling);
}

Listing Mapper::part(const Value& row, Row which, FieldProblems& problems) {
  if (which == Row::kFirst) pair_names_.clear();
  Listing listing;
  Product& product = listing.product;
  product.id = ProductId(std::string(raw(row, map_.id)));
  product.title = clean_line(one(row, map_.title), map_.title.html);
  product.brand = clean_line(one(row, map_.brand));
  product.kind = clean_line(one(row, map_.kind));
  product.description = one(row, map_.description);
  product.highlights = many(row, map_.highlights);
  product.categories = category_paths(row);
  product.tags = many(row, map_.tags);
  product.images = many(row, map_.images);
  product.url = one(row, map_.url);
  product.identifiers = many(row, map_.identifiers);
  if (const std::string margin = one(row, map_.margin_percent); !margin.empty()) {
    const auto number = parse_decimal(margin, map_.decimal);
    if (number) product.margin_permille = static_cast<int>(to_double(*number) * 10 + (number->negative ? -0.5 : 0.5));
    else problems.push_back({"margin_percent", in_quotes(margin) + " must be a number"});
  }
  attributes_.add(row, product.attributes);
  add_variants(row, listing, problems);
  return listing;
}

void Mapper::merge(Listing& into, Listing&& from) {
  Product& product = into.product;
  Product& more = from.product;
  fill_if_empty(product.title, std::move(more.title));
  fill_if_empty(product.brand, std::move(more.brand));
  fill_if_empty(product.kind, std::move(more.kind));
  fill_if_empty(product.description, std::move(more.description));
  fill_if_empty(product.url, std::move(more.url));
  if (product.categories.empty()) product.categories = std::move(more.categories);
  if (product.highlights.empty()) product.highlights = std::move(more.highlights);
  if (!product.margin_permille) product.margin_permille = more.margin_permille;
  add_new(product.tags, std::move(more.tags));
  add_new(product.images, std::move(more.images));
  add_new(product.identifiers, std::move(more.identifiers));
  for (Attribute& attribute : more.attributes) {
    if (std::find(product.attributes.begin(), product.attributes.end(), attribute) == product.attributes.end()) {
      product.attributes.push_back(std::move(attribute));
    }
  }
  for (Variant& variant : more.variants) product.variants.push_back(std::move(variant));
  for (SellingRule& rule : from.rules) into.rules.push_back(rule);
}

void Mapper::finish(Listing& listing, FieldProblems& problems) const {
  Product& product = listing.product;
  if (product.id.empty()) problems.push_back({"id", "is missing; every product needs one" + read_from(map_.id), 0});
  if (product.title.empty()) problems.push_back({"title", "is missing; every product needs one" + read_from(map_.title), 0});
  const bool price_told = std::any_of(problems.begin(), problems.end(), [](const FieldProblem& p) { return p.field == "price" || p.field == "options"; });
  if (product.variants.empty() && !price_told) problems.push_back({"price", "is missing; write 0 for something free"});
  if (!problems.empty()) return;
  if (product.images.size() > kMostImages) product.images.resize(kMostImages);
  if (product.variants.size() == 1 && map_.options.only_varying) {
    settle_constant_options(product);
  } else if (product.variants.size() > 1) {
    if (map_.options.only_varying) settle_constant_options(product);
    align_options(product);
    separate_twins(product);
  }
  if (product.variants.size() == 1 && product.variants.front().id.empty()) product.variants.front().id = VariantId(product.id.str());
  name_variants(product);
}

}  // namespace floorwalker::embedded
