#include "agent/models/openai/sse.h"

namespace floorwalker::openai {

void SseParser::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      partial_ += bytes;
      return;
    }
    if (partial_.empty()) {
      line(bytes.substr(0, end), sink);
    } else {
      partial_ += bytes.substr(0, end);
      const std::string whole = std::move(partial_);
      partial_.clear();
      line(whole, sink);
    }
    bytes.remove_prefix(end + 1);
  }
}

void SseParser::finish(const Sink& sink) {
  if (!partial_.empty()) line(partial_, sink);
  partial_.clear();
  dispatch(sink);
}

void SseParser::line(std::string_view text, const Sink& sink) {
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (text.empty()) return dispatch(sink);
  constexpr std::string_view kField = "data:";
  if (text.substr(0, kField.size()) != kField) return;
  text.remove_prefix(kField.size());
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (has_data_) data_ += '\n';
  data_ += text;
  has_data_ = true;
}

void SseParser::dispatch(const Sink& sink) {
  if (has_data_ && !data_.empty()) sink(data_);
  data_.clear();
  has_data_ = false;
}

}  // namespace floorwalker::openai
