#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace floorwalker::openai {

// Cuts a stream of server-sent events into their data, however the bytes arrive: LF or CRLF, with or without a space after the colon,
// several data lines joined by a line break, comments and other fields skipped (HTML Living Standard, server-sent events, 2026-11).
class SseParser {
 public:
  using Sink = std::function<void(std::string_view data)>;

  void feed(std::string_view bytes, const Sink& sink);

  // The stream ended: an event without its closing blank line counts.
  void finish(const Sink& sink);

 private:
  void line(std::string_view text, const Sink& sink);
  void dispatch(const Sink& sink);

  std::string partial_;  // an incomplete line
  std::string data_;
  bool has_data_ = false;
};

}  // namespace floorwalker::openai
