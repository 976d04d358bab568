#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "adapters/http/adapter_file.h"
#include "tests/support/paths.h"

namespace floorwalker::http {
namespace {

std::string template_text() {
  std::ifstream in(test::source_dir().string() + "/adapters/example-rest.yaml", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The template with one text replaced, loaded; its mistakes as "path: message (suggestion)", a line each.
std::string mistake(const std::string& from, const std::string& to) {
  std::string text = template_text(), out;
  const std::size_t at = text.find(from);
  if (at == std::string::npos) return "the template lacks " + from;
  text.replace(at, from.size(), to);
  for (const Finding& finding : load_adapter(text, "mine.yaml").findings) {
    EXPECT_EQ(finding.at.file, "mine.yaml");
    EXPECT_GT(finding.at.line, 0);
    EXPECT_GT(finding.at.column, 0);
    out += finding.path + ": " + finding.message + (finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")") + "\n";
  }
  return out;
}

TEST(AdapterFile, TakesTheShippedFiles) {
  for (const char* name : {"example-rest", "vendure", "shopify", "medusa"}) {
    std::ifstream in(test::source_dir().string() + "/adapters/" + name + ".yaml", std::ios::binary);
    const LoadedAdapter loaded = load_adapter(std::string(std::istreambuf_iterator<char>(in), {}), name);
    for (const Finding& finding : loaded.findings) ADD_FAILURE() << name << ":" << finding.at.line << ": " << finding.path << ": " << finding.message;
    EXPECT_EQ(loaded.adapter.name, name);
  }
}

TEST(AdapterFile, TellsEachMistakeWithItsPlaceAndTheNearestKey) {
  using testing::HasSubstr;
  EXPECT_EQ(mistake("money: decimal", "mony: decimal"), "mony: there is no key 'mony' here (did you mean 'money'?)\n");
  EXPECT_THAT(mistake("  cart_add:", "  cart_ad:"), HasSubstr("operations.cart_ad: there is no operation 'cart_ad' (did you mean 'cart_add'?)"));
  EXPECT_THAT(mistake("  cart_add:", "  cart_ad:"), HasSubstr("the operation 'cart_add' is missing"));
  EXPECT_THAT(mistake("quantity: $quantity}", "quantity: $quantty}"), HasSubstr("operations.cart_add.body.quantity: there is no variable '$quantty' here (did you mean '$quantity'?)"));
  EXPECT_THAT(mistake("answer: pay_at", "answer: pay_at["), HasSubstr("operations.checkout.answer: 'pay_at[' lacks a ']'"));
  EXPECT_THAT(mistake("api_key:", "key:"), HasSubstr("the name 'key' is taken"));
  EXPECT_NE(mistake("money: decimal", "money: float").find("decimal or minor"), std::string::npos);
  EXPECT_NE(mistake("get: /api/shop", "get: api/shop").find("begins with '/'"), std::string::npos);
  EXPECT_NE(mistake("quantity_rule: refused", "quantity_rule: refusd").find("did you mean 'refused'"), std::string::npos);
  EXPECT_NE(mistake("    price: price\n    compare_at", "    compare_at").find("'price' is missing"), std::string::npos);
}

TEST(AdapterFile, KeepsSecretsOutOfAddressesAndBodies) {
  EXPECT_NE(mistake("body: {code: $code}", "body: {code: $api_key}").find("it may stand in headers only"), std::string::npos);
  EXPECT_NE(mistake("get: /api/shop", "get: /api/$api_key").find("it may stand in headers only"), std::string::npos);
}

TEST(AdapterFile, ExtendsAnotherOneKeyByKey) {
  const auto open = [](const std::string& name) -> std::optional<std::string> { return name == "example-rest" ? std::optional(template_text()) : std::nullopt; };
  const LoadedAdapter loaded = load_adapter("extends: example-rest\nurl: https://mine.example\nlimits: {retries: 0}\n", "mine.yaml", open);
  ASSERT_TRUE(loaded.ok()) << loaded.findings.front().message;
  EXPECT_EQ(loaded.adapter.limits.retries, 0);
  EXPECT_TRUE(loaded.adapter.operation("cart_add"));
  EXPECT_FALSE(load_adapter("extends: nothing\n", "mine.yaml", open).ok());
}

}  // namespace
}  // namespace floorwalker::http
