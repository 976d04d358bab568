#include "agent/net/http.h"

#include <curl/curl.h>

#include <charconv>

namespace floorwalker::net {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::chrono::milliseconds from_ms(double ms) { return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(ms, 3.6e6))); }

}  // namespace

std::string_view Head::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::chrono::milliseconds> retry_after(const Head& head, std::chrono::system_clock::time_point now) {
  if (const auto ms = number(head.header("retry-after-ms"))) return from_ms(*ms);
  const std::string value(head.header("retry-after"));
  if (value.empty()) return std::nullopt;
  if (const auto seconds = number(value)) return from_ms(*seconds * 1000);
  const std::time_t until = curl_getdate(value.c_str(), nullptr);
  if (until < 0) return std::nullopt;
  const std::string date(head.header("date"));
  const std::time_t there = date.empty() ? -1 : curl_getdate(date.c_str(), nullptr);
  const std::time_t from = there >= 0 ? there : std::chrono::system_clock::to_time_t(now);
  return from_ms(1000.0 * static_cast<double>(std::max<std::time_t>(until - from, 0)));
}

}  // namespace floorwalker::net
