#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "agent/core/json_writer.h"
#include "evals/report.h"

namespace floorwalker::evals {
namespace {

using json::Writer;

// Texts of a case without what no two runs share: the times at which the shop was read, and the random ids of its carts, which are
// numbered in the order in which they turn up. So two runs compare byte for byte.
class Stable {
 public:
  std::string operator()(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::size_t time = text.find(kTime), cart = text.find(kCart);
      const std::size_t at = std::min(time, cart);
      out.append(text.substr(0, at));
      if (at == std::string_view::npos) break;
      text.remove_prefix(at);
      if (time < cart) {
        out.append(kTime).append("\"");
        text.remove_prefix(std::min(text.size(), text.find('"', kTime.size()) + 1));
      } else {
        out.append(kCart).append(numbered(text.substr(kCart.size(), digits(text))));
        text.remove_prefix(kCart.size() + digits(text));
      }
    }
    return out;
  }

 private:
  static constexpr std::string_view kTime = R"("observed":")";
  static constexpr std::string_view kCart = "cart-";

  static std::size_t digits(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789abcdef", kCart.size());
    return (end == std::string_view::npos ? text.size() : end) - kCart.size();
  }

  // A cart's id has 32 digits; what is shorter is no id. The number is as long, since claims point into the text.
  std::string numbered(std::string_view id) {
    if (id.size() != 32) return std::string(id);
    return fmt::format("{:032}", numbers_.emplace(id, numbers_.size() + 1).first->second);
  }

  std::map<std::string, std::size_t, std::less<>> numbers_;
};

void write_share(Writer& w, const std::string& name, const Share& share) {
  w.key(name).open('{').key("value").number(share.value()).key("hits").integer(static_cast<std::int64_t>(share.hits));
  w.key("of").integer(static_cast<std::int64_t>(share.of)).key("low").number(share.low()).key("high").number(share.high()).close('}');
}

void write_metrics(Writer& w, const Metrics& metrics) {
  w.open('{');
  for (const auto& [name, share] : shares_of(metrics)) write_share(w, name, share);
  w.key("pass_all").number(metrics.pass_all).key("questions_per_success").number(metrics.questions_per_success);
  w.key("tokens").integer(metrics.tokens).key("cost_micros").integer(metrics.cost_micros);
  w.key("cases").integer(static_cast<std::int64_t>(metrics.cases)).key("turns").integer(static_cast<std::int64_t>(metrics.turns));
  w.key("times").open('{').key("wall_p50").integer(metrics.wall_p50).key("wall_p95").integer(metrics.wall_p95);
  w.key("wall_p99").integer(metrics.wall_p99).key("cpu_p50").integer(metrics.cpu_p50).key("cpu_p99").integer(metrics.cpu_p99).close('}');
  w.close('}');
}

void write_claims(Writer& w, const std::vector<Claim>& claims, Stable& stable) {
  w.key("claims").open('[');
  for (const Claim& claim : claims) {
    w.open('{').key("start").integer(static_cast<std::int64_t>(claim.start)).key("end").integer(static_cast<std::int64_t>(claim.end));
    w.field("text", stable(claim.text)).field("kind", to_string(claim.kind)).field("verdict", to_string(claim.verdict)).field("why", stable(claim.why));
    w.key("evidence").open('[');
    for (const std::string& pointer : claim.evidence) w.text(pointer);
    w.close(']').close('}');
  }
  w.close(']');
}

// Where somebody looked.
void write_rules(Writer& w, const TurnRecord& turn, Stable& stable) {
  if (turn.state.rules.empty()) return;
  w.key("rules").open('[');
  for (const RuleDecision& rule : turn.state.rules) {
    w.open('{').field("rule", rule.rule).field("decision", rule.decision).field("about", stable(rule.about)).field("why", stable(rule.why)).close('}');
  }
  w.close(']');
}

void write_judged(Writer& w, const TurnRecord& turn) {
  if (turn.judged.empty()) return;
  w.key("judged").open('[');
  for (const Judgement& judgement : turn.judged) {
    w.open('{').field("ask", judgement.ask).field("came", described(judgement)).key("holds").boolean(judgement.holds());
    w.key("votes").integer(static_cast<std::int64_t>(judgement.votes.size())).key("agreeing").integer(static_cast<std::int64_t>(judgement.agreeing())).close('}');
  }
  w.close(']');
}

void write_turn(Writer& w, const TurnRecord& turn, Stable& stable) {
  w.open('{').field("said", turn.said).field("reply", stable(turn.state.reply.text)).field("outcome", to_string(turn.state.reply.outcome));
  w.filled("error", turn.error).key("grounded").boolean(turn.grounded()).key("checked").boolean(turn.checked);
  w.key("shown").open('[');
  for (const Shown& shown : turn.state.shown) w.text(shown.product.str());
  w.close(']').key("tools").open('[');
  for (std::size_t i = 0; i < turn.state.reply.tools.size(); ++i) {
    const ToolUse& use = turn.state.reply.tools[i];
    w.open('{').field("name", use.call.name).field("args", stable(use.call.arguments)).field("outcome", to_string(use.outcome));
    if (i < turn.state.results.size()) w.field("id", use.call.id.str()).field("result", stable(turn.state.results[i].content));
    w.close('}');
  }
  w.close(']');
  write_claims(w, turn.state.reply.claims, stable);
  write_rules(w, turn, stable);
  write_judged(w, turn);
  w.key("failures").open('[');
  for (const Failure& failure : turn.failures) {
    w.open('{').field("check", failure.check).field("expected", stable(failure.expected)).field("got", stable(failure.got)).close('}');
  }
  w.close(']').key("wall_micros").integer(turn.state.wall_micros).key("cpu_micros").integer(turn.cpu_micros).close('}');
}

void write_case(Writer& w, const CaseRecord& record) {
  w.open('{').field("suite", record.suite).field("id", record.id).key("repeat").integer(record.repeat).key("passed").boolean(record.passed());
  w.filled("known_failing", record.known_failing).filled("problem", record.problem).key("scenarios").open('[');
  for (const int scenario : record.scenarios) w.integer(scenario);
  w.close(']').key("tags").open('[');
  for (const std::string& tag : record.tags) w.text(tag);
  w.close(']').key("turns").open('[');
  Stable stable;
  for (const TurnRecord& turn : record.turns) write_turn(w, turn, stable);
  w.close(']').key("unplayed").integer(static_cast<std::int64_t>(record.unplayed)).key("shares").open('{');
  for (const CaseShares& one : shares_by_case({record})) {
    for (const auto& [name, share] : one.shares) {
      w.key(name).open('[').integer(static_cast<std::int64_t>(share.hits)).integer(static_cast<std::int64_t>(share.of)).close(']');
    }
  }
  w.close('}').close('}');
}

CaseShares read_case(const nlohmann::json& one) {
  CaseShares made{one.at("suite"), one.at("id"), one.at("repeat"), {}};
  for (const auto& [name, counts] : one.at("shares").items()) made.shares[name] = {counts.at(0), counts.at(1)};
  return made;
}

}  // namespace

std::string json_report(const RunRecord& run) {
  Writer w;
  w.open('{').key("format").integer(1).field("build", run.build).key("seed").integer(static_cast<std::int64_t>(run.seed));
  w.key("stopped").boolean(run.stopped).key("metrics");
  write_metrics(w, measure(run));
  w.key("tags").open('{');
  for (const auto& [tag, metrics] : measure_by_tag(run.cases)) {
    w.key(tag);
    write_metrics(w, metrics);
  }
  w.close('}').key("cases").open('[');
  for (const CaseRecord& record : run.cases) write_case(w, record);
  return w.close(']').close('}').take() + "\n";
}

Result<std::vector<CaseShares>> cases_of_report(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("metrics") || !parsed.contains("cases")) return fail(ErrorKind::kMalformed, "the baseline is no report of 'eval --out'");
  if (!parsed.contains("build") || !parsed["build"].is_string() || parsed["build"].get<std::string>().empty()) {
    return fail(ErrorKind::kMalformed, "the baseline does not say which build and model it is of, so it cannot be compared");
  }
  try {
    std::vector<CaseShares> cases;
    for (const auto& one : parsed["cases"]) cases.push_back(read_case(one));
    return cases;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorKind::kMalformed, "the baseline does not tell what each case came to, so it cannot be compared: make it anew with 'eval --out'", error.what());
  }
}

}  // namespace floorwalker::evals
