#include "agent/core/text.h"

#include <gtest/gtest.h>

namespace floorwalker::text {
namespace {

std::vector<std::string> folded_words(std::string_view text) {
  std::vector<std::string> out;
  for (const Word& word : words(text)) out.push_back(word.folded);
  return out;
}

TEST(Text, FoldsCaseAccentsAndTypography) {
  EXPECT_EQ(fold("Crème BRÛLÉE Größe"), "creme brulee grosse");
  EXPECT_EQ(fold("Łódź Škoda ŒUVRE ĳ ſ"), "lodz skoda oeuvre ij s");
  EXPECT_EQ(fold("Intel® Core™ “i7” – 1440×900"), "intel core \"i7\" - 1440x900");
}

TEST(Text, ReadsMalformedBytesAsWindows1252) {
  EXPECT_EQ(sanitise("caf\xE9 \x93ok\x94"), "café “ok”");
  EXPECT_EQ(sanitise("fine: ü\x01\x1b[31m"), "fine: ü[31m");
}

TEST(Text, StripsMarkupAndKeepsComparisons) {
  EXPECT_EQ(strip_html("<p>Soft&nbsp;&amp; warm</p><ul><li>A</li><li>B</li></ul>"), "Soft & warm\nA\nB");
  EXPECT_EQ(strip_html("weight < 5 kg"), "weight < 5 kg");
  EXPECT_EQ(strip_html("a<script>alert('x')</script>b"), "ab");
}

TEST(Text, CutsWordsAndKeepsDecimalsAndApostrophes) {
  EXPECT_EQ(folded_words("Men's 15.6-inch, 1,299.00!"), (std::vector<std::string>{"men's", "15.6", "inch", "1,299.00"}));
  const auto found = words("ein Küchentisch");
  EXPECT_EQ(found[1].start, 4u);
  EXPECT_EQ(found[1].end, 16u);
}

TEST(Text, StemsWordsButNotCodes) {
  EXPECT_EQ(stem("laptops"), stem("laptop"));
  EXPECT_EQ(stem("rtx3060s"), "rtx3060s");
}

TEST(Text, CountsEditsWithTranspositions) {
  EXPECT_EQ(edit_distance("labtop", "laptop"), 1u);
  EXPECT_EQ(edit_distance("moniotr", "monitor"), 1u);
  EXPECT_EQ(edit_distance("abc", "xyz", 1), 2u);
}

TEST(Text, FindsTheNearestNameOrNone) {
  EXPECT_EQ(nearest("max_question", {"max_questions", "ask"}), "max_questions");
  EXPECT_EQ(nearest("zebra", {"max_questions", "ask"}), "");
}

}  // namespace
}  // namespace floorwalker::text
