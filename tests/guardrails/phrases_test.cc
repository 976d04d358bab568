#include "agent/core/guardrails/phrases.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "agent/core/text.h"

namespace floorwalker::guardrails {
namespace {

std::string by_words(const std::string& text) {
  std::string all = " ";
  for (const text::Word& word : text::words(text)) all += word.folded + " ";
  return all;
}

TEST(Spoken, SplitsAsTextsAreSplitEverywhere) {
  for (const char* text : {"", " ", "Yes, please!", "It's 15.6\" and 1,299.00 USD - isn't it?", "Men\xE2\x80\x99s caf\xC3\xA9 \xE2\x80\x93 tr\xC3\xA8s bon", "a'b 'c' 1.a 2.3.4, x.5",
                           "\xD0\x94\xD0\xB0, \xD1\x81\xD0\xBF\xD0\xB0\xD1\x81\xD0\xB8\xD0\xB1\xD0\xBE!", "tab\tline\nend", "bad\xFF" "byte", "e\xCC\x81t\xC3\xA9 5\xC2\xA0kg"}) {
    EXPECT_EQ(spoken(text), by_words(text)) << text;
  }
}

TEST(Spoken, SplitsAnyBytesAsTextsAreSplitEverywhere) {
  std::mt19937 random(20240601);
  static const std::string pieces[] = {"a", "Z", "9", ".", ",", "'", " ", "\n", "-", "\xC3\xA9", "\xE2\x80\x99", "\xCC\x81", "\xFF", "\xE5\xBF\xBD", "_", "0"};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (unsigned i = random() % 12; i-- > 0;) text += pieces[random() % std::size(pieces)];
    ASSERT_EQ(spoken(text), by_words(text)) << "seed 20240601, round " << round;
  }
}

TEST(Phrases, FindsTheFirstPhraseThatStandsThereAsWords) {
  const Phrases phrases({"go ahead", "a", "do it now"});
  EXPECT_EQ(phrases.find(spoken("Please GO ahead.")), "go ahead ");
  EXPECT_EQ(phrases.find(spoken("do it, now")), "do it now ");
  EXPECT_EQ(phrases.find(spoken("go aheads, do it")), "");
  EXPECT_EQ(phrases.find(spoken("what a day")), "a ");
  EXPECT_EQ(Phrases().find(spoken("go ahead")), "");
}

// A text made of the phrases' own words, signs and others, from a seed.
std::string mixed(unsigned seed) {
  static const std::vector<std::string> parts = {"don't", "Don't", "don", "'t", "tell", "the", "THE", "go", "ahead", "go-ahead", "ahead's", " ", "  ", ",", ". ", "\n", "'", "_", "1,500", "5", "caf\xC3\xA9", "x"};
  std::string text;
  for (int i = 0; i < 12; ++i) {
    seed = seed * 1664525u + 1013904223u;
    text += parts[(seed >> 16) % (seed % 7 == 0 ? parts.size() : parts.size() - 2)];
    if ((seed >> 8) % 3 != 0) text += ' ';
  }
  return text;
}

TEST(Phrases, FindTheSameInATextAsInItsWords) {
  const Phrases phrases = {"don't tell the", "go ahead", "the", "don go"}, with_digits = {"go 5", "1,500"};
  for (unsigned seed = 1; seed < 20000; ++seed) {
    const std::string text = mixed(seed);
    EXPECT_EQ(phrases.find_in_text(text), phrases.find(spoken(text))) << text;
    EXPECT_EQ(with_digits.find_in_text(text), with_digits.find(spoken(text))) << text;
  }
}

}  // namespace
}  // namespace floorwalker::guardrails
