#include "agent/core/playbook/loosened.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "agent/core/playbook/reader.h"

namespace floorwalker::yaml {
namespace {

enum class Looser { kHigher, kLower, kFewer, kMore };

struct Guard {
  const char* path;
  Looser looser;
};

constexpr std::array<Guard, 20> kGuards = {{{"guardrails.input.max_length", Looser::kHigher},
                                            {"guardrails.input.languages", Looser::kMore},
                                            {"guardrails.input.refuse_topics", Looser::kFewer},
                                            {"guardrails.actions.grant", Looser::kMore},
                                            {"guardrails.actions.confirm", Looser::kFewer},
                                            {"guardrails.actions.confirm_within", Looser::kHigher},
                                            {"guardrails.actions.discounts", Looser::kMore},
                                            {"guardrails.actions.limits.quantity", Looser::kHigher},
                                            {"guardrails.actions.limits.cart_total", Looser::kHigher},
                                            {"guardrails.actions.limits.discount", Looser::kHigher},
                                            {"guardrails.actions.limits.writes_per_turn", Looser::kHigher},
                                            {"guardrails.actions.limits.writes_per_session", Looser::kHigher},
                                            {"guardrails.actions.limits.writes_per_day", Looser::kHigher},
                                            {"guardrails.results.max_size", Looser::kHigher},
                                            {"guardrails.say.never", Looser::kFewer},
                                            {"guardrails.say.competitors", Looser::kFewer},
                                            {"guardrails.say.max_length", Looser::kHigher},
                                            {"guardrails.privacy.redact", Looser::kFewer},
                                            {"guardrails.proactive.max_per_session", Looser::kHigher},
                                            {"guardrails.proactive.pause", Looser::kLower}}};

// A limit in its smallest unit; nothing if it is none.
std::optional<std::int64_t> amount_of(const Node& node) {
  if (const auto time = parse_duration(node.text)) return time->count();
  if (const auto share = parse_permille(node.text)) return *share;
  if (const auto money = parse_money(node.text)) return money->minor;
  std::int64_t count = 0;
  const char* const end = node.text.data() + node.text.size();
  const auto [stop, bad] = std::from_chars(node.text.data(), end, count);
  return bad == std::errc() && stop == end ? std::optional(count) : std::nullopt;
}

bool same(const Node& a, const Node& b) {
  return a.text == b.text && std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                                        [](const Node::Entry& one, const Node::Entry& other) { return one.key == other.key && same(one.value, other.value); });
}

// Whether something of `some` is not among `others`; a text alone is a list of one.
bool goes_beyond(const Node& some, const Node& others) {
  const std::vector<Node> all = some.type == Node::Type::kList ? some.items : std::vector<Node>{some};
  const std::vector<Node> known = others.type == Node::Type::kList ? others.items : std::vector<Node>{others};
  return std::any_of(all.begin(), all.end(), [&](const Node& one) { return std::none_of(known.begin(), known.end(), [&](const Node& other) { return same(one, other); }); });
}

bool is_looser(const Node& before, const Node& now, Looser looser) {
  if (looser == Looser::kFewer) return goes_beyond(before, now);
  if (looser == Looser::kMore) return goes_beyond(now, before);
  const auto was = amount_of(before), is = amount_of(now);
  return was && is && (looser == Looser::kHigher ? *is > *was : *is < *was);
}

}  // namespace

const Node* node_under(const Node& root, const std::string& keys) {
  const Node* node = &root;
  for (std::size_t at = 0; node && at < keys.size();) {
    const std::size_t end = std::min(keys.find('.', at), keys.size());
    node = node->find(keys.substr(at, end - at));
    at = end + 1;
  }
  return node;
}

std::vector<Loosened> loosened(const Node& under, const Node& over) {
  std::vector<Loosened> found;
  for (const Guard& guard : kGuards) {
    const Node* const before = node_under(under, guard.path);
    const Node* const now = node_under(over, guard.path);
    if (before && now && is_looser(*before, *now, guard.looser)) found.push_back({guard.path, now->at});
  }
  return found;
}

}  // namespace floorwalker::yaml
