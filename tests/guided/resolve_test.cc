#include "agent/models/guided/dialogue/resolve.h"

#include <gtest/gtest.h>

#include "agent/core/answers_json.h"

namespace floorwalker::guided {
namespace {

Message found(int turn, const std::vector<std::pair<std::string, int>>& products) {
  SearchPage page;
  for (const auto& [id, cents] : products) {
    ProductCard card;
    card.id = ProductId(id);
    card.title = id;
    card.price_from = {cents, *Currency::parse("USD")};
    page.products.push_back(card);
    page.hits.emplace_back();
  }
  page.total = products.size();
  Message message;
  message.role = Role::kTool;
  message.turn = turn;
  message.result = {CallId("t" + std::to_string(turn)), ToolOutcome::kOk, to_json(page), {}};
  return message;
}

// A turn's code runs anew in every step: what the turn itself has found must not push out, or change, what it points at.
TEST(CardBook, IsNotChangedByWhatTheTurnLooksUp) {
  Conversation conversation;
  conversation.turn = 3;
  conversation.messages.push_back(found(1, {{"lamp", 1000}}));
  conversation.messages.push_back(found(2, {{"sofa", 5000}}));
  for (int i = 0; i < 30; ++i) conversation.messages.push_back(found(3, {{"rug-" + std::to_string(i), 700}, {"sofa", 6000}}));
  CardBook book(conversation);
  ASSERT_NE(book.card(ProductId("lamp")), nullptr);
  EXPECT_EQ(book.card(ProductId("sofa"))->price_from.minor, 5000);
  EXPECT_NE(book.card(ProductId("rug-29")), nullptr);
  EXPECT_EQ(book.card(ProductId("bed")), nullptr);
  CardBook before(conversation);
  ASSERT_NE(before.page_before(), nullptr);
  EXPECT_EQ(before.page_before()->products.front().id, ProductId("sofa"));
}

TEST(CardBook, HasNoPageBeforeTheFirstTurn) {
  Conversation conversation;
  conversation.turn = 1;
  conversation.messages.push_back(found(1, {{"lamp", 1000}}));
  EXPECT_EQ(CardBook(conversation).page_before(), nullptr);
}

}  // namespace
}  // namespace floorwalker::guided
