#include "adapters/embedded/service.h"

#include "adapters/embedded/codec.h"
#include "adapters/embedded/once.h"
#include "agent/core/text.h"

namespace floorwalker::embedded {

namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

Result<std::vector<Policy>> SqlitePolicies::all() {
  return store_.read([](Connection& connection) -> Result<std::vector<Policy>> {
    std::vector<Policy> policies;
    Query query(connection, "SELECT id,topic,title,body,date,applies_to FROM policies ORDER BY position");
    while (query.step()) {
      auto applies_to = unpack_texts(query.view(5));
      if (!applies_to) return fail(std::move(applies_to.error()));
      policies.push_back({PolicyId(query.text(0)), query.text(1), query.text(2), query.text(3), query.text(4), std::move(*applies_to)});
    }
    return policies;
  });
}

Result<Order> SqliteOrders::find(const OrderId& id, const std::string& email) {
  return store_.read([&](Connection& connection) -> Result<Order> {
    const std::string wanted = text::fold(trimmed(email));
    Query query(connection, "SELECT email,record FROM orders WHERE id=?1", trimmed(id.str()));
    const bool known = query.step();
    if (!known || wanted.empty() || text::fold(query.view(0)) != wanted) {
      return fail(ErrorKind::kNotFound, "There is no order with that number and email address.");
    }
    return unpack_order(query.view(1));
  });
}

Result<std::string> SqliteHandOffDesk::hand_off(const SessionId& session, const std::string& reason, const IdempotencyKey& key) {
  const std::string content = "hand_off " + session.str() + "\n" + reason;
  return once(store_, key, content, unpack_text_answer, [&](Connection& connection) -> Result<std::string> {
    Query(connection, "INSERT INTO hand_offs(session,reason) VALUES(?1,?2)", session.str(), reason).run();
    return "H-" + std::to_string(connection.db().getLastInsertRowid());
  });
}

}  // namespace floorwalker::embedded
