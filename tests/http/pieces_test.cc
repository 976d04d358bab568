#include <gtest/gtest.h>

#include "adapters/http/json.h"
#include "adapters/http/mapping.h"
#include "adapters/http/selector.h"
#include "adapters/http/template.h"

namespace floorwalker::http {
namespace {

std::string found(const JsonDocument& document, const std::string& selector, const Variables& variables = {}) {
  std::string why;
  const auto made = Selector::parse(selector, why);
  if (!made) return "error: " + why;
  std::vector<const Json*> values;
  made->select({&document.root(), nullptr, &variables}, values);
  std::string out;
  for (const Json* value : values) out += (out.empty() ? "" : "|") + std::string(value->text);
  return out;
}

TEST(Json, KeepsNumbersAsTheyWereWrittenAndUnescapesText) {
  const auto document = JsonDocument::parse(R"({"a": 4208.760000000000001, "b": "caf\u00e9", "c": [1, {"d": -2e3}], "e": null})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("a")->text, "4208.760000000000001");
  EXPECT_EQ(document->root().find("b")->text, "café");
  EXPECT_EQ(found(*document, "c[1].d"), "-2e3");
  EXPECT_EQ(found(*document, "e"), "");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* wrong : {"", "{", "{\"a\":1", "[1,]", "<html>", "{} {}", "{\"a\":tru}", "{\"a\":01}", "\"\xff\"", "{\"a\" 1}"}) {
    EXPECT_FALSE(JsonDocument::parse(wrong)) << wrong;
  }
  EXPECT_FALSE(JsonDocument::parse(std::string(200, '[') + std::string(200, ']')));
}

TEST(Selector, FindsMembersItemsAndItemsThatFit) {
  const auto document = JsonDocument::parse(R"({"data":{"x":{"code":"E1"},"y":null},"items":[{"k":"brand","v":"Acme"},{"k":"use","v":"home"},{"k":"use","v":"office"}],"ok":true})");
  ASSERT_TRUE(document);
  EXPECT_EQ(found(*document, "items[].v"), "Acme|home|office");
  EXPECT_EQ(found(*document, "items[k=use].v"), "home|office");
  EXPECT_EQ(found(*document, "items[k!=use].v"), "Acme");
  EXPECT_EQ(found(*document, "items[0].v"), "Acme");
  EXPECT_EQ(found(*document, "items[-1].v"), "office");
  EXPECT_EQ(found(*document, "items[7].v"), "");
  EXPECT_EQ(found(*document, "data.*.code"), "E1");
  EXPECT_EQ(found(*document, "nothing.here"), "");
  Variables variables;
  variables.set("which", std::string("brand"));
  EXPECT_EQ(found(*document, "items[k=$which].v", variables), "Acme");
}

TEST(Selector, SaysWhatIsWrongWithIt) {
  const auto document = JsonDocument::parse("{}");
  for (const char* wrong : {"", "a..b", "a[", "a.", "a[=x]", "a]"}) EXPECT_TRUE(found(*document, wrong).starts_with("error")) << wrong;
}

TEST(Money, IsReadDigitByDigit) {
  const Currency usd = *Currency::parse("USD"), yen = *Currency::parse("JPY"), dinar = *Currency::parse("KWD");
  EXPECT_EQ(minor_units("1169.1", usd, MoneyForm::kDecimal), 116910);
  EXPECT_EQ(minor_units("129900.0", usd, MoneyForm::kDecimal), 12990000);
  EXPECT_EQ(minor_units("4208.76", usd, MoneyForm::kDecimal), 420876);
  EXPECT_EQ(minor_units("420876", usd, MoneyForm::kMinor), 420876);
  EXPECT_EQ(minor_units("1299", yen, MoneyForm::kDecimal), 1299);
  EXPECT_EQ(minor_units("1.2345", dinar, MoneyForm::kDecimal), 1235);
  EXPECT_EQ(minor_units("0.005", usd, MoneyForm::kDecimal), 1);
  EXPECT_EQ(minor_units("-467.64", usd, MoneyForm::kDecimal), -46764);
  EXPECT_EQ(minor_units("1.2e3", usd, MoneyForm::kDecimal), 120000);
  EXPECT_EQ(minor_units("0.1e-1", usd, MoneyForm::kDecimal), 1);
  EXPECT_EQ(minor_units("4208.759999999999", usd, MoneyForm::kDecimal), 420876);
  EXPECT_EQ(minor_units("90071992547409.93", usd, MoneyForm::kDecimal), 9007199254740993);   // no double holds this
  for (const char* wrong : {"", "-", ".", "1.2.3", "12,50", "abc", "1e", "1e99", "999999999999999999999"}) {
    EXPECT_FALSE(minor_units(wrong, usd, MoneyForm::kDecimal)) << wrong;
  }
}

TEST(Template, EscapesForThePlaceWhereAVariableStands) {
  Variables variables;
  variables.set("id", std::string("a/b?c&d \"e\"\n"));
  variables.set("count", std::int64_t{3});
  variables.set("ids", std::vector<std::string>{"x", "y\""});
  const auto path = TextTemplate::parse("/p/${id}/q");
  ASSERT_TRUE(path);
  EXPECT_EQ(*path->path(variables), "/p/a%2Fb%3Fc%26d%20%22e%22%0A/q");
  EXPECT_FALSE(path->header(variables));
  variables.set("id", std::string(".."));
  EXPECT_FALSE(path->path(variables));
  JsonTemplate json;
  json.kind = JsonTemplate::Kind::kObject;
  for (const char* name : {"count", "ids", "unset"}) {
    JsonTemplate member;
    member.kind = JsonTemplate::Kind::kText;
    member.text = *TextTemplate::parse("$" + std::string(name));
    json.keys.emplace_back(name);
    json.items.push_back(member);
  }
  json.keys.emplace_back("left_out");
  json.items.push_back(JsonTemplate(json.items.back()));
  json.items.back().optional = true;
  std::string out;
  json.write(variables, out);
  EXPECT_EQ(out, R"({"count":3,"ids":["x","y\""],"unset":null})");
  EXPECT_EQ(TextTemplate::parse("costs $$5")->plain(variables), "costs $5");
  EXPECT_FALSE(TextTemplate::parse("a $ b"));
}

}  // namespace
}  // namespace floorwalker::http
