#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// What a person sees in a terminal: width, colours, wrapping.
namespace floorwalker::cli {

// Colours and emphasis, or nothing of the kind.
class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}

  // Colours only on a terminal, and not where NO_COLOR is set (no-color.org).
  static Style of(int descriptor);

  std::string bold(std::string_view text) const { return in("1", text); }
  std::string dim(std::string_view text) const { return in("2", text); }
  std::string accent(std::string_view text) const { return in("36", text); }
  std::string good(std::string_view text) const { return in("32", text); }
  std::string bad(std::string_view text) const { return in("31", text); }
  std::string warm(std::string_view text) const { return in("33", text); }

  bool colours() const { return colours_; }

 private:
  std::string in(const char* code, std::string_view text) const;

  bool colours_;
};

// One line on standard error: rewritten in place on a terminal, elsewhere only the last.
class ProgressLine {
 public:
  ProgressLine();

  void tell(const std::string& text);
  void end(const std::string& text);
  void clear();

 private:
  bool terminal_;
  bool open_ = false;
};

// "[#####...............]  120/480, 2 failed, 0:12, about 0:36 left": how far many alike things have come in the time so far. What is left is
// guessed from the pace, once one is done.
std::string progress_bar(std::size_t done, std::size_t all, std::size_t failed, std::chrono::seconds elapsed);

// Columns of the terminal, between 40 and 100: longer lines are hard to read. 80 where there is no terminal.
std::size_t terminal_width(int descriptor);

// Columns that valid UTF-8 text takes (wide East Asian characters count two, combining ones none).
std::size_t display_width(std::string_view utf8);

// The text cut to `width` columns, with "…" where something was cut.
std::string clipped(std::string_view utf8, std::size_t width);

// The text followed by blanks up to `width` columns.
std::string padded(std::string_view utf8, std::size_t width);

// Writes running text word by word, breaking lines at `width`. What it is fed may come in any pieces; markdown emphasis is left as it is.
class Wrapper {
 public:
  Wrapper(std::size_t width, std::string indent) : width_(width), indent_(std::move(indent)) {}

  // What can be written now; an unfinished word waits for the next call.
  std::string feed(std::string_view text);
  std::string finish();

 private:
  void put_word(std::string& out);

  std::size_t width_;
  std::string indent_;
  std::string word_;
  std::size_t column_ = 0;      // 0: at the start of a line
  bool blank_ = false;          // a blank stands before the word
};

}  // namespace floorwalker::cli
