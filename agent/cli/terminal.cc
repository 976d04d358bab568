#include "agent/cli/terminal.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace floorwalker::cli {
namespace {

// The code point at the start of valid UTF-8 and its bytes.
std::pair<char32_t, std::size_t> first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  char32_t value = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3fu);
  return {value, std::min(length, text.size())};
}

// By the ranges that matter in product texts (Unicode 15, East Asian Width): no table of every script.
std::size_t columns(char32_t c) {
  if (c < 0x20 || (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || c == 0xfe0f) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                    (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff);
  return wide ? 2 : 1;
}

std::string minutes(std::chrono::seconds time) { return fmt::format("{}:{:02}", time.count() / 60, time.count() % 60); }

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

void ProgressLine::tell(const std::string& text) {
  if (!terminal_) return;
  std::cerr << "\r\x1b[K" << text << std::flush;
  open_ = true;
}

void ProgressLine::end(const std::string& text) {
  clear();
  std::cerr << text << "\n";
}

void ProgressLine::clear() {
  if (open_) std::cerr << "\r\x1b[K" << std::flush;
  open_ = false;
}

std::string progress_bar(std::size_t done, std::size_t all, std::size_t failed, std::chrono::seconds elapsed) {
  constexpr std::size_t kCells = 20;
  const std::size_t full = all == 0 ? kCells : kCells * done / all;
  std::string bar = fmt::format("[{}{}] {}/{}", std::string(full, '#'), std::string(kCells - full, '.'), done, all);
  if (failed > 0) bar += fmt::format(", {} failed", failed);
  bar += ", " + minutes(elapsed);
  if (done > 0 && done < all) bar += ", about " + minutes(elapsed * static_cast<std::int64_t>(all - done) / static_cast<std::int64_t>(done)) + " left";
  return bar;
}

Style Style::of(int descriptor) {
  const char* no_colour = getenv("NO_COLOR");
  const char* terminal = getenv("TERM");
  const bool dumb = terminal && std::string_view(terminal) == "dumb";
  return Style(isatty(descriptor) == 1 && !(no_colour && *no_colour) && !dumb);
}

std::string Style::in(const char* code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::size_t terminal_width(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<std::size_t>(size.ws_col, 40, 100);
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const auto [c, length] = first_code_point(utf8);
    width += columns(c);
    utf8.remove_prefix(length);
  }
  return width;
}

std::string clipped(std::string_view utf8, std::size_t width) {
  if (display_width(utf8) <= width) return std::string(utf8);
  std::string kept;
  std::size_t used = 1;   // the ellipsis
  while (!utf8.empty()) {
    const auto [c, length] = first_code_point(utf8);
    if (used + columns(c) > width) break;
    used += columns(c);
    kept += utf8.substr(0, length);
    utf8.remove_prefix(length);
  }
  return kept.substr(0, kept.find_last_not_of(' ') + 1) + "…";
}

std::string padded(std::string_view utf8, std::size_t width) {
  const std::size_t used = display_width(utf8);
  return std::string(utf8) + std::string(used < width ? width - used : 0, ' ');
}

void Wrapper::put_word(std::string& out) {
  if (word_.empty()) return;
  const std::size_t length = display_width(word_);
  if (column_ > 0 && column_ + (blank_ ? 1 : 0) + length > width_) {
    out += '\n';
    column_ = 0;
    blank_ = false;
  }
  if (column_ == 0) {
    out += indent_;
    column_ = indent_.size();
  } else if (blank_) {
    out += ' ';
    ++column_;
  }
  out += std::exchange(word_, {});
  column_ += length;
  blank_ = false;
}

std::string Wrapper::feed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\t') {
      word_ += c;
      continue;
    }
    put_word(out);
    if (c == '\n') {
      out += '\n';
      column_ = 0;
    }
    blank_ = c != '\n';
  }
  return out;
}

std::string Wrapper::finish() {
  std::string out;
  put_word(out);
  if (column_ > 0) out += '\n';
  column_ = 0;
  blank_ = false;
  return out;
}

}  // namespace floorwalker::cli
