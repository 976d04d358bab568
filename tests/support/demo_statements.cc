#include <algorithm>
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

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  return what.empty() || at == std::string::npos ? std::string() : text.replace(at, what.size(), with);
}

// The first digit of the value changed: "costs $19.90" to "costs $29.90".
std::string other_number(std::string text) {
  const std::size_t costs = text.rfind(" costs ");
  const std::size_t value = costs == std::string::npos ? text.rfind(" is ") : costs;
  const std::size_t at = value == std::string::npos ? value : text.find_first_of("123456789", value);
  if (at == std::string::npos) return {};
  text[at] = text[at] == '9' ? '7' : static_cast<char>(text[at] + 1);
  return text;
}

// The first of two products, as its record names it.
std::string title_of(const cli::Transcript& transcript, std::size_t lookup) {
  std::size_t seen = 0;
  for (const Message& message : transcript.messages) {
    if (message.role != Role::kTool || seen++ != lookup) continue;
    constexpr std::string_view kKey = "\"title\":\"";
    const std::size_t start = message.result.content.find(kKey) + kKey.size();
    return message.result.content.substr(start, message.result.content.find('"', start) - start);
  }
  return {};
}

bool says_of(const cli::Transcript& transcript, const std::string& statement) {
  return std::any_of(transcript.messages.begin(), transcript.messages.end(), [&](const Message& message) { return message.text == statement; });
}

// The other thing states a value of its own under the same words: what is said of the first is false of it.
bool states_another(const cli::Transcript& other, const std::string& falsehood) {
  const std::size_t value = falsehood.find_last_of(' ', falsehood.size() - 2);
  const std::string frame = falsehood.substr(0, falsehood.rfind(" is ") == std::string::npos ? value : falsehood.rfind(" is "));
  const bool framed = std::any_of(other.messages.begin(), other.messages.end(), [&](const Message& message) { return message.text.find(frame) == 0; });
  return framed && !says_of(other, falsehood);
}

}  // namespace

std::vector<Twins> demo_twins(const std::vector<cli::Transcript>& statements) {
  std::vector<Twins> twins;
  for (std::size_t i = 0; i + 1 < statements.size(); ++i) {
    const cli::Transcript& transcript = statements[i];
    const std::string title = title_of(transcript, 0);
    const std::string other = title_of(transcript, 1);
    const auto product = [](const cli::Transcript& of) { return of.id.substr(std::string("demo/").size()); };
    const auto add = [&](const char* kind, const std::string& truth, std::string falsehood) {
      if (!falsehood.empty() && falsehood != truth) twins.push_back({kind, truth, std::move(falsehood), {product(transcript), product(statements[i + 1])}, &transcript});
    };
    for (const Message& message : transcript.messages) {
      const std::string& truth = message.text;
      if (message.role != Role::kAssistant || truth.empty()) continue;
      if (truth.find("is the cheapest") != std::string::npos) {
        add("superlative", truth, truth.find(title) != std::string::npos ? replaced(truth, title, other) : replaced(truth, other, title));
        continue;
      }
      add("availability", truth, replaced(truth, " is available.", " is sold out."));
      add("negation", truth, replaced(truth, " has ", " does not have "));
      add("number", truth, other_number(truth));
      const std::string swapped = replaced(truth, title, other);
      const bool figure = truth.find_first_of("0123456789", truth.find(title) + title.size()) != std::string::npos;
      if (figure && title.find(other) == std::string::npos && other.find(title) == std::string::npos && states_another(statements[i + 1], swapped)) add("product", truth, swapped);
    }
  }
  return twins;
}

}  // namespace floorwalker::bench
