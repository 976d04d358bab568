#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/selector.h"
#include "adapters/http/template.h"
#include "agent/core/playbook/loader.h"

// An adapter file as loaded: what its keys mean is told, with a table of every key, in adapters/README.md.
namespace floorwalker::http {

// How one text, number or truth is found in an answer.
struct Field {
  enum class As { kText, kHtml };
  struct Piece {
    TextTemplate text;                // of a composed text, when there is no selector
    std::optional<Selector> selector;
  };
  std::vector<Selector> at;           // the first that finds something counts
  std::vector<Piece> composed;        // "https://shop.example/p/{handle}"
  std::optional<TextTemplate> fixed;  // `value:`
  As as = As::kText;
  bool last = false;                  // of several found, the last one rather than the first
  std::map<std::string, std::string> values;  // the shop's word -> ours
  std::optional<std::string> otherwise;       // for words that `values` does not name

  bool given() const { return !at.empty() || !composed.empty() || fixed.has_value(); }
};

enum class MoneyForm { kDecimal, kMinor };

struct MoneyField {
  std::vector<Selector> at;    // the first that finds something counts
  std::vector<Selector> sum;   // or everything that all of these find, added up
  std::optional<MoneyForm> form;
  Field currency;

  bool given() const { return !at.empty() || !sum.empty(); }
};

struct OptionsMap {
  std::optional<Selector> each, table, order;  // items with name and value; or an object {name: value}; the names in the product's order
  Field name, value;
  std::map<std::string, std::string> hide;     // {Title: Default Title}: an option that is none
};

struct StockMap {
  Field count, level, available, untracked;
  std::optional<std::int64_t> low_below;
};

struct AttributeRule {
  std::optional<Selector> each, table;
  Field name, value;
  std::string unit;
  std::vector<std::string> skip;   // names
};

struct CategoriesMap {
  std::optional<Selector> each;
  std::optional<Selector> path;    // the names from the root down, within an item
  std::vector<std::string> skip;
  std::string split;               // "Home > Kitchen"
};

struct VariantMap {
  std::optional<Selector> each;    // nothing: the product is its own only variant
  std::vector<Selector> order_by;  // for shops that list them in no order: by the first, then by the next
  Field id, sku;
  OptionsMap options;
  MoneyField price, compare_at;
  StockMap stock;
};

struct ProductMap {
  Field id, title, brand, kind, description, url;
  std::vector<Selector> highlights, tags, images, identifiers;
  CategoriesMap categories;
  std::vector<AttributeRule> attributes;
  VariantMap variants;
};

struct LineMap {
  std::optional<Selector> each;
  Field id, product, variant, title, quantity;
  OptionsMap options;
  MoneyField unit_price, total;
};

struct CartMap {
  Field currency;
  LineMap lines;
  std::optional<Selector> codes;    // discount codes in force
  Field code;
  MoneyField discount;              // what one takes off, by code or in all
  bool lists_idle_codes = false;    // codes are kept that take nothing off: those are not in force
  MoneyField subtotal, total;
};

struct OrderMap {
  Field id, status, placed, email, tracking, expected;
  LineMap lines;
  MoneyField total;
};

struct PolicyMap {
  Field id, topic, title, text, date;
};

// What an answer that is no success means.
enum class Meaning { kNotFound, kOutOfStock, kRefused, kInvalid, kConflict, kUnavailable, kThrottled, kMalformed, kIgnore };

struct FailureRule {
  std::vector<int> status;           // HTTP status codes; empty: any
  std::string header;                // a header that is there with another value than ours, "" for none
  std::optional<Selector> at;        // what has to be found in the body; nothing: the status alone decides
  Field code, message, available;
  std::map<std::string, Meaning> codes;
  Meaning otherwise = Meaning::kRefused;
  std::string says;                  // in place of the shop's message
};

struct Capture {
  std::string name;
  std::optional<Selector> from;
  std::string header, cookie;        // instead: a header of the response, or the value of a cookie that it sets
};

struct Condition {
  std::string variable;   // "" for none
  bool set = true;        // holds if the variable is set (or is not)
};

// One HTTP call.
struct Call {
  std::string method;
  TextTemplate path;
  std::vector<std::pair<std::string, TextTemplate>> query;
  std::vector<std::pair<std::string, TextTemplate>> headers;
  std::optional<JsonTemplate> body;
  std::string graphql;      // the query with its fragments as a JSON string, "" for none; `body` then holds the variables
  std::vector<Capture> captures;
  Condition when;
};

struct Paging {
  std::int64_t size = 100;
  std::optional<Selector> cursor, more, total;
  enum class Way { kNone, kCursor, kOffset, kPage } way = Way::kNone;
};

struct Operation {
  std::vector<Call> steps;
  Field answer;                       // of the last step
  std::vector<FailureRule> failures;  // looked at before the file's own
  Paging page;
  std::optional<Selector> product;    // where an item tells the id of a product, in place of being one
  bool empty_if_absent = false;       // no answer: an empty cart, rather than an unknown one
  bool given() const { return !steps.empty() || answer.given(); }
};

struct Setting {
  std::string name;
  Value value;                        // the default
  std::string environment;
  std::vector<std::string> one_of;
  std::vector<std::string> set_if;    // true if any of these is set
  bool required = false;              // the shop cannot be used while it has no value
};

struct Secret {
  std::string name;
  std::string environment;
  bool required = false;
};

struct Limits {
  std::chrono::milliseconds connect{3000};
  std::chrono::milliseconds total{8000};        // of one attempt
  std::chrono::milliseconds operation{12000};   // of all attempts and steps together
  int retries = 2;                              // of reads
  std::chrono::milliseconds retry_wait{200};    // doubled each time, with jitter
  std::int64_t concurrency = 8;
  std::int64_t response_bytes = 8 << 20;
  int breaker_failures = 5;
  std::chrono::milliseconds breaker_pause{5000};
};

struct Adapter {
  std::string name, about;
  bool live = false;                  // no copy of the catalogue is kept: the shop itself is searched
  TextTemplate url;                   // with settings
  std::string url_environment;
  std::vector<Setting> settings;
  std::vector<Secret> secrets;
  std::vector<std::pair<std::string, TextTemplate>> headers;   // of every call; left out where a variable is not set
  TextTemplate graphql_path;
  MoneyForm money = MoneyForm::kDecimal;
  std::string currency;               // a variable ("$currency") or a code
  std::vector<Call> setup;            // once, before the first operation: captures shop-wide variables
  std::vector<std::string> state;     // what a cart remembers
  std::string adopt_prefix, adopt_as; // ids of carts that others made
  std::vector<FailureRule> failures;
  std::map<std::string, Operation> operations;
  std::map<std::string, std::string> absent;  // what the platform cannot do, and why
  Limits limits;
  ProductMap product;
  CartMap cart;
  OrderMap order;
  PolicyMap policy;

  const Operation* operation(const std::string& of) const {
    const auto found = operations.find(of);
    return found == operations.end() ? nullptr : &found->second;
  }
};

struct LoadedAdapter {
  Adapter adapter;                    // meaningful only without errors
  std::vector<Finding> findings;      // all at once, in file order
  bool ok() const;
};

// The text of an adapter that `extends` names; nothing if there is none.
using OpenAdapter = std::function<std::optional<std::string>(const std::string& name)>;

// Reads and checks an adapter file with the one that it extends. Never throws; nothing is ignored silently.
LoadedAdapter load_adapter(std::string_view yaml, const std::string& file_name, const OpenAdapter& open = {});

// The names of operations, in the order of adapters/README.md.
const std::vector<std::string>& operation_names();

}  // namespace floorwalker::http
