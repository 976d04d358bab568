#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/answers.h"
#include "agent/core/answers_json.h"
#include "agent/core/model.h"

namespace floorwalker::guided {

// What a tool call of this turn came to.
template <typename T>
struct Answer {
  bool waiting = false;        // asked for now; the answer comes with the next step
  std::optional<T> value;
  ErrorAnswer error;           // where there is no value
  ToolOutcome outcome = ToolOutcome::kOk;

  explicit operator bool() const { return value.has_value(); }
  const T* operator->() const { return &*value; }
  const T& operator*() const { return *value; }
};

// The tool calls of one turn. A turn is written as straight code that is run anew in every step: calls already answered return at once,
// the first unanswered ones are collected and the code returns. A write that somebody else made in this turn - another model before
// this one took over, or the planner once the shopper had said yes - counts as made; what others read may be stale and is read again.
class Calls {
 public:
  explicit Calls(const ModelRequest& request);

  Answer<SearchPage> search(const SearchRequest& request);
  Answer<ShopShape> shape(const std::string& scope);
  Answer<ProductDetails> product(const ProductId& id);
  Answer<Comparison> compare(const std::vector<ProductId>& products, const std::vector<std::string>& needs,
                             const std::vector<std::string>& attributes);
  Answer<Compatibility> fits(const ProductId& a, const ProductId& b);
  Answer<Compatibility> fits(const ProductId& a, const std::string& kind, const std::map<std::string, std::string>& facts);
  Answer<Addons> addons(const ProductId& product, const std::map<std::string, std::string>& said, const std::vector<std::string>& declined);
  Answer<CartAnswer> view_cart();   // once a line was changed in this turn: the cart that the change left
  Answer<CartAnswer> add(const VariantId& variant, std::int64_t quantity);
  Answer<CartAnswer> set_quantity(const LineId& line, std::int64_t quantity);
  Answer<CartAnswer> change_variant(const LineId& line, const VariantId& variant);
  Answer<CartAnswer> remove(const LineId& line);
  Answer<CartAnswer> discount(const std::string& code);
  Answer<CheckoutAnswer> checkout();
  Answer<PolicyAnswer> policy(const std::string& topic, const std::string& about);
  Answer<OrderAnswer> order(const std::string& id, const std::string& email);
  Answer<HandOffAnswer> hand_off(const std::string& reason);

  // The call that the planner made in this turn because the shopper said yes to it; null if there is none.
  const ToolCall* confirmed() const;

  // Whether what this turn was told of products has prices and stock as the shop has them.
  enum class Prices { kNotAsked, kRead, kUnread };
  Prices prices() const { return prices_; }

  bool waiting() const { return !pending_.empty(); }
  const std::vector<ToolCall>& pending() const { return pending_; }

 private:
  // Looks the call up among those of this turn; null and, if it may be made, added to pending_ if it is new.
  const ToolResult* find(const std::string& name, const std::string& arguments, bool write, bool may_call);

  CallId unused_id() const;

  template <typename T>
  Answer<T> answer(const std::string& name, const std::string& arguments, Result<T> (*read)(std::string_view), bool write = false);

  Answer<CartAnswer> change_cart(const std::string& name, const std::string& arguments);
  void note_prices(bool known);

  struct Done {
    const ToolCall* call;
    const ToolResult* result = nullptr;
    bool own = true;       // asked for by this model
    bool taken = false;    // a write that stands for one of this run's
  };

  bool is(const Done& done, const std::string& name, const std::string& arguments) const;

  const ModelRequest& request_;
  std::vector<Done> done_;                                           // this turn's, in order
  std::vector<std::pair<std::string, std::string>> asked_;           // name and arguments, in the order of this run
  std::vector<ToolCall> pending_;
  Prices prices_ = Prices::kNotAsked;
  std::optional<Cart> changed_;                                      // as the last change of this run left it
};

}  // namespace floorwalker::guided
