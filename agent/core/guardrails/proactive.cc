#include "agent/core/guardrails/proactive.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace floorwalker::guardrails {
namespace {

constexpr std::size_t kKept = 64;   // signals of one session; the oldest go

constexpr std::array<const char*, 9> kSignals = {"view", "option", "search", "removed", "guide", "dwell", "idle", "cart_idle", "left_window"};

std::string detail(const ShopperDid& did, const char* name) {
  const auto found = did.details.find(name);
  return found == did.details.end() ? "" : found->second;
}

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string span(std::chrono::milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

// The products looked at one after the other, without repeats in a row.
std::vector<ProductId> visits(const std::vector<Seen>& seen) {
  std::vector<ProductId> path;
  for (const Seen& one : seen) {
    if (one.signal == "view" && !one.product.empty() && (path.empty() || path.back() != one.product)) path.push_back(one.product);
  }
  return path;
}

// How often the shopper went back to a product among the last `products` different ones.
std::int64_t toggles(const std::vector<Seen>& seen, std::int64_t products) {
  const std::vector<ProductId> path = visits(seen);
  std::set<std::string> among;
  std::int64_t back = 0;
  for (auto visit = path.rbegin(); visit != path.rend(); ++visit) {
    if (among.contains(visit->str())) {
      ++back;
    } else if (static_cast<std::int64_t>(among.size()) < products) {
      among.insert(visit->str());
    } else {
      break;
    }
  }
  return static_cast<std::int64_t>(among.size()) < products ? 0 : back;
}

// How often the product looked at last, or its options, came again.
std::int64_t returns(const std::vector<Seen>& seen) {
  const std::vector<ProductId> path = visits(seen);
  return path.empty() ? 0 : std::count(path.begin(), path.end(), path.back()) - 1;
}

std::int64_t switches(const std::vector<Seen>& seen) {
  const auto last = std::find_if(seen.rbegin(), seen.rend(), [](const Seen& one) { return one.signal == "option"; });
  if (last == seen.rend()) return 0;
  return std::count_if(seen.begin(), seen.end(), [&](const Seen& one) { return one.signal == "option" && one.product == last->product; });
}

std::int64_t times_seen(const std::vector<Seen>& seen, std::string_view signal) {
  return std::count_if(seen.begin(), seen.end(), [&](const Seen& one) { return one.signal == signal; });
}

// Searches without result since the last that found something.
std::int64_t fruitless(const std::vector<Seen>& seen) {
  std::int64_t count = 0;
  for (auto one = seen.rbegin(); one != seen.rend(); ++one) {
    if (one->signal != "search") continue;
    if (one->amount > 0) break;
    ++count;
  }
  return count;
}

std::int64_t waits(const std::vector<Seen>& seen, std::string_view signal, std::int64_t least) {
  return std::count_if(seen.begin(), seen.end(), [&](const Seen& one) { return one.signal == signal && one.amount >= least; });
}

// How often what the rule speaks of has happened, by the rule's own unit.
std::int64_t happened(const SignalRule& rule, const std::vector<Seen>& seen) {
  const std::int64_t each = std::max<std::int64_t>(1, rule.amount);
  if (rule.signal == "toggled_between") return toggles(seen, rule.amount);
  if (rule.signal == "returned_to") return returns(seen) / each;
  if (rule.signal == "option_switched") return switches(seen) / each;
  if (rule.signal == "no_results") return fruitless(seen) / each;
  if (rule.signal == "removed") return times_seen(seen, "removed") / each;
  if (rule.signal == "guide_opened") return times_seen(seen, "guide") / each;
  if (rule.signal == "dwelled") return waits(seen, "dwell", rule.amount);
  return waits(seen, rule.signal, rule.amount);
}

class Chooser {
 public:
  Chooser(const Watch& watch, Time now, const HesitationRules& rules, const ProactiveRules& limits) : watch_(watch), now_(now), rules_(rules), limits_(limits) {}

  Offer run() {
    if (backwards() || consent() || dismissal() || session_cap() || pause()) return std::move(offer_);
    for (const PlayRule& play : rules_.plays) {
      if (!holds(play) || play_cap(play) || cooldown(play)) continue;
      offer_.play = &play;
      return std::move(offer_);
    }
    return std::move(offer_);
  }

 private:
  bool forbid(const std::string& rule, std::string why, Considered::Came came = Considered::Came::kActed) {
    offer_.considered.push_back({rule, came, why});
    offer_.why = std::move(why);
    return true;
  }

  bool pass(const std::string& rule, std::string why) {
    offer_.considered.push_back({rule, Considered::Came::kPassed, std::move(why)});
    return false;
  }

  bool backwards() {
    if (watch_.offered.empty() || now_ >= watch_.offered.back().at) return false;
    constexpr const char* kWhy = "the time is before the latest offer's, so no pause can be told";
    if (limits_.on_error == OnError::kRefuse) return forbid("proactive", kWhy, Considered::Came::kCouldNotRun);
    offer_.considered.push_back({"proactive", Considered::Came::kCouldNotRun, kWhy});
    return false;
  }

  bool consent() {
    if (!rules_.needs_consent) return pass("consent", "not needed");
    return watch_.consented ? pass("consent", "given") : forbid("consent", "the shopper has not agreed to be watched");
  }

  bool dismissal() {
    if (!watch_.dismissed) return pass("dismissal", "none");
    if (limits_.silent_after_dismissal) return forbid("dismissal", "an offer was dismissed in this session");
    return pass("dismissal", "offers go on after the pause");
  }

  bool session_cap() {
    const std::string why = std::to_string(watch_.offered.size()) + " offers made, at most " + std::to_string(limits_.max_per_session);
    return static_cast<int>(watch_.offered.size()) >= limits_.max_per_session ? forbid("offers_per_session", why) : pass("offers_per_session", why);
  }

  bool pause() {
    if (watch_.offered.empty()) return pass("pause", "no offer yet");
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - watch_.offered.back().at);
    const std::string why = span(since) + " since the latest offer, at least " + span(limits_.pause);
    return since < limits_.pause ? forbid("pause", why) : pass("pause", why);
  }

  // Every signal, over what was seen since the play was last made.
  bool holds(const PlayRule& play) {
    const auto last = made_last(play);
    std::vector<Seen> since;
    std::copy_if(watch_.seen.begin(), watch_.seen.end(), std::back_inserter(since), [&](const Seen& one) { return !last || one.at > *last; });
    const std::string rule = "play:" + play.name;
    if (!play.kinds.empty() && (since.empty() || std::find(play.kinds.begin(), play.kinds.end(), since.back().kind) == play.kinds.end())) {
      return pass(rule, "none of its kinds is looked at");
    }
    std::string whys;
    bool all = !play.when.empty();
    for (const SignalRule& signal : play.when) {
      std::string why;
      all = signal_holds(signal, since, why) && all;
      whys += (whys.empty() ? "" : "; ") + why;
    }
    offer_.considered.push_back({rule, all ? Considered::Came::kActed : Considered::Came::kPassed, whys});
    if (all) offer_.why = whys;
    return all;
  }

  bool play_cap(const PlayRule& play) {
    const auto made = std::count_if(watch_.offered.begin(), watch_.offered.end(), [&](const Offered& one) { return one.play == play.name; });
    const std::string why = "made " + std::to_string(made) + " times, at most " + std::to_string(play.max_per_session);
    return made >= play.max_per_session ? forbid("play_per_session", why) : pass("play_per_session", why);
  }

  bool cooldown(const PlayRule& play) {
    const auto last = made_last(play);
    if (!last) return pass("cooldown", "not made yet");
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - *last);
    const std::string why = span(since) + " since it was made, at least " + span(play.cooldown);
    return since < play.cooldown ? forbid("cooldown", why) : pass("cooldown", why);
  }

  std::optional<Time> made_last(const PlayRule& play) const {
    const auto last = std::find_if(watch_.offered.rbegin(), watch_.offered.rend(), [&](const Offered& one) { return one.play == play.name; });
    return last == watch_.offered.rend() ? std::nullopt : std::optional<Time>(last->at);
  }

  const Watch& watch_;
  const Time now_;
  const HesitationRules& rules_;
  const ProactiveRules& limits_;
  Offer offer_;
};

}  // namespace

void observe(Watch& watch, const ShopperDid& did, Time at, const HesitationRules& rules) {
  if (did.type == "consent") {
    watch.consented = detail(did, "analytics") == "true";
    if (!watch.consented) watch.seen.clear();
    return;
  }
  if (did.type == "dismiss") {
    watch.dismissed = true;
    return;
  }
  if (rules.needs_consent && !watch.consented) return;
  if (rules.plays.empty() || std::find(kSignals.begin(), kSignals.end(), did.type) == kSignals.end()) return;
  const std::int64_t amount = number(detail(did, did.type == "search" ? "results" : "ms"));
  watch.seen.push_back({did.type, did.product, detail(did, "kind"), amount, at});
  if (watch.seen.size() > kKept) watch.seen.erase(watch.seen.begin());
}

bool signal_holds(const SignalRule& rule, const std::vector<Seen>& seen, std::string& why) {
  const std::int64_t times = happened(rule, seen);
  why = rule.signal + " " + std::to_string(rule.amount) + ": " + std::to_string(times) + " times, wanted " + std::to_string(rule.times);
  return times >= rule.times;
}

Offer choose_play(const Watch& watch, Time now, const HesitationRules& rules, const ProactiveRules& limits) {
  return Chooser(watch, now, rules, limits).run();
}

}  // namespace floorwalker::guardrails
