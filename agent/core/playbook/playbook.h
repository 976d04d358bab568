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

// A condition on what the page reports of the shopper's behaviour.
struct SignalRule {
  std::string signal;                                     // "toggled_between", "idle" ...: playbooks/README.md lists them
  std::int64_t amount = 0;                                 // products, occurrences or milliseconds, as the signal says
  int times = 1;                                           // how often before the condition holds
  SourcePosition at;
};

// A proactive offer: made when every signal of `when` holds.
struct PlayRule {
  std::string name;                                        // "" : its position
  std::vector<SignalRule> when;
  std::string offer;                                       // "compare", "help", "alternatives", "sizing", "delivery", "checkout"
  std::string say;                                         // the merchant's own wording, "" for the template's
  std::vector<std::string> kinds;                          // only while these are looked at; empty: all
  std::chrono::milliseconds cooldown{0};                   // before the same play may be made again
  int max_per_session = 1;
  SourcePosition at;
};

struct HesitationRules {
  std::vector<PlayRule> plays;
  bool needs_consent = true;                               // without analytics consent nothing is watched
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
  std::string field = "brand";             // for kNever: what `value` names: "brand", "tag", "kind", "category"
  int permille = 0;                        // for margins
  int band_permille = 100;                 // of the relevance score of the item that would be overtaken
  std::map<std::string, std::string> with; // for kNever: the context in which it holds: "any" (words, kind, category or use of
                                           // the need name it), "kind", "need", "category"; empty: always
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
  std::chrono::milliseconds facts_good_for{600000};        // prices and stock that were read longer ago are read again before they are told
};

struct VocabularyRules {
  std::map<std::string, std::vector<std::string>> umbrellas;
  std::map<std::string, std::vector<std::string>> synonyms;
};

// What a claim verdict leads to.
enum class ClaimAction { kAllow, kRepair, kDrop, kReplace };

// What becomes of a turn when a guardrail itself cannot run.
enum class OnError { kRefuse, kAllow };

// What an injection marker in foreign text leads to: kMark neutralises and labels it, kDrop removes the text, kRefuse stops the turn.
enum class OnInjection { kMark, kDrop, kRefuse };

struct InputRules {
  std::size_t max_length = 4000;                    // Unicode code points of one message
  std::vector<std::string> languages;               // two-letter codes; empty: any
  std::vector<std::string> refuse_topics;
  OnInjection injection = OnInjection::kMark;
  OnError on_error = OnError::kRefuse;
};

struct ResultRules {
  std::size_t max_size = 256 * 1024;                // bytes of one tool result
  OnInjection injection = OnInjection::kMark;
  OnError on_error = OnError::kRefuse;
};

struct ProactiveRules {
  int max_per_session = 3;                          // all plays together
  std::chrono::milliseconds pause{120000};          // between any two offers
  bool silent_after_dismissal = true;               // a dismissed offer ends them for the session
  OnError on_error = OnError::kRefuse;
};

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
  InputRules input;
  ResultRules results;
  ProactiveRules proactive;
  std::optional<std::vector<std::string>> granted;  // tools the agent may call; nothing: every tool of the shop
  int confirm_within = 3;                           // shopper's turns a yes stays good while nothing changed
  std::optional<int> max_discount_permille;         // of the cart's total before the discount
  std::optional<int> max_writes_per_turn;
  std::optional<int> max_writes_per_session;
  std::optional<int> max_writes_per_day;
  std::optional<std::size_t> max_reply_length;      // Unicode code points
  bool urgency_only_if_proven = true;               // "only 2 left" needs the stock to say so; false: urgency is never said
  bool hide_internals = true;                       // ids and tool names stay out of replies
  OnError say_on_error = OnError::kRefuse;          // an action whose guardrail cannot run is always refused
};

// How the agent treats an option value that was said while browsing, several turns before the add.
enum class BrowsedOption { kAsk, kUse };

// How tool results become records that conditions speak of: "order", found by its id.
struct DeskRecord {
  std::string type;
  std::vector<std::string> from;           // tools whose results are such a record
  std::string id;                          // a field of the result, or "args.NAME" of the call
  std::string inside;                      // instead of `from`: another record type that holds these ...
  std::string at;                          // ... in this field, a map by id, or a list of which each has `id`
  SourcePosition at_source;
};

// What a condition that cannot be decided from the evidence leads to.
enum class Undecided { kRefuse, kAsk, kAllow };

// A named condition over evidence (agent/core/guardrails/condition.h).
struct DeskCondition {
  std::string name;                        // the rule's id
  std::string that;                        // must hold
  std::string otherwise;                   // what is said when it does not: text with {expressions}
  Undecided unknown = Undecided::kRefuse;
  SourcePosition at;
};

// A tool of the shop's desk that changes something.
struct DeskAction {
  std::string tool;
  std::vector<std::string> words;                        // what shoppers call it: "return", "refund"
  std::vector<std::string> takes;                        // arguments it must have, and no others
  std::map<std::string, std::string> identifiers;        // argument -> type of identifier, for the taint rule
  std::vector<std::string> require;                      // names of conditions, in order
  std::vector<std::vector<std::string>> confirm;         // of each group of expressions, one value must have been put to the shopper
  bool needs_yes = false;
  SourcePosition at;
};

// An edition of the shop's tools.
struct DeskDialect {
  std::string name;
  std::vector<std::string> known_by;       // tools that only this edition has: one of them was called
  std::string when;                        // or a condition that only holds here
};

// The actions of a shop whose tools are not ours: for a service desk, and for judging recorded conversations.
struct DeskRules {
  std::vector<DeskDialect> dialects;                     // the first that is recognised counts
  std::vector<std::string> identity_from;                // tools whose result names who the shopper is
  std::vector<DeskRecord> records;
  std::map<std::string, std::vector<std::string>> identifiers;  // type -> keys of results under which the shop tells them
  std::vector<std::string> shopper_may_name;             // types of identifiers that count as well when the shopper wrote them
  std::vector<std::pair<std::string, std::string>> let;  // names for expressions
  std::vector<DeskCondition> conditions;
  std::vector<DeskAction> actions;
};

// What the playbook names, and where: what a catalogue should know, a tool, a need of its own, or the value of a bound.
struct NameUse {
  std::string what;                        // "kind", "field" (attribute, option or a column every shop has), "slot", "need_or_kind", "brand", "tag",
                                           // "category", "tool", "need", "bound"
  std::string name;
  std::string path;                        // "discovery.ask.laptop[1]"
  SourcePosition at;
};

struct Playbook {
  std::string name;
  std::string version;                     // the merchant's own: "7", "2024-06"
  std::string environment;                 // whose overrides were applied, "" for none
  BrandRules brand;
  VocabularyRules vocabulary;
  std::vector<NeedRule> needs;
  DiscoveryRules discovery;
  CompareRules compare;
  AddonRules addons;
  HesitationRules hesitation;
  std::vector<RankingRule> ranking;        // shopper-first rules before commercial ones
  BrowsedOption browsed_option = BrowsedOption::kAsk;
  GuardrailRules guardrails;
  LimitRules limits;
  DeskRules desk;
  std::vector<NameUse> names;              // in file order
  std::string hash;                        // of the content, parents and environment included: enters every trace
};

}  // namespace floorwalker
