#include "adapters/http/file_reader.h"

// The part of an adapter file that says how answers become products, carts, orders and policies.
namespace floorwalker::http {
namespace {

using yaml::Node;
using yaml::Path;
constexpr auto kRequired = yaml::Presence::kRequired;

}  // namespace

yaml::Field FileReader::options(OptionsMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"each", selector(out.each)}, {"name", field(out.name)}, {"value", field(out.value)}, {"table", selector(out.table)},
                 {"order", selector(out.order)}, {"hide", yaml.text_table(out.hide)}});
    if (out.each.has_value() == out.table.has_value()) yaml.error(node, path, "either 'each' (with name and value) or 'table' says where the options stand");
    if (out.each && !(out.name.given() && out.value.given())) yaml.error(node, path, "'each' wants 'name' and 'value' beside it");
  };
}

yaml::Field FileReader::stock(StockMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    const yaml::Field low = [&](const Node& value, const Path& at) { yaml.number(out.low_below.emplace(), 1, 1'000'000)(value, at); };
    yaml.object(node, path,
                {{"count", field(out.count)}, {"level", field(out.level)}, {"available", field(out.available)},
                 {"untracked", field(out.untracked)}, {"low_below", low}});
    for (const auto& [word, ours] : out.level.values) {
      if (ours != "in_stock" && ours != "low_stock" && ours != "out_of_stock" && ours != "unknown") {
        yaml.error(node, path.key("level"), "'" + ours + "' is no level of stock", "in_stock, low_stock, out_of_stock or unknown");
      }
    }
  };
}

yaml::Field FileReader::attribute(AttributeRule& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"each", selector(out.each)}, {"table", selector(out.table)}, {"name", field(out.name)}, {"value", field(out.value)},
                 {"unit", yaml.text(out.unit)}, {"skip", yaml.texts(out.skip)}});
    if (out.table ? out.value.given() || out.name.given() : !(out.name.given() && out.value.given())) {
      yaml.error(node, path, "either 'table' (an object of names and values) or 'name' and 'value' say what the attribute is");
    }
  };
}

yaml::Field FileReader::categories(CategoriesMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"each", selector(out.each), kRequired}, {"path", selector(out.path)}, {"skip", yaml.texts(out.skip)}, {"split", yaml.text(out.split)}});
  };
}

yaml::Field FileReader::variants(VariantMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"each", selector(out.each)}, {"order_by", selectors(out.order_by)}, {"id", field(out.id), kRequired}, {"sku", field(out.sku)}, {"options", options(out.options)},
                 {"price", money(out.price), kRequired}, {"compare_at", money(out.compare_at)}, {"stock", stock(out.stock)}});
  };
}

yaml::Field FileReader::product(ProductMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    const yaml::Field attributes = [&](const Node& list, const Path& at) {
      yaml.list(list, at, [&](const Node& item, const Path& inner) { attribute(out.attributes.emplace_back())(item, inner); });
    };
    yaml.object(node, path,
                {{"id", field(out.id), kRequired}, {"title", field(out.title), kRequired}, {"brand", field(out.brand)}, {"kind", field(out.kind)},
                 {"description", field(out.description)}, {"highlights", selectors(out.highlights)}, {"categories", categories(out.categories)},
                 {"attributes", attributes}, {"variants", variants(out.variants), kRequired}, {"tags", selectors(out.tags)},
                 {"images", selectors(out.images)}, {"url", field(out.url)}, {"identifiers", selectors(out.identifiers)}});
  };
}

yaml::Field FileReader::lines(LineMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"each", selector(out.each), kRequired}, {"id", field(out.id)}, {"product", field(out.product)},
                 {"variant", field(out.variant), kRequired}, {"title", field(out.title), kRequired}, {"options", options(out.options)},
                 {"quantity", field(out.quantity), kRequired}, {"unit_price", money(out.unit_price), kRequired}, {"total", money(out.total)}});
  };
}

yaml::Field FileReader::cart(CartMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    const yaml::Field discounts = [&](const Node& map, const Path& at) {
      yaml.object(map, at,
                  {{"each", selector(out.codes), kRequired}, {"code", field(out.code), kRequired}, {"amount", money(out.discount), kRequired},
                   {"lists_idle", yaml.boolean(out.lists_idle_codes)}});
    };
    yaml.object(node, path,
                {{"currency", field(out.currency)}, {"lines", lines(out.lines), kRequired}, {"discounts", discounts},
                 {"subtotal", money(out.subtotal), kRequired}, {"total", money(out.total), kRequired}});
    if (!out.lines.id.given()) yaml.error(node, path.key("lines"), "'id' is missing");
    if (!out.lines.total.given()) yaml.error(node, path.key("lines"), "'total' is missing");
  };
}

yaml::Field FileReader::order(OrderMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"id", field(out.id), kRequired}, {"status", field(out.status), kRequired}, {"placed", field(out.placed)},
                 {"email", field(out.email)}, {"tracking", field(out.tracking)}, {"expected", field(out.expected)},
                 {"lines", lines(out.lines), kRequired}, {"total", money(out.total), kRequired}});
  };
}

yaml::Field FileReader::policy(PolicyMap& out) {
  return [this, &out](const Node& node, const Path& path) {
    yaml.object(node, path,
                {{"id", field(out.id), kRequired}, {"topic", field(out.topic), kRequired}, {"title", field(out.title), kRequired},
                 {"text", field(out.text), kRequired}, {"date", field(out.date)}});
  };
}

}  // namespace floorwalker::http
