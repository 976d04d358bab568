#include "agent/core/guardrails/personal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace floorwalker::guardrails {
namespace {

const std::vector<std::string> kAll = {"email", "phone", "card", "address", "iban"};

// "kind:text" of every span.
std::vector<std::string> found(const std::string& text, const std::vector<std::string>& kinds = kAll) {
  std::vector<std::string> all;
  for (const PersonalSpan& span : find_personal(text, kinds)) all.push_back(span.kind + ":" + text.substr(span.start, span.end - span.start));
  return all;
}

using Found = std::vector<std::string>;

TEST(Personal, FindsWhatIdentifiesAPerson) {
  EXPECT_EQ(found("Write to Ann.Lee+shop@mail.example.com, please."), Found{"email:Ann.Lee+shop@mail.example.com"});
  EXPECT_EQ(found("call me at +43 664 123 45 67 tonight"), Found{"phone:+43 664 123 45 67"});
  EXPECT_EQ(found("(415) 555-0132 is best"), Found{"phone:(415) 555-0132"});
  EXPECT_EQ(found("ring 020 7946 0018"), Found{"phone:020 7946 0018"});
  EXPECT_EQ(found("my phone number is 5550132"), Found{"phone:5550132"});
  EXPECT_EQ(found("card 4111 1111 1111 1111 exp 12/29"), Found{"card:4111 1111 1111 1111"});
  EXPECT_EQ(found("378282246310005"), Found{"card:378282246310005"});
  EXPECT_EQ(found("I live at 12 Elm Tree Road in York"), Found{"address:12 Elm Tree Road"});
  EXPECT_EQ(found("Gartenstrasse 5"), Found{"address:Gartenstrasse 5"});
  EXPECT_EQ(found("DE89 3704 0044 0532 0130 00, thanks"), Found{"iban:DE89 3704 0044 0532 0130 00"});
}

TEST(Personal, LeavesShopTalkAlone) {
  for (const char* text : {"Is the WH-1000XM5 under $1,299.00?", "order #W2378156 and item 9013366374", "1080 x 1920, 2560x1440, 144 Hz", "between 100 and 200 or 300-400 dollars",
                           "my order number is 4155550132", "12 to 15.6 inches, 2024-06-01 12:30:00", "a 3.5 mm jack @ 20 dollars", "EAN 4006381333931", "size 42 or 43, 10-12 cm",
                           "tracking 1Z999AA10123456784", "0.75 l bottles, 6 of them, 12 in all", "I need 12 street lamps", "4111 1111 1111 1112"}) {
    EXPECT_EQ(found(text), Found{}) << text;
  }
}

TEST(Personal, LooksOnlyForTheKindsOfThePlaybook) {
  const std::string text = "ann@example.com, +43 664 1234567";
  EXPECT_EQ(found(text, {"phone"}), Found{"phone:+43 664 1234567"});
  EXPECT_EQ(found(text, {}), Found{});
}

TEST(Redactor, GivesTheTrueValuesToToolsAlone) {
  Redactor redactor(kAll);
  const std::string stored = redactor.redact("Order 17, ann@example.com or +43 664 1234567, card 4111111111111111.");
  EXPECT_EQ(stored, "Order 17, shopper-1@private.invalid or [phone 1], card [card 1].");
  EXPECT_EQ(redactor.restore(R"({"order":"17","email":"shopper-1@private.invalid"})"), R"({"order":"17","email":"ann@example.com"})");
  EXPECT_EQ(redactor.restore(R"({"note":"[phone 1], [card 1]"})"), R"({"note":"+43 664 1234567, [card 1]"})");
  EXPECT_EQ(redactor.hide(R"({"sent_to":"ann@example.com"})"), R"({"sent_to":"shopper-1@private.invalid"})");
}

TEST(Redactor, SaysTheSameOfTheSameAndIsIdempotent) {
  Redactor redactor(kAll);
  EXPECT_EQ(redactor.redact("ann@example.com, bob@example.com, ann@example.com"), "shopper-1@private.invalid, shopper-2@private.invalid, shopper-1@private.invalid");
  EXPECT_EQ(redactor.redact("shopper-2@private.invalid again"), "shopper-2@private.invalid again");
}

TEST(Redactor, NeverGivesAnotherValueForAForgottenOne) {
  Redactor later(kAll);
  later.go_on_after("I am shopper-1@private.invalid");
  EXPECT_EQ(later.restore(R"({"email":"shopper-1@private.invalid"})"), std::nullopt);
  EXPECT_EQ(later.redact("now cleo@example.com"), "now shopper-2@private.invalid");
  EXPECT_EQ(without_numbers("now shopper-2@private.invalid, [phone 14]"), without_numbers("now shopper-1@private.invalid, [phone 3]"));
  EXPECT_NE(without_numbers("[phone 1]"), without_numbers("[card 1]"));
}

}  // namespace
}  // namespace floorwalker::guardrails
