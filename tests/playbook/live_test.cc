#include "agent/core/playbook/live.h"

#include <gtest/gtest.h>

#include <string>

namespace floorwalker {
namespace {

TEST(LivePlaybook, KeepsTheOldOneWhenTheNewOneIsWrong) {
  std::string text = "playbook: one\nlimits: {steps: 3}\n";
  LivePlaybook live([&] { return load_playbook(text, "shop.yaml"); });
  EXPECT_EQ(live.current(), nullptr);
  EXPECT_TRUE(live.reload().changed);
  const auto first = live.current();
  EXPECT_EQ(first->limits.steps, 3);

  text = "playbook: one\nlimits: {stpes: 4}\n";
  const auto wrong = live.reload();
  EXPECT_FALSE(wrong.changed);
  EXPECT_EQ(wrong.findings.at(0).at.line, 2);
  EXPECT_EQ(live.current(), first);

  text = "playbook: one\nlimits: {steps: 5}\n";
  EXPECT_TRUE(live.reload().changed);
  EXPECT_EQ(live.current()->limits.steps, 5);
  EXPECT_EQ(first->limits.steps, 3);   // who holds the old one keeps it
}

TEST(LivePlaybook, TheSameContentIsNoChange) {
  LivePlaybook live([] { return load_playbook("playbook: one\n", "shop.yaml"); });
  EXPECT_TRUE(live.reload().changed);
  EXPECT_FALSE(live.reload().changed);
}

}  // namespace
}  // namespace floorwalker
