#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/core/units.h"
#include "tools/compatibility/engine.h"

// The rules as they are in memory: what README.md describes, checked. Known only inside this folder.
namespace floorwalker::compatibility {

// A spelling without what people write differently: "Micro-ATX" and "micro atx" are "microatx", "AM3+" is "am3+".
std::string key_of(std::string_view text);

// How texts of an attribute are brought to one spelling.
struct ValueSet {
  std::unique_ptr<RE2> extract;              // the part of the text that counts; null: all of it
  std::vector<std::string> drop;             // keys cut off at either end
  std::map<std::string, std::string> same;   // key -> key of the spelling that stands for it
  bool list = true;                          // "AM4, AM5 / LGA 1700" are several values

  std::vector<std::string> keys(std::string_view text) const;  // of the values in a text
};

enum class Take { kLargest, kSmallest };     // of several numbers

struct AttributeRule {
  std::string name;                          // in this file: "max_card_length"
  std::vector<std::string> names;            // keys of its names in catalogues; "title" is the thing's title
  const ValueSet* values = nullptr;          // null: key_of alone
  std::optional<Unit> unit;                  // numbers: the unit where the catalogue gives none
  Take take = Take::kLargest;
  bool zero_is_missing = false;
  std::vector<std::pair<std::string, std::vector<std::unique_ptr<RE2>>>> match;  // key -> patterns that mean it, first hit wins
};

struct KindRule {
  std::string name;
  std::vector<std::vector<std::string>> words;  // stems of phrases that name it
  std::vector<std::vector<std::string>> never;  // and of phrases that tell that it is none
  std::vector<std::string> has;                 // attributes it must state, where only its title names it
  std::map<std::string, AttributeRule> attributes;
};

enum class Test { kSame, kGoesWith, kAtMost, kFitsThrough, kSum };

// An attribute of one of the two sides.
struct Condition {
  bool left = true;
  std::string attribute;
  std::set<std::string> keys;
};

struct Summand {
  std::string kind, attribute;
};

struct Rule {
  std::string id;
  Test test = Test::kSame;
  std::string left_kind, right_kind;
  std::vector<std::string> left, right;      // attributes; one each, save for kFitsThrough
  std::map<std::string, std::set<std::string>> accept;   // right key -> left keys that do besides itself; kGoesWith: left key -> right keys
  std::map<std::string, std::set<std::string>> perhaps;  // the same: neither yes nor no
  std::vector<Condition> when;               // all must hold for the rule to be looked at
  bool skip_unstated_left = false, skip_unstated_right = false;
  bool incomplete = false;                   // kSame: what the lists do not name may still do: unknown, not no
  double slack = 0;                          // canonical: beyond the limit by no more than this is unknown
  double clearance = 0;                      // canonical: needed besides, for a yes
  double other_side = 0;                     // kFitsThrough: the opening's second side where it is not stated; 0: none
  // kSum: right_kind/right[0] is the limit
  std::vector<Summand> sum;
  std::map<std::string, std::pair<double, double>> absent;  // kind -> what it takes where no such thing is at hand
  double base = 0, least = 0, headroom = 0;
  std::map<Fit, std::string> says;           // sentences with {left}, {right}, {a}, {b}
};

struct Engine::Rules {
  std::map<std::string, ValueSet> values;
  std::vector<KindRule> kinds;
  std::vector<Rule> rules;

  const KindRule* kind(const std::string& name) const;
};

// Reads files into `rules`. Appends one line for each fault.
void load_into(Engine::Rules& rules, const std::vector<Source>& sources, std::vector<std::string>& faults);

}  // namespace floorwalker::compatibility
