#include "tests/support/shared_data.h"

#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "agent/core/text.h"
#include "tests/support/paths.h"

namespace floorwalker::test {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& row, const char* key) {
  const auto at = row.find(key);
  return at != row.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// Icecat tells no units; these are the ones of its data sheets.
Unit icecat_unit(const std::string& name) {
  const auto ends = [&](std::string_view tail) { return name.size() >= tail.size() && name.compare(name.size() - tail.size(), tail.size(), tail) == 0; };
  if (ends("width") || ends("height") || ends("depth")) return *find_unit("mm");
  if (ends("weight")) return *find_unit("g");
  if (name == "display_diagonal") return *find_unit("in");
  if (name == "cable_length") return *find_unit("m");
  if (name == "internal_memory" || name == "total_storage_capacity" || name == "hdd_capacity") return *find_unit("GB");
  if (name == "processor_frequency") return *find_unit("GHz");
  return {};
}

void add_icecat_attribute(const std::string& key, const Json& value, Product& product) {
  const std::string name = key.substr(7);
  if (key[5] == 't' && value.is_string()) {
    if (name == "product_type") product.kind = value.get<std::string>();
    else product.attributes.push_back({name, value.get<std::string>()});
  } else if (key[5] == 'n' && value.is_number()) {
    product.attributes.push_back({name, Measure{value.get<double>(), icecat_unit(name)}});
  } else if (key[5] == 'b' && value.is_boolean()) {
    product.attributes.push_back({name, value.get<bool>()});
  }
}

Product icecat_product(const Json& row) {
  Product product;
  product.id = ProductId(text_of(row, "id"));
  product.title = text_of(row, "title");
  product.brand = text_of(row, "supplier");
  product.description = text_of(row, "short_description");
  product.identifiers.push_back(text_of(row, "name"));
  if (const auto ean = row.find("ean"); ean != row.end() && ean->is_array()) {
    for (const Json& one : *ean) product.identifiers.push_back(one.get<std::string>());
  }
  for (const auto& [key, value] : row.items()) {
    if (key.compare(0, 5, "attr_") == 0) add_icecat_attribute(key, value, product);
  }
  Variant variant;
  variant.id = VariantId(product.id.str());
  variant.price = {row.value("price", std::int64_t{0}), *Currency::parse("USD")};
  variant.stock.availability = Availability::kInStock;
  product.variants.push_back(variant);
  return product;
}

void add_webshop_variants(const Json& row, Product& product) {
  std::vector<Variant> variants(1);
  variants[0].price = {std::llround(row.value("price", 0.0) * 100), *Currency::parse("USD")};
  variants[0].stock.availability = Availability::kInStock;
  const auto options = row.find("options");
  if (options != row.end() && options->is_object()) {
    for (const auto& [name, values] : options->items()) {
      std::vector<Variant> more;
      for (const Variant& variant : variants) {
        for (const Json& value : values) {
          if (more.size() >= 500) break;
          Variant one = variant;
          one.options.push_back({name, value.is_string() ? value.get<std::string>() : value.value("value", std::string())});
          more.push_back(std::move(one));
        }
      }
      if (!more.empty()) variants = std::move(more);
    }
  }
  for (std::size_t i = 0; i < variants.size(); ++i) variants[i].id = VariantId(product.id.str() + "-" + std::to_string(i));
  product.variants = std::move(variants);
}

Product webshop_product(const Json& row) {
  Product product;
  product.id = ProductId(text_of(row, "id"));
  product.title = text_of(row, "title");
  product.brand = text_of(row, "brand");
  product.description = text_of(row, "description");
  for (const Json& bullet : row.value("bullets", Json::array())) product.highlights.push_back(bullet.get<std::string>());
  const std::vector<std::string> path = row.value("category_path", std::vector<std::string>{});
  if (!path.empty()) product.categories.push_back(path);
  add_webshop_variants(row, product);
  return product;
}

template <typename Make>
std::vector<Product> products_of(const std::filesystem::path& file, Make make) {
  std::vector<Product> products;
  each_line(file, [&](std::string_view line) { products.push_back(make(Json::parse(line))); });
  return products;
}

}  // namespace

std::optional<std::filesystem::path> shared_data() {
  const char* from = std::getenv("FLOORWALKER_SHARED");
  const std::filesystem::path folder = (from ? std::filesystem::path(from) : test::source_dir() / ".." / "shared") / "data";
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

void each_line(const std::filesystem::path& file, const std::function<void(std::string_view)>& visit) {
  gzFile in = gzopen(file.c_str(), "rb");
  if (!in) throw std::runtime_error("cannot open " + file.string());
  std::string pending;
  std::vector<char> buffer(1 << 20);
  int got = 0;
  while ((got = gzread(in, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    pending.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1) {
      if (end > start) visit(std::string_view(pending).substr(start, end - start));
    }
    pending.erase(0, start);
  }
  gzclose(in);
  if (got < 0) throw std::runtime_error("cannot read " + file.string());
  if (!pending.empty()) visit(pending);
}

std::vector<Product> icecat_products(const std::filesystem::path& file) { return products_of(file, icecat_product); }
std::vector<Product> webshop_products(const std::filesystem::path& file) { return products_of(file, webshop_product); }

std::vector<RatedQuery> icecat_ratings(const std::filesystem::path& file) {
  std::vector<RatedQuery> queries;
  each_line(file, [&](std::string_view line) {
    const Json row = Json::parse(line);
    queries.push_back({row.at("query").get<std::string>(), row.at("ratings").get<std::map<std::string, int>>()});
  });
  return queries;
}

}  // namespace floorwalker::test
