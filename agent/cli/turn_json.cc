#include "agent/cli/turn_json.h"

#include <nlohmann/json.hpp>

#include "agent/core/json_writer.h"

namespace floorwalker::cli {
namespace {

using json::Writer;

void put_cart(Writer& w, const TurnLine& line) {
  w.key("cart").open('{').key("lines").open('[');
  if (line.cart) {
    for (const CartLine& item : line.cart->lines) {
      w.open('{').key("line").exact(item.id.str()).key("variant").exact(item.variant.str()).key("product").exact(item.product.str());
      w.key("options").open('{');
      for (const OptionValue& option : item.options) w.key(option.name).exact(option.value);
      w.close('}').key("quantity").integer(item.quantity).key("unit_price_minor").integer(item.unit_price.minor).close('}');
    }
  }
  w.close(']').key("total_minor").integer(line.cart ? line.cart->total.minor : 0);
  const Currency currency = line.cart && !line.cart->total.currency.code().empty() ? line.cart->total.currency : line.currency;
  w.field("currency", currency.code()).close('}');
}

// Arguments are told as the object that they are; what is no JSON object is told as text.
void put_arguments(Writer& w, const std::string& arguments) {
  w.key("args");
  const auto parsed = nlohmann::json::parse(arguments, nullptr, false);
  if (parsed.is_object()) w.raw(parsed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else w.exact(arguments);
}

void put_claims(Writer& w, const std::vector<Claim>& claims) {
  w.key("claims").open('[');
  for (const Claim& claim : claims) {
    w.open('{').key("start").integer(static_cast<std::int64_t>(claim.start)).key("end").integer(static_cast<std::int64_t>(claim.end));
    w.key("text").exact(claim.text).field("kind", to_string(claim.kind)).field("verdict", to_string(claim.verdict));
    w.key("why").exact(claim.why).key("evidence").open('[');
    for (const std::string& pointer : claim.evidence) w.exact(pointer);
    w.close(']').close('}');
  }
  w.close(']');
}

}  // namespace

std::string to_json(const TurnLine& line) {
  const Reply& reply = line.reply;
  Writer w;
  w.open('{').key("session").exact(line.session.str()).key("turn").integer(reply.turn).key("reply").exact(reply.text);
  w.key("shown").open('[');
  for (const Shown& shown : reply.presentation.shown) w.exact(shown.product.str());
  w.close(']').key("asked");
  if (reply.presentation.asked) w.exact(*reply.presentation.asked);
  else w.null();
  put_cart(w, line);
  w.key("tools").open('[');
  for (const ToolUse& use : reply.tools) {
    w.open('{').key("name").exact(use.call.name);
    put_arguments(w, use.call.arguments);
    w.field("outcome", to_string(use.outcome)).close('}');
  }
  w.close(']');
  put_claims(w, reply.claims);
  w.field("outcome", line.error ? "failed" : to_string(reply.outcome));
  w.key("cpu_micros").integer(line.cpu.count()).key("wall_micros").integer(line.wall.count());
  if (line.error) w.key("error").open('{').field("kind", to_string(line.error->kind)).key("message").exact(line.error->message).close('}');
  return w.close('}').take();
}

}  // namespace floorwalker::cli
