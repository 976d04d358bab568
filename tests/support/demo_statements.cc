#include <stdexcept>

#include "adapters/embedded/demo_shop.h"
#include "agent/core/answers_json.h"
#include "agent/core/text.h"
#include "agent/resources/resources.h"
#include "tests/support/paths.h"
#include "tests/support/verifier_data.h"

namespace floorwalker::bench {
namespace {

std::vector<Product> demo_products() {
  const test::TemporaryFolder folder;
  std::vector<embedded::DemoFile> files;
  for (const resources::Resource& file : resources::under("adapters/embedded/demo/")) files.push_back({file.path, file.bytes});
  const auto shop = embedded::open_demo_shop(folder.path() / "demo.db", files);
  if (!shop) throw std::runtime_error(shop.error().message);
  std::vector<Product> products;
  const auto read = (*shop)->catalogue().each([&](const Product& product) {
    products.push_back(product);
    return true;
  });
  if (!read) throw std::runtime_error(read.error().message);
  return products;
}

void add_lookup(cli::Transcript& transcript, const Product& product) {
  Message called;
  called.role = Role::kAssistant;
  ToolCall call;
  call.id = CallId("c" + std::to_string(transcript.messages.size()));
  call.name = "get_product";
  call.arguments = "{\"product\":\"" + product.id.str() + "\"}";
  Message answered;
  answered.role = Role::kTool;
  answered.result = {call.id, ToolOutcome::kOk, to_json(ProductDetails{product, {}}), {}};
  called.calls.push_back(std::move(call));
  transcript.messages.push_back(std::move(called));
  transcript.messages.push_back(std::move(answered));
}

void say(cli::Transcript& transcript, std::string text) {
  Message said;
  said.role = Role::kAssistant;
  said.text = std::move(text);
  transcript.messages.push_back(std::move(said));
}

bool one_price(const Product& product) {
  for (const Variant& variant : product.variants) {
    if (variant.price != product.variants.front().price) return false;
  }
  return true;
}

bool all_in_stock(const Product& product) {
  for (const Variant& variant : product.variants) {
    if (variant.stock.availability != Availability::kInStock) return false;
  }
  return true;
}

// What a seller may truly say of one product.
void say_facts(cli::Transcript& transcript, const Product& product) {
  if (one_price(product)) say(transcript, "The " + product.title + " costs " + format(product.variants.front().price) + ".");
  if (all_in_stock(product)) say(transcript, "The " + product.title + " is available.");
  for (const Attribute& attribute : product.attributes) {
    const std::string name = text::spaced(attribute.name);
    if (std::holds_alternative<Measure>(attribute.value)) say(transcript, "The " + name + " of the " + product.title + " is " + format(attribute.value) + ".");
    if (const bool* yes = std::get_if<bool>(&attribute.value); yes && *yes) say(transcript, "The " + product.title + " has " + name + ".");
  }
}

}  // namespace

std::vector<cli::Transcript> demo_statements() {
  const std::vector<Product> products = demo_products();
  std::vector<cli::Transcript> made;
  for (std::size_t i = 0; i + 1 < products.size(); ++i) {
    cli::Transcript transcript;
    transcript.id = "demo/" + products[i].id.str();
    Message asked;
    asked.text = "Tell me about these.";
    transcript.messages.push_back(std::move(asked));
    add_lookup(transcript, products[i]);
    add_lookup(transcript, products[i + 1]);
    say_facts(transcript, products[i]);
    const Money& mine = cheapest_variant(products[i]).price;
    const Money& other = cheapest_variant(products[i + 1]).price;
    if (mine != other && one_price(products[i]) && one_price(products[i + 1])) say(transcript, "Of these two, the " + (mine < other ? products[i] : products[i + 1]).title + " is the cheapest.");
    made.push_back(std::move(transcript));
  }
  return made;
}

}  // namespace floorwalker::bench
