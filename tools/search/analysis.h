#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// How text becomes terms, the same for products and for shoppers.
namespace floorwalker::search {

// One word of a text, folded, with what stood before it.
struct Token {
  enum class Before { kStart, kSpace, kHyphen, kBreak };  // kBreak: comma, bracket, colon, dash between spaces ...

  std::string folded;
  std::size_t start = 0, end = 0;  // byte offsets in the text
  Before before = Before::kSpace;
};

std::vector<Token> tokenise(std::string_view text);

// A number that belongs to a unit, as one word: "64 GB", "64gb", "64-gigs" -> "64gb"; 15.6" -> "15.6in". `tokens` is how many tokens it
// takes from `at`; 0 if there is no such number.
struct Quantity {
  std::string folded;
  std::size_t tokens = 0;
};
Quantity quantity_at(std::string_view text, const std::vector<Token>& tokens, std::size_t at);

// Words joined by hyphens, as one: "wi-fi" -> "wifi", "dv7-1211ea" -> "dv71211ea". Nothing ("") if token `at` starts no such word.
std::string hyphenated_at(const std::vector<Token>& tokens, std::size_t at);

// The form under which a folded word is indexed.
std::string stem_of(const std::string& folded);

// Words that say nothing about a product ("the", "for", "show me").
bool is_stopword(std::string_view folded);

// Words after which a noun phrase goes on with what the thing is for or comes with: the head stands before them ("bag for laptop").
bool ends_head(std::string_view folded);

bool has_digit(std::string_view text);
bool all_digits(std::string_view text);

// The words of a text, folded and joined by one space: for comparing names and values.
std::string normal_form(std::string_view text);

}  // namespace floorwalker::search
