#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/money.h"
#include "agent/core/playbook/yaml_tree.h"

// Turns the YAML tree into typed values, collecting everything that is wrong. A `Field` reads one value into the place it was made for
// and reports what does not fit; the place keeps its default then.
namespace floorwalker::yaml {

// Where a value stands: as people read it ("needs.travel.prefer[0]") and as the schema names it ("needs.*.prefer[]").
struct Path {
  std::string text;
  std::string pattern;

  Path key(const std::string& name) const;    // a key the loader knows
  Path entry(const std::string& name) const;  // a free name of a map
  Path item(std::size_t index) const;
};

using Field = std::function<void(const Node&, const Path&)>;

enum class Presence { kOptional, kRequired };

struct Key {
  const char* name;
  Field read;
  Presence presence = Presence::kOptional;
};

class Reader {
 public:
  Reader(std::vector<Finding>& findings, std::map<std::string, std::vector<std::string>>* accepted)
      : findings_(findings), accepted_(accepted) {}

  void error(const Node& node, const Path& path, std::string message, std::string suggestion = {});
  void error(const SourcePosition& at, const Path& path, std::string message, std::string suggestion = {});

  // A map with known keys. Unknown ones are errors that name the nearest known one.
  void object(const Node& node, const Path& path, const std::vector<Key>& keys);

  // A map with the known `keys` and any others, which `free` reads: a table by kind with a few settings beside.
  void object_and_table(const Node& node, const Path& path, const std::vector<Key>& keys,
                        const std::function<void(const Node::Entry&, const Path&)>& free);

  // A map from free names.
  void table(const Node& node, const Path& path, const std::function<void(const Node::Entry&, const Path&)>& free);

  void list(const Node& node, const Path& path, const Field& item);

  // The single key of a map of one entry, as in "{weight: low}"; null (and an error) otherwise.
  const Node::Entry* single(const Node& node, const Path& path, const std::string& wanted);

  std::optional<std::string> text_of(const Node& node, const Path& path);

  Field text(std::string& out);
  Field texts(std::vector<std::string>& out);          // a list, or one text alone
  Field texts(std::optional<std::vector<std::string>>& out);
  Field text_table(std::map<std::string, std::string>& out);
  Field texts_table(std::map<std::string, std::vector<std::string>>& out);
  Field boolean(bool& out);
  Field money(std::optional<Money>& out);              // "5000 USD"
  Field duration(std::chrono::milliseconds& out);      // "10m", "30 s", "1.5 h"
  Field permille(std::optional<int>& out, int high);   // "10%", "2.5%"
  Field permille(int& out, int high);

  template <typename Number>
  Field number(Number& out, std::int64_t low, std::int64_t high) {
    return [this, &out, low, high](const Node& node, const Path& path) {
      if (const auto value = integer(node, path, low, high)) out = static_cast<Number>(*value);
    };
  }

  template <typename Enum>
  Field choice(Enum& out, std::vector<std::pair<std::string, Enum>> values) {
    return [this, &out, values = std::move(values)](const Node& node, const Path& path) {
      std::vector<std::string> names;
      for (const auto& [name, value] : values) names.push_back(name);
      const auto chosen = one_of(node, path, names);
      for (const auto& [name, value] : values) {
        if (chosen == name) out = value;
      }
    };
  }

  Field choice(std::string& out, std::vector<std::string> values);

  std::optional<std::int64_t> integer(const Node& node, const Path& path, std::int64_t low, std::int64_t high);
  std::optional<std::string> one_of(const Node& node, const Path& path, const std::vector<std::string>& values);

 private:
  void known_keys(const Path& path, const std::vector<Key>& keys);
  void require_present(const Node& node, const Path& path, const std::vector<Key>& keys);
  bool is(const Node& node, const Path& path, Node::Type type, const std::string& wanted);

  std::vector<Finding>& findings_;
  std::map<std::string, std::vector<std::string>>* accepted_;
};

// "10m", "30 s", "1.5 h", "250ms", "2 d"; nothing if it is none or negative.
std::optional<std::chrono::milliseconds> parse_duration(const std::string& text);

// "10%" -> 100, "2.5%" -> 25; nothing if it is no percentage with at most one decimal.
std::optional<int> parse_permille(const std::string& text);

// "5000 USD", "79.50 EUR".
std::optional<Money> parse_money(const std::string& text);

}  // namespace floorwalker::yaml
