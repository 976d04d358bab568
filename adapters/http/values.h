#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace floorwalker::http {

// What a variable of an adapter file stands for. monostate: not set.
using Value = std::variant<std::monostate, std::string, std::int64_t, bool, std::vector<std::string>>;

// As text: lists joined by commas, "" where nothing is set.
std::string to_text(const Value& value);

inline bool is_set(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return !std::holds_alternative<std::monostate>(value) && !(text && text->empty());
}

// The variables of one operation: its own on top of those of the shop. Few, so a list is the fastest map.
class Variables {
 public:
  Variables() = default;
  explicit Variables(const Variables* below) : below_(below) {}  // `below` must outlive this

  void set(std::string_view name, Value value) {
    for (auto& [known, old] : own_) {
      if (known == name) { old = std::move(value); return; }
    }
    own_.emplace_back(name, std::move(value));
  }

  // The value, or null where there is no such variable.
  const Value* find(std::string_view name) const {
    for (const auto& [known, value] : own_) {
      if (known == name) return &value;
    }
    return below_ ? below_->find(name) : nullptr;
  }

  const std::vector<std::pair<std::string, Value>>& own() const { return own_; }

 private:
  std::vector<std::pair<std::string, Value>> own_;
  const Variables* below_ = nullptr;
};

}  // namespace floorwalker::http
