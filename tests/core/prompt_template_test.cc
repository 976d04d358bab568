#include "agent/core/prompt_template.h"

#include <gtest/gtest.h>

namespace floorwalker {
namespace {

TEST(PromptTemplate, FillsVariablesAndLeavesEmptyParagraphsOut) {
  const auto prompt = PromptTemplate::parse("---\nversion: 2\nvariables: [brand, rules]\n---\nYou work for {{brand}}.\n\nRules:\n{{ rules }}\n\nBye.\n", "p.md");
  ASSERT_TRUE(prompt) << prompt.error().message;
  EXPECT_EQ(prompt->version(), "2");
  EXPECT_EQ(*prompt->render({{"brand", "Acme {{rules}}"}, {"rules", ""}}), "You work for Acme {{rules}}.\n\nBye.");
  EXPECT_FALSE(prompt->render({{"brand", "Acme"}}));
}

TEST(PromptTemplate, HoldsUseAndDeclarationTogether) {
  const auto undeclared = PromptTemplate::parse("---\nvariables: [brand]\n---\n{{brand}}\n{{brnd}}\n", "p.md");
  ASSERT_FALSE(undeclared);
  EXPECT_EQ(undeclared.error().message, "p.md:5: variable 'brnd' is not declared; did you mean 'brand'?");
  EXPECT_FALSE(PromptTemplate::parse("---\nvariables: [brand]\n---\nHello\n", "p.md"));
  EXPECT_FALSE(PromptTemplate::parse("Hello\n", "p.md"));
}

}  // namespace
}  // namespace floorwalker
