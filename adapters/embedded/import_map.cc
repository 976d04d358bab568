#include "adapters/embedded/import_map.h"

#include <yaml-cpp/yaml.h>

#include <functional>

#include "agent/core/money.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

using Node = YAML::Node;
using Read = std::function<void(const Node&)>;

Path make_path(const std::string& name) {
  Path path{name, {}};
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    path.steps.push_back(name.substr(start, end - start));
    start = end + 1;
  }
  return path;
}

// Reads the YAML into a map and gathers what is wrong with it.
class MapReader {
 public:
  explicit MapReader(std::string name) : name_(std::move(name)) {}

  ImportMap read(const Node& root);
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  struct Key {
    std::string name;
    Read read;
  };

  void error(const Node& at, const std::string& message) {
    const YAML::Mark mark = at.Mark();
    errors_.push_back(name_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": " + message);
  }

  // Calls the reader of each key that is there; keys without one are errors.
  void object(const Node& node, const std::string& what, const std::vector<Key>& keys);

  bool scalar(const Node& node, const std::string& what, std::string& out);
  void flag(const Node& node, const std::string& what, bool& out);
  void number(const Node& node, const std::string& what, double& out);
  void texts(const Node& node, const std::string& what, std::vector<std::string>& out);
  void path(const Node& node, const std::string& what, Path& out);
  void paths(const Node& node, const std::string& what, std::vector<Path>& out);
  void unit(const Node& node, const std::string& what, Unit& out);
  template <typename Enum>
  void choice(const Node& node, const std::string& what, const std::vector<std::pair<std::string, Enum>>& choices, Enum& out);

  // A field name, a list of them, or {from, split, html, otherwise} and whatever `more` adds.
  void source(const Node& node, const std::string& what, TextSource& out, std::vector<Key> more = {});
  void conditions(const Node& node, const std::string& what, std::vector<Condition>& out);

  void read_shop(const Node& node, ImportMap& map);
  void read_product(const Node& node, ImportMap& map);
  void read_variant(const Node& node, ImportMap& map);
  void read_price(const Node& node, ImportMap& map);
  void read_options(const Node& node, OptionsSource& out);
  void read_stock(const Node& node, StockSource& out);
  void read_attributes(const Node& node, AttributesSource& out);
  void read_attribute_field(const Node& key, const Node& node, AttributesSource& out);
  void read_unit_rule(const Node& key, const Node& node, AttributesSource& out);
  void each_member(const Node& node, const std::string& what, const std::function<void(const Node&, const Node&)>& visit);
  void require(const Node& root, const ImportMap& map);

  Key to(const std::string& name, TextSource& out) {
    return {name, [this, name, &out](const Node& node) { source(node, name, out); }};
  }
  Key to(const std::string& name, std::string& out) {
    return {name, [this, name, &out](const Node& node) { scalar(node, name, out); }};
  }
  Key to(const std::string& name, bool& out) {
    return {name, [this, name, &out](const Node& node) { flag(node, name, out); }};
  }
  Key to(const std::string& name, std::vector<std::string>& out) {
    return {name, [this, name, &out](const Node& node) { texts(node, name, out); }};
  }

  std::string name_;
  std::vector<std::string> errors_;
};

void MapReader::object(const Node& node, const std::string& what, const std::vector<Key>& keys) {
  if (!node.IsMap()) return error(node, what + ": must hold keys and values");
  std::vector<std::string> known;
  for (const Key& key : keys) known.push_back(key.name);
  std::vector<std::string> seen;
  for (const auto& member : node) {
    const std::string name = member.first.IsScalar() ? member.first.Scalar() : "";
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.name == name; });
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      error(member.first, what + ": \"" + name + "\" is told twice");
    } else if (key != keys.end()) {
      key->read(member.second);
    } else {
      const std::string near = text::nearest(name, known);
      error(member.first, what + ": unknown key \"" + name + "\"; " +
                              (near.empty() ? "known are " + text::join_and(known) : "did you mean \"" + near + "\"?"));
    }
    seen.push_back(name);
  }
}

bool MapReader::scalar(const Node& node, const std::string& what, std::string& out) {
  if (!node.IsScalar()) {
    error(node, what + ": must be one text");
    return false;
  }
  out = node.Scalar();
  return true;
}

void MapReader::flag(const Node& node, const std::string& what, bool& out) {
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, out)) error(node, what + ": must be true or false");
}

void MapReader::number(const Node& node, const std::string& what, double& out) {
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, out)) error(node, what + ": must be a number");
}

void MapReader::texts(const Node& node, const std::string& what, std::vector<std::string>& out) {
  if (node.IsScalar()) {
    out.push_back(node.Scalar());
  } else if (node.IsSequence()) {
    for (const Node& item : node) {
      std::string text;
      if (scalar(item, what, text)) out.push_back(std::move(text));
    }
  } else {
    error(node, what + ": must be a text or a list of texts");
  }
}

void MapReader::path(const Node& node, const std::string& what, Path& out) {
  std::string name;
  if (scalar(node, what, name)) out = make_path(name);
}

void MapReader::paths(const Node& node, const std::string& what, std::vector<Path>& out) {
  std::vector<std::string> names;
  texts(node, what, names);
  for (const std::string& name : names) out.push_back(make_path(name));
}

void MapReader::unit(const Node& node, const std::string& what, Unit& out) {
  std::string name;
  if (!scalar(node, what, name)) return;
  if (const auto found = find_unit(name)) out = *found;
  else error(node, what + ": unknown unit \"" + name + "\"; write it as after a number, such as mm, in, kg, GB, W");
}

template <typename Enum>
void MapReader::choice(const Node& node, const std::string& what, const std::vector<std::pair<std::string, Enum>>& choices, Enum& out) {
  std::string word;
  if (!scalar(node, what, word)) return;
  std::vector<std::string> known;
  for (const auto& [name, value] : choices) {
    if (name == word) {
      out = value;
      return;
    }
    known.push_back(name);
  }
  error(node, what + ": \"" + word + "\" must be one of " + text::join_and(known, "or"));
}

void MapReader::source(const Node& node, const std::string& what, TextSource& out, std::vector<Key> more) {
  if (!node.IsMap()) return paths(node, what, out.from);
  more.push_back({"from", [&](const Node& from) { paths(from, what + ".from", out.from); }});
  more.push_back(to("split", out.split));
  more.push_back(to("html", out.html));
  more.push_back({"otherwise", [&](const Node& value) { scalar(value, what + ".otherwise", out.otherwise.emplace()); }});
  object(node, what, more);
}

void MapReader::each_member(const Node& node, const std::string& what, const std::function<void(const Node&, const Node&)>& visit) {
  if (!node.IsMap()) return error(node, what + ": must hold keys and values");
  for (const auto& member : node) visit(member.first, member.second);
}

void MapReader::conditions(const Node& node, const std::string& what, std::vector<Condition>& out) {
  each_member(node, what, [&](const Node& key, const Node& values) {
    Condition& condition = out.emplace_back();
    path(key, what, condition.field);
    texts(values, what, condition.values);
    for (std::string& value : condition.values) value = text::fold(value);
  });
}

void MapReader::read_shop(const Node& node, ImportMap& map) {
  const auto currency = [&](const Node& value) {
    if (scalar(value, "shop.currency", map.currency) && !Currency::parse(map.currency)) {
      error(value, "shop.currency: \"" + map.currency + "\" is no ISO code such as USD");
    }
  };
  object(node, "shop", {to("name", map.shop_name), {"currency", currency}, to("checkout_url", map.checkout_url)});
}

void MapReader::read_product(const Node& node, ImportMap& map) {
  object(node, "product",
         {to("id", map.id), to("title", map.title), to("brand", map.brand), to("kind", map.kind), to("description", map.description),
          to("highlights", map.highlights), to("categories", map.categories), to("tags", map.tags), to("images", map.images),
          to("url", map.url), to("identifiers", map.identifiers), to("margin_percent", map.margin_percent)});
}

void MapReader::read_price(const Node& node, ImportMap& map) {
  const auto scale = [&](const Node& value) {
    choice<PriceScale>(value, "price.scale", {{"major", PriceScale::kMajor}, {"minor", PriceScale::kMinor}}, map.amounts.scale);
  };
  const auto round = [&](const Node& value) {
    bool rounds = false;
    flag(value, "price.round", rounds);
    map.amounts.rounding = rounds ? Rounding::kHalfUp : Rounding::kExact;
  };
  source(node, "price", map.price, {{"scale", scale}, {"round", round}, to("currency", map.price_currency)});
}

void MapReader::read_variant(const Node& node, ImportMap& map) {
  object(node, "variant",
         {to("id", map.variant_id), to("sku", map.sku), {"price", [&](const Node& value) { read_price(value, map); }},
          to("sale_price", map.sale_price), to("compare_at", map.compare_at), to("min", map.least), to("max", map.most), to("pack", map.pack),
          {"options", [&](const Node& value) { read_options(value, map.options); }},
          {"stock", [&](const Node& value) { read_stock(value, map.stock); }},
          to("availability", map.stock.availability)});
}

void MapReader::read_options(const Node& node, OptionsSource& out) {
  const auto pairs = [&](const Node& list) {
    if (!list.IsSequence()) return error(list, "options.pairs: must be a list of [name field, value field]");
    for (const Node& pair : list) {
      if (!pair.IsSequence() || pair.size() != 2) {
        error(pair, "options.pairs: each must be [name field, value field]");
        continue;
      }
      auto& [name, value] = out.pairs.emplace_back();
      path(pair[0], "options.pairs", name);
      path(pair[1], "options.pairs", value);
    }
  };
  const auto columns = [&](const Node& map) {
    each_member(map, "options.columns", [&](const Node& field, const Node& name) {
      auto& [from, to_name] = out.columns.emplace_back();
      path(field, "options.columns", from);
      scalar(name, "options.columns", to_name);
    });
  };
  const auto ignore = [&](const Node& map) {
    each_member(map, "options.ignore", [&](const Node& name, const Node& value) {
      auto& [ignored, of] = out.ignore.emplace_back();
      scalar(name, "options.ignore", ignored);
      scalar(value, "options.ignore", of);
    });
  };
  const auto most = [&](const Node& value) {
    double limit = 0;
    number(value, "options.max_variants", limit);
    if (limit < 1 || limit > 10000) error(value, "options.max_variants: must be from 1 to 10000");
    else out.most_variants = static_cast<std::size_t>(limit);
  };
  object(node, "options",
         {{"lists", [&](const Node& value) { path(value, "options.lists", out.lists.emplace()); }},
          {"pairs", pairs}, {"columns", columns}, to("only_varying", out.only_varying), {"ignore", ignore}, {"max_variants", most}});
}

void MapReader::read_stock(const Node& node, StockSource& out) {
  source(node, "stock", out.count,
         {{"untracked_when", [&](const Node& value) { conditions(value, "stock.untracked_when", out.untracked); }}});
}

void MapReader::read_attribute_field(const Node& key, const Node& node, AttributesSource& out) {
  AttributeField& field = out.fields.emplace_back();
  path(key, "attributes.fields", field.from);
  field.name = field.from.name;
  if (node.IsScalar()) {
    field.name = node.Scalar();
    return;
  }
  const auto type = [&](const Node& value) {
    choice<AttributeType>(value, "type",
                          {{"auto", AttributeType::kAuto}, {"text", AttributeType::kText}, {"number", AttributeType::kNumber},
                           {"boolean", AttributeType::kBoolean}, {"date", AttributeType::kDate}},
                          field.type);
  };
  object(node, "attributes.fields." + field.from.name,
         {to("name", field.name), {"type", type}, {"unit", [&](const Node& value) { unit(value, "unit", field.unit.emplace()); }},
          to("split", field.split)});
}

void MapReader::read_unit_rule(const Node& key, const Node& node, AttributesSource& out) {
  UnitRule& rule = out.units.emplace_back();
  scalar(key, "attributes.units", rule.pattern);
  if (node.IsScalar()) return unit(node, "attributes.units." + rule.pattern, rule.unit);
  const auto over = [&](const Node& value) { number(value, "over", rule.over.emplace()); };
  object(node, "attributes.units." + rule.pattern,
         {{"unit", [&](const Node& value) { unit(value, "unit", rule.unit); }}, {"over", over},
          {"then", [&](const Node& value) { unit(value, "then", rule.large); }}, to("except", rule.skip)});
}

void MapReader::read_attributes(const Node& node, AttributesSource& out) {
  const auto prefixes = [&](const Node& map) {
    each_member(map, "attributes.prefixes", [&](const Node& prefix, const Node& type) {
      auto& [text, kind] = out.prefixes.emplace_back();
      scalar(prefix, "attributes.prefixes", text);
      choice<AttributeType>(type, "attributes.prefixes",
                            {{"auto", AttributeType::kAuto}, {"text", AttributeType::kText}, {"number", AttributeType::kNumber},
                             {"boolean", AttributeType::kBoolean}},
                            kind);
    });
  };
  const auto fields = [&](const Node& map) {
    each_member(map, "attributes.fields", [&](const Node& key, const Node& value) { read_attribute_field(key, value, out); });
  };
  const auto units = [&](const Node& map) {
    each_member(map, "attributes.units", [&](const Node& key, const Node& value) { read_unit_rule(key, value, out); });
  };
  object(node, "attributes",
         {{"prefixes", prefixes}, {"inside", [&](const Node& value) { paths(value, "attributes.inside", out.inside); }},
          to("rest", out.rest), to("unit_in_name", out.unit_in_name), {"fields", fields}, {"units", units}, to("split", out.split),
          to("omit", out.omit), to("unknown", out.unknown), to("yes", out.yes), to("no", out.no)});
}

void MapReader::require(const Node& root, const ImportMap& map) {
  if (map.format == RowFormat::kNative) return;
  if (!map.id.mapped()) error(root, "product.id: is missing; name the field that holds the product's id");
  if (!map.title.mapped()) error(root, "product.title: is missing; name the field that holds the product's title");
  if (!map.price.mapped()) error(root, "variant.price: is missing; name the field that holds the price");
}

ImportMap MapReader::read(const Node& root) {
  ImportMap map;
  std::string delimiter;
  const auto format = [&](const Node& value) {
    choice<RowFormat>(value, "format",
                      {{"jsonl", RowFormat::kJsonLines}, {"csv", RowFormat::kTable}, {"tsv", RowFormat::kTable}, {"native", RowFormat::kNative}},
                      map.format);
    if (value.IsScalar() && value.Scalar() == "tsv") map.delimiter = '\t';
  };
  const auto separator = [&](const Node& value) {
    if (!scalar(value, "delimiter", delimiter)) return;
    if (delimiter.size() == 1) map.delimiter = delimiter.front();
    else error(value, "delimiter: must be one character");
  };
  const auto decimal = [&](const Node& value) {
    choice<DecimalMark>(value, "decimal",
                        {{"auto", DecimalMark::kAuto}, {"point", DecimalMark::kPoint}, {"comma", DecimalMark::kComma}}, map.decimal);
  };
  const auto duplicates = [&](const Node& value) {
    choice<Duplicates>(value, "duplicates",
                       {{"error", Duplicates::kError}, {"first", Duplicates::kFirst}, {"last", Duplicates::kLast}}, map.duplicates);
  };
  object(root, "map",
         {to("map", map.name), {"format", format}, {"delimiter", separator}, {"decimal", decimal}, {"duplicates", duplicates},
          {"shop", [&](const Node& value) { read_shop(value, map); }}, to("group_by", map.group_by),
          {"skip_when", [&](const Node& value) { conditions(value, "skip_when", map.skip); }}, to("literal_newlines", map.literal_newlines),
          {"product", [&](const Node& value) { read_product(value, map); }},
          {"variant", [&](const Node& value) { read_variant(value, map); }},
          {"attributes", [&](const Node& value) { read_attributes(value, map.attributes); }}});
  require(root, map);
  map.amounts.mark = map.decimal;
  return map;
}

}  // namespace

Result<ImportMap> load_map(std::string_view yaml, const std::string& name) {
  try {
    MapReader reader(name);
    ImportMap map = reader.read(YAML::Load(std::string(yaml)));
    if (reader.errors().empty()) return map;
    std::string message;
    for (const std::string& one : reader.errors()) message += (message.empty() ? "" : "\n") + one;
    return fail(ErrorKind::kInvalidArgument, message);
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::kInvalidArgument, name + ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1) +
                                                 ": is not valid YAML: " + error.msg);
  }
}

}  // namespace floorwalker::embedded
