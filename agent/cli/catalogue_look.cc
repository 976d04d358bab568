#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "agent/cli/catalogue_commands.h"
#include "agent/cli/composition.h"
#include "agent/core/answers_json.h"
#include "agent/core/text.h"

namespace floorwalker::cli {
namespace {

struct LookOptions {
  Settings settings;
  std::string what;
};

std::string price_range(const Money& low, const Money& high) {
  if (low == Money{}) return "prices not read";
  return low == high ? format(low) : format(low) + " to " + format(high);
}

std::string in_words(const Stock& stock) {
  if (stock.count && *stock.count > 0) return std::to_string(*stock.count) + " in stock";
  return text::spaced(to_string(stock.availability));
}

void print_variant(const Variant& variant) {
  std::vector<std::string> values;
  for (const OptionValue& option : variant.options) values.push_back(option.name + " " + option.value);
  std::cout << "  " << variant.id.str() << "  " << format(variant.price);
  if (variant.compare_at) std::cout << " (before " << format(*variant.compare_at) << ")";
  std::cout << "  " << in_words(variant.stock);
  if (!values.empty()) std::cout << "  " << text::join_and(values, ",");
  std::cout << "\n";
}

void print_product(const Product& product) {
  std::cout << product.title << "\n  id " << product.id.str();
  if (!product.brand.empty()) std::cout << "  brand " << product.brand;
  if (!product.kind.empty()) std::cout << "  kind " << product.kind;
  std::cout << "\n";
  for (const auto& path : product.categories) std::cout << "  in " << fmt::format("{}", fmt::join(path, " > ")) << "\n";
  if (!product.description.empty()) std::cout << "\n" << product.description << "\n";
  for (const std::string& highlight : product.highlights) std::cout << "  - " << highlight << "\n";
  if (!product.attributes.empty()) std::cout << "\nAttributes\n";
  for (const Attribute& attribute : product.attributes) {
    std::cout << "  " << text::spaced(attribute.name) << ": " << format(attribute.value) << "\n";
  }
  std::cout << "\nVariants\n";
  for (const Variant& variant : product.variants) print_variant(variant);
}

// By the product's id, or by that of one of its variants.
Result<Product> find_product(ports::Catalogue& catalogue, const std::string& id) {
  auto product = catalogue.product(ProductId(id));
  if (product || product.error().kind != ErrorKind::kNotFound) return product;
  const auto owner = catalogue.product_of(VariantId(id));
  return owner ? catalogue.product(*owner) : product;
}

int run_show(const LookOptions& options) {
  auto composition = Composition::create(options.settings);
  if (!composition) return complain(composition.error());
  auto shop = (*composition)->shop();
  if (!shop) return complain(shop.error());
  auto product = find_product(shop->catalogue, options.what);
  if (!product) return complain(product.error());
  if (options.settings.json) std::cout << to_json(ProductDetails{std::move(*product), SystemClock().now()}) << "\n";
  else print_product(*product);
  return 0;
}

void print_shape(const ShopShape& shape) {
  std::cout << (shape.scope.empty() ? "The whole shop" : shape.scope) << ": " << shape.products << " products, "
            << price_range(shape.price_low, shape.price_high) << "\n";
  for (const auto& department : shape.departments) {
    std::cout << fmt::format("  {:<50} {:>6}  {}\n", department.name, department.products,
                             price_range(department.price_low, department.price_high));
  }
  for (const auto& extreme : shape.extremes) {
    std::cout << "  " << extreme.what << ": " << extreme.product.title << " (" << format(extreme.product.price_from) << ", "
              << extreme.product.id.str() << ")\n";
  }
}

int run_shape(const LookOptions& options) {
  auto composition = Composition::create(options.settings);
  if (!composition) return complain(composition.error());
  auto search = (*composition)->search();
  if (!search) return complain(search.error());
  const auto shape = search->get().shape(options.what);
  if (!shape) return complain(shape.error());
  if (options.settings.json) std::cout << to_json(*shape) << "\n";
  else print_shape(*shape);
  return 0;
}

}  // namespace

void add_catalogue_look(CLI::App& catalogue, Exit& exit) {
  auto product = std::make_shared<LookOptions>();
  CLI::App* show = catalogue.add_subcommand("show", "Everything about one product, price and stock read now");
  add_settings(*show, product->settings);
  show->add_option("id", product->what, "the id of a product or of one of its variants")->required()->type_name("ID");
  show->add_flag("--json", product->settings.json, "print the product as one line of JSON");
  show->callback([product, &exit] { exit.status = run_show(*product); });

  auto scope = std::make_shared<LookOptions>();
  CLI::App* shape = catalogue.add_subcommand("shape", "What the shop sells: departments, counts, price ranges, extremes");
  add_settings(*shape, scope->settings);
  shape->add_option("scope", scope->what, "a department or kind of thing; left out: the whole shop")->type_name("NAME");
  shape->add_flag("--json", scope->settings.json, "print the shape as one line of JSON");
  shape->callback([scope, &exit] { exit.status = run_shape(*scope); });
}

}  // namespace floorwalker::cli
