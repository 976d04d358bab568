#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/catalogue.h"

// A merchant's playbook, typed. Loading (agent/core/playbook/loader.h) checks it strictly; every key's exact meaning and unit is in
// playbooks/README.md.
namespace floorwalker {

struct SourcePosition {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1
};

// "low" or "high" on an attribute: ranks within a shortlist.
struct Preference {
  std::string attribute;
  bool low = false;
  SourcePosition at;
};

// What a use means in the catalogue's terms.
struct NeedRule {
  std::string name;                        // "travel"
  std::vector<std::string> phrases;        // other words shoppers use for it: "commuting", "on the go"
  std::vector<std::string> applies_to;     // kinds; empty: all
  std::vector<Preference> prefer;
  std::vector<Constraint> require;
  SourcePosition at;
};

struct DiscoveryRules {
  int max_questions = 2;                                   // in one conversation, before each new need
  std::map<std::string, std::vector<std::string>> ask;     // kind -> slots in order; others by how well they split
  std::vector<std::string> relax_in_order;                 // fields; "price+10%" widens instead of dropping
  std::map<std::string, std::string> questions;            // slot -> the merchant's own wording
};

struct CompareRules {
  std::map<std::string, std::vector<std::string>> axes;    // need or kind -> attributes
  std::size_t max_products = 4;
};

struct AddonRule {
  std::string for_kind;
  Addon::Tier tier = Addon::Tier::kRecommended;
  std::string kind;                        // of the add-on
  std::string reason;                      // "" : from the relation
  std::map<std::string, std::string> when; // slot or need -> value that must have been said
  SourcePosition at;
};

struct AddonRules {
  std::vector<AddonRule> rules;
  int max_per_session = 2;
  bool after_commitment = true;            // only after something went into the cart
};

// A merchandising rule. Commercial ones reorder within `band` and never past a hard constraint.
struct RankingRule {
  enum class What { kInStockFirst, kBoostTag, kBuryTag, kBuryMarginBelow, kBoostMarginAbove, kBoostBrand, kBuryBrand, kNever };
  What what = What::kInStockFirst;
  std::string value;                       // tag, brand
  int permille = 0;                        // for margins
  int band_permille = 100;                 // of the relevance score of the item that would be overtaken
  std::map<std::string, std::string> with; // for kNever: the context ("kids") in which it holds
  SourcePosition at;
};

struct BrandRules {
  std::string name;
  std::string voice;                       // path of the voice prompt
  std::string locale = "en-US";
  Currency currency;
  std::string disclosure;
};

struct LimitRules {
  int steps = 8;
  std::chrono::milliseconds time{20000};
  std::int64_t cost_micros = 50000;
};

struct VocabularyRules {
  std::map<std::string, std::vector<std::string>> umbrellas;
  std::map<std::string, std::vector<std::string>> synonyms;
};

// What a claim verdict leads to.
enum class ClaimAction { kAllow, kRepair, kDrop, kReplace };

struct GuardrailRules {
  ClaimAction contradicted = ClaimAction::kRepair;  // never kAllow
  ClaimAction unsupported = ClaimAction::kRepair;
  ClaimAction subjective = ClaimAction::kAllow;
  std::vector<std::string> confirm;                 // tools that need the shopper's yes
  std::optional<std::int64_t> max_quantity;         // per line
  std::optional<Money> max_cart_total;
  std::optional<std::vector<std::string>> discounts;  // codes that may be applied; nothing: any the shop accepts
  std::vector<std::string> never_phrases;
  std::vector<std::string> never_topics;
  std::vector<std::string> competitors;
  std::vector<std::string> redact;                  // "email", "phone", "card"
};

// How the agent treats an option value that was said while browsing, several turns before the add.
enum class BrowsedOption { kAsk, kUse };

struct Playbook {
  std::string name;
  BrandRules brand;
  VocabularyRules vocabulary;
  std::vector<NeedRule> needs;
  DiscoveryRules discovery;
  CompareRules compare;
  AddonRules addons;
  std::vector<RankingRule> ranking;        // shopper-first rules before commercial ones
  BrowsedOption browsed_option = BrowsedOption::kAsk;
  GuardrailRules guardrails;
  LimitRules limits;
  std::string hash;                        // of the content: enters every trace
};

}  // namespace floorwalker
