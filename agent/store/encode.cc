#include "agent/core/json_writer.h"
#include "agent/core/playbook/selling_rules.h"
#include "agent/store/codec.h"

namespace floorwalker::store {
namespace {

using json::Writer;

std::int64_t millis(Time time) { return time.time_since_epoch().count(); }

void exact_field(Writer& w, std::string_view name, std::string_view value) {
  if (!value.empty()) w.key(name).exact(value);
}

void integer_field(Writer& w, std::string_view name, std::int64_t value) {
  if (value != 0) w.key(name).integer(value);
}

template <typename Items, typename Put>
void list_field(Writer& w, std::string_view name, const Items& items, const Put& put) {
  if (items.empty()) return;
  w.key(name).open('[');
  for (const auto& item : items) put(w, item);
  w.close(']');
}

void put_text(Writer& w, const std::string& text) { w.exact(text); }

void put_call(Writer& w, const ToolCall& call) {
  w.open('{').key("id").exact(call.id.str());
  w.key("name").exact(call.name);
  w.key("arguments").exact(call.arguments);
  exact_field(w, "echo", call.echo);
  exact_field(w, "problem", call.problem);
  w.close('}');
}

void put_considered(Writer& w, const Considered& rule) {
  w.open('{').key("rule").exact(rule.rule);
  w.field("came", to_string(rule.came));
  exact_field(w, "why", rule.why);
  w.close('}');
}

void put_result(Writer& w, const ToolResult& result) {
  w.open('{').key("call").exact(result.call.str());
  w.field("outcome", to_string(result.outcome));
  w.key("content").exact(result.content);
  w.key("observed").integer(millis(result.observed));
  list_field(w, "considered", result.considered, put_considered);
  w.close('}');
}

void put_claim(Writer& w, const Claim& claim) {
  w.open('{').key("start").integer(static_cast<std::int64_t>(claim.start));
  w.key("end").integer(static_cast<std::int64_t>(claim.end));
  w.key("text").exact(claim.text);
  w.field("kind", to_string(claim.kind)).field("verdict", to_string(claim.verdict));
  exact_field(w, "why", claim.why);
  list_field(w, "evidence", claim.evidence, put_text);
  w.close('}');
}

void put_shown(Writer& w, const Shown& shown) {
  w.open('{').key("product").exact(shown.product.str());
  exact_field(w, "title", shown.title);
  integer_field(w, "turn", shown.turn);
  integer_field(w, "number", shown.number);
  exact_field(w, "group", shown.group);
  integer_field(w, "group_number", shown.group_number);
  w.close('}');
}

void put_constraint(Writer& w, const Constraint& constraint) {
  w.open('{').key("field").exact(constraint.field);
  w.field("op", to_string(constraint.op));
  list_field(w, "values", constraint.values, put_text);
  w.close('}');
}

void put_need(Writer& w, const Need& need) {
  w.open('{');
  exact_field(w, "kind", need.kind);
  exact_field(w, "words", need.words);
  list_field(w, "constraints", need.constraints, put_constraint);
  list_field(w, "uses", need.uses, put_text);
  w.close('}');
}

void put_asked(Writer& w, const Asked& asked) {
  w.open('{').key("slot").exact(asked.slot);
  integer_field(w, "turn", asked.turn);
  if (asked.answered) w.key("answered").boolean(true);
  w.close('}');
}

void put_presentation(Writer& w, const Presentation& presentation) {
  w.open('{');
  list_field(w, "shown", presentation.shown, put_shown);
  if (presentation.asked) w.key("asked").exact(*presentation.asked);
  if (presentation.hand_off) w.key("hand_off").boolean(true);
  if (presentation.refused) w.key("refused").boolean(true);
  w.close('}');
}

void put_seen(Writer& w, const Seen& seen) {
  w.open('{').key("signal").exact(seen.signal);
  exact_field(w, "product", seen.product.str());
  exact_field(w, "kind", seen.kind);
  integer_field(w, "amount", seen.amount);
  w.key("at").integer(millis(seen.at)).close('}');
}

void put_offered(Writer& w, const Offered& offered) {
  w.open('{').key("play").exact(offered.play);
  w.key("at").integer(millis(offered.at)).close('}');
}

void put_watch(Writer& w, const Watch& watch) {
  if (watch == Watch{}) return;
  w.key("watch").open('{');
  w.key("consented").boolean(watch.consented).key("dismissed").boolean(watch.dismissed);
  list_field(w, "seen", watch.seen, put_seen);
  list_field(w, "offered", watch.offered, put_offered);
  w.close('}');
}

void put_memory(Writer& w, const Memory& memory) {
  w.open('{');
  list_field(w, "needs", memory.needs, put_need);
  list_field(w, "shown", memory.shown, put_shown);
  list_field(w, "asked", memory.asked, put_asked);
  w.key("said_options").open('{');
  for (const auto& [name, value] : memory.said_options) w.key(name).exact(value);
  w.close('}').key("said_turn").open('{');
  for (const auto& [name, turn] : memory.said_turn) w.key(name).integer(turn);
  w.close('}');
  list_field(w, "declined", memory.declined, put_text);
  if (memory.focus) w.key("focus").exact(memory.focus->str());
  if (memory.last_line) w.key("last_line").exact(memory.last_line->str());
  exact_field(w, "plan", memory.plan);
  integer_field(w, "addons_offered", memory.addons_offered);
  put_watch(w, memory.watch);
  w.close('}');
}

void put_usage(Writer& w, const Usage& usage) {
  w.open('{');
  integer_field(w, "input_tokens", usage.input_tokens);
  integer_field(w, "output_tokens", usage.output_tokens);
  integer_field(w, "cost_micros", usage.cost_micros);
  w.close('}');
}

void put_message(Writer& w, const Message& message) {
  constexpr std::string_view kRoles[] = {"system", "shopper", "assistant", "tool"};
  w.open('{').field("role", kRoles[static_cast<int>(message.role)]);
  integer_field(w, "turn", message.turn);
  exact_field(w, "text", message.text);
  list_field(w, "calls", message.calls, put_call);
  exact_field(w, "echo", message.echo);
  if (message.role == Role::kTool) {
    w.key("result");
    put_result(w, message.result);
  }
  w.close('}');
}

// The members of an event's body, besides its type.
struct PutBody {
  Writer& w;

  void operator()(const ShopperSaid& said) const {
    w.key("text").exact(said.text);
    exact_field(w, "key", said.key);
    w.key("seed").exact(std::to_string(said.seed));
  }
  void operator()(const ShopperDid& did) const {
    w.key("did").exact(did.type);
    exact_field(w, "product", did.product.str());
    w.key("details").open('{');
    for (const auto& [name, value] : did.details) w.key(name).exact(value);
    w.close('}');
    exact_field(w, "key", did.key);
    w.key("seed").exact(std::to_string(did.seed));
  }
  void operator()(const ModelText& text) const { w.key("text").exact(text.text); }
  void operator()(const ModelCalled& called) const {
    w.key("call");
    put_call(w, called.call);
  }
  void operator()(const ModelFinished& finished) const {
    w.key("usage");
    put_usage(w, finished.usage);
    if (finished.presentation) {
      w.key("presentation");
      put_presentation(w, *finished.presentation);
    }
    if (finished.memory) {
      w.key("memory");
      put_memory(w, *finished.memory);
    }
    exact_field(w, "echo", finished.echo);
    list_field(w, "considered", finished.considered, put_considered);
  }
  void operator()(const ModelFailed& failed) const {
    w.field("kind", to_string(failed.error.kind)).key("message").exact(failed.error.message);
    exact_field(w, "detail", failed.error.detail);
  }
  void operator()(const ToolFinished& finished) const {
    w.key("result");
    put_result(w, finished.result);
    exact_field(w, "cart", finished.cart.str());
  }
  void operator()(const SentenceJudged& judged) const {
    w.key("sentence").integer(static_cast<std::int64_t>(judged.sentence));
    list_field(w, "claims", judged.claims, put_claim);
  }
  void operator()(const DeadlinePassed&) const {}
  void operator()(const Stopped&) const {}
};

}  // namespace

std::string encode(const std::vector<Event>& events) {
  Writer w;
  w.open('[');
  for (const Event& event : events) {
    w.open('{').field("type", name_of(event.body)).key("at").integer(millis(event.at));
    integer_field(w, "step", event.step);
    std::visit(PutBody{w}, event.body);
    w.close('}');
  }
  return w.close(']').take();
}

std::string encode(const std::vector<Message>& messages) {
  Writer w;
  w.open('[');
  for (const Message& message : messages) put_message(w, message);
  return w.close(']').take();
}

std::string encode(const Memory& memory) {
  Writer w;
  put_memory(w, memory);
  return w.take();
}

std::string encode(const ToolCall& call) {
  Writer w;
  put_call(w, call);
  return w.take();
}

std::string encode(const Reply& reply) {
  Writer w;
  w.open('{').key("turn").integer(reply.turn);
  w.key("text").exact(reply.text);
  w.key("presentation");
  put_presentation(w, reply.presentation);
  list_field(w, "claims", reply.claims, put_claim);
  list_field(w, "tools", reply.tools, [](Writer& out, const ToolUse& use) {
    out.open('{').key("call");
    put_call(out, use.call);
    out.field("outcome", to_string(use.outcome)).close('}');
  });
  w.field("outcome", to_string(reply.outcome)).key("usage");
  put_usage(w, reply.usage);
  return w.close('}').take();
}

}  // namespace floorwalker::store
