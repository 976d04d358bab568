#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

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
  EXPECT_EQ(mistake("    answer: pay_at\n", ""), "operations.checkout: 'answer' is missing: which part of what the shop says is the answer ('.' for all of it)\n");
  EXPECT_NE(mistake("    answer: products\n    page", "    page").find("operations.each: 'answer' is missing"), std::string::npos);
  EXPECT_NE(mistake("    price: price\n    compare_at", "    compare_at").find("'price' is missing"), std::string::npos);
}

TEST(AdapterFile, IgnoresNothingSilently) {
  using testing::HasSubstr;
  EXPECT_EQ(mistake("    get: /api/shop\n", "    get: /api/shop\n    body: {a: 1}\n"), "operations.currency.body: a GET has no body (put it into 'with', or post it)\n");
  EXPECT_EQ(mistake("    get: /api/shop\n", "    get: /api/shop\n    variables: {a: 1}\n"),
            "operations.currency.variables: 'variables' belong to a GraphQL 'query' (a REST call has a 'body')\n");
  EXPECT_THAT(mistake("    answer: currency\n", "    answer: currency\n    page: {by: offset}\n"), HasSubstr("operations.currency.page: there is no key 'page' here"));
  EXPECT_THAT(mistake("    answer: pay_at\n", "    answer: pay_at\n    no_answer_is_empty: true\n"), HasSubstr("operations.checkout.no_answer_is_empty: there is no key"));
  EXPECT_THAT(mistake("money: decimal\n", "money: decimal\nabsent: {exact stok: none}\n"), HasSubstr("'exact stok' cannot be declared absent (did you mean 'exact stock'?)"));
  EXPECT_THAT(mistake("money: decimal\n", "money: decimal\nabsent: {search: none}\n"), HasSubstr("'search' cannot be declared absent"));
  EXPECT_THAT(mistake("capture: {cart: id}", "capture: {cart: id, crat: id}"), HasSubstr("operations.cart_create.capture.crat: nothing uses '$crat' (did you mean 'cart'?)"));
  EXPECT_THAT(mistake("state: [cart]", "state: [cart, visit]"), HasSubstr("state: no operation captures 'visit'"));
  EXPECT_THAT(mistake("url: {env: SHOP_URL}", "url: ftp://shop.example"), HasSubstr("url: 'ftp://shop.example' is no http(s) address"));
  EXPECT_THAT(mistake("url: {env: SHOP_URL}", "url: {env: SHOP_URL, default: shop.example}"), HasSubstr("url.default: 'shop.example' is no http(s) address"));
  EXPECT_THAT(mistake("money: decimal\n", "money: decimal\ngraphql: api\n"), HasSubstr("graphql: a path begins with '/'"));
  EXPECT_THAT(mistake("  brand: brand\n", "  brand: {at: brand, otherwise: none}\n"), HasSubstr("product.brand.otherwise: 'otherwise' is for words that 'values' does not name"));
}

// Where the only mistake is found: "line:column path: message".
std::string place(const std::string& from, const std::string& to) {
  std::string text = template_text();
  text.replace(text.find(from), from.size(), to);
  const LoadedAdapter loaded = load_adapter(text, "mine.yaml");
  if (loaded.findings.size() != 1) return std::to_string(loaded.findings.size()) + " findings";
  const Finding& only = loaded.findings.front();
  std::size_t start = 0;
  for (int line = 1; line < only.at.line; ++line) start = text.find('\n', start) + 1;
  return only.path + " at " + text.substr(start + static_cast<std::size_t>(only.at.column) - 1, 7);
}

TEST(AdapterFile, PointsAtTheMistakeItself) {
  EXPECT_EQ(place("money: decimal\n", "money: decimal\nsettings: {line: 3}\n"), "settings.line at line: 3");
  EXPECT_EQ(place("    page: {by: offset, size: 100, total: total}\n", ""), "operations.each at get: /a");
}

TEST(AdapterFile, SaysThatAFileIsEmptyOrExtendsItself) {
  const LoadedAdapter empty = load_adapter("# nothing yet\n", "mine.yaml");
  ASSERT_EQ(empty.findings.size(), 1u);
  EXPECT_EQ(empty.findings.front().message, "the file is empty");
  EXPECT_EQ(empty.findings.front().at.line, 1);
  const auto open = [](const std::string& name) { return std::optional("adapter: x\nextends: " + std::string(name == "a" ? "b" : "a") + "\n"); };
  const LoadedAdapter round = load_adapter("extends: a\n", "mine.yaml", open);
  ASSERT_EQ(round.findings.size(), 1u);
  EXPECT_EQ(round.findings.front().message, "'a' leads back to itself");
  EXPECT_EQ(round.findings.front().path, "extends");
}

TEST(AdapterFile, KeepsSecretsOutOfAddressesAndBodies) {
  EXPECT_NE(mistake("body: {code: $code}", "body: {code: $api_key}").find("it may stand in headers only"), std::string::npos);
  EXPECT_NE(mistake("get: /api/shop", "get: /api/$api_key").find("it may stand in headers only"), std::string::npos);
}

std::string contents(const std::string& file) {
  std::ifstream in(test::source_dir() / "adapters" / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Words of small letters in the parts of a text that match.
std::set<std::string> words_in(const std::string& text, const std::regex& parts) {
  static const std::regex kWord("[a-z_]+");
  std::set<std::string> words;
  for (std::sregex_iterator part(text.begin(), text.end(), parts), end; part != end; ++part) {
    const std::string inside = part->str(1);
    for (std::sregex_iterator word(inside.begin(), inside.end(), kWord); word != end; ++word) words.insert(word->str());
  }
  return words;
}

TEST(AdapterReference, TellsEveryKeyThatTheLoaderKnowsAndNoOther) {
  const std::string readme = contents("README.md");
  const std::string reference = readme.substr(readme.find("## Every key"));
  const std::string loader = contents("http/adapter_file.cc") + contents("http/file_reader.cc") + contents("http/maps_file.cc");
  const std::set<std::string> told = words_in(reference, std::regex("`([^`]*)`")), known = words_in(loader, std::regex("\\{\"([a-z_ ]+)\""));
  EXPECT_GT(known.size(), 100u);
  for (const std::string& key : known) EXPECT_TRUE(told.contains(key)) << key;
  const std::regex first_cell("\\n\\| ([^|]*) \\|");
  std::string rows;
  for (std::sregex_iterator row(reference.begin(), reference.end(), first_cell), end; row != end; ++row) rows += row->str(1) + "\n";
  for (const std::string& key : words_in(rows, std::regex("`([^`]*)`"))) EXPECT_NE(loader.find('"' + key + '"'), std::string::npos) << key;
}

TEST(AdapterReference, TellsTheLimitsThatHoldWhereAFileNamesNone) {
  const Limits limits;
  const auto seconds = [](std::chrono::milliseconds time) { return std::to_string(time.count() / 1000) + " s"; };
  const std::string readme = contents("README.md");
  for (const std::string& told : {"`connect` " + seconds(limits.connect), "`total` " + seconds(limits.total), "`operation` " + seconds(limits.operation), "`retries` " + std::to_string(limits.retries),
                                  "`retry_wait` " + std::to_string(limits.retry_wait.count()) + " ms", "`concurrency` " + std::to_string(limits.concurrency),
                                  "`response_bytes` " + std::to_string(limits.response_bytes), "`breaker_failures` " + std::to_string(limits.breaker_failures),
                                  "`breaker_pause` " + seconds(limits.breaker_pause), "`size` (" + std::to_string(Paging().size) + ")"}) {
    EXPECT_NE(readme.find(told), std::string::npos) << told;
  }
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
