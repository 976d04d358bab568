#include "agent/core/guardrails/condition.h"

#include <gtest/gtest.h>

#include <string>

namespace floorwalker::guardrails {
namespace {

class OrderScope final : public Scope {
 public:
  const Value& name(const std::string& name) const override { return name == "order" ? order_ : name == "args" ? args_ : missing_; }
  const Value& record(const std::string& type, const std::string& id) const override {
    return type == "order" && id == "7" ? order_ : missing_;
  }
  bool is_record_type(const std::string& name) const override { return name == "order"; }

 private:
  Value order_ = *parse_json(R"({"status":"pending","total":79.3,"lines":[{"id":"a","price":59.31,"free":false},{"id":"b","price":19.99,"free":true}]})");
  Value args_ = *parse_json(R"({"ids":["b","a"],"twice":["a","a"],"other":["b","c"],"order":"7","unknown_order":"8"})");
  Value missing_;
};

Outcome holds(const std::string& text) {
  const auto condition = Condition::parse(text);
  EXPECT_TRUE(condition) << text << ": " << (condition ? "" : condition.error().message);
  return condition ? condition->holds(OrderScope()) : Outcome::kUndecided;
}

std::string problem(const std::string& text) {
  const auto condition = Condition::parse(text);
  return condition ? "" : condition.error().message;
}

TEST(Condition, ComparesAndCombines) {
  EXPECT_EQ(holds("order.status = 'pending'"), Outcome::kHolds);
  EXPECT_EQ(holds("order.status != 'pending' or order.total >= 79.3"), Outcome::kHolds);
  EXPECT_EQ(holds("not (order.total > 79.3) and 'pend' in order.status"), Outcome::kHolds);
  EXPECT_EQ(holds("order.status in ['delivered', 'cancelled']"), Outcome::kFails);
  EXPECT_EQ(holds("starts(order.status, 'pend')"), Outcome::kHolds);
  EXPECT_EQ(holds("false not in order.lines.free"), Outcome::kFails);
}

TEST(Condition, KnowsWhatTheEvidenceSays) {
  EXPECT_EQ(holds("known(order.status)"), Outcome::kHolds);
  EXPECT_EQ(holds("known(order.paid)"), Outcome::kFails);
  EXPECT_EQ(holds("known(order.paid) or count(args.ids) > 9"), Outcome::kFails);
}

TEST(Condition, AddsAmountsExactly) {
  EXPECT_EQ(holds("sum(order.lines.price) = order.total"), Outcome::kHolds);
  EXPECT_EQ(holds("sum(order.lines.price) - 79.3 = 0"), Outcome::kHolds);
}

TEST(Condition, WorksOnListsPairByPair) {
  EXPECT_EQ(holds("pick(order.lines, 'id', args.ids).price = [19.99, 59.31]"), Outcome::kHolds);
  EXPECT_EQ(holds("covers(order.lines.id, args.ids)"), Outcome::kHolds);
  EXPECT_EQ(holds("covers(order.lines.id, args.twice)"), Outcome::kFails);
  EXPECT_EQ(holds("distinct(args.twice)"), Outcome::kFails);
  EXPECT_EQ(holds("differ(args.ids, args.twice)"), Outcome::kFails);
  EXPECT_EQ(holds("count(args.ids) = count(order.lines)"), Outcome::kHolds);
  EXPECT_EQ(holds("order[args.order].status = 'pending'"), Outcome::kHolds);
}

TEST(Condition, IsUndecidedWhereTheEvidenceDoesNotSay) {
  EXPECT_EQ(holds("order.paid = 'yes'"), Outcome::kUndecided);
  EXPECT_EQ(holds("not order.paid = 'yes'"), Outcome::kUndecided);
  EXPECT_EQ(holds("order[args.unknown_order].status = 'pending'"), Outcome::kUndecided);
  EXPECT_EQ(holds("order.paid = 'yes' or order.status = 'pending'"), Outcome::kHolds);
  EXPECT_EQ(holds("order.paid = 'yes' and order.status = 'gone'"), Outcome::kFails);
  EXPECT_EQ(holds("pick(order.lines, 'id', args.other).price = [19.99, 1]"), Outcome::kUndecided);
  EXPECT_EQ(holds("pick(order.lines, 'id', args.other).price = [5, 1]"), Outcome::kFails);
  EXPECT_EQ(holds("order.status"), Outcome::kUndecided);
}

TEST(Condition, SaysWhereItStopsMakingSense) {
  EXPECT_NE(problem("order.status = ").find("a value is missing"), std::string::npos);
  EXPECT_NE(problem("order.status = 'open").find("the quote is not closed"), std::string::npos);
  EXPECT_NE(problem("summ(order.lines)").find("there is no function 'summ'"), std::string::npos);
  EXPECT_NE(problem("count(1, 2)").find("takes 1 values"), std::string::npos);
  EXPECT_NE(problem("1 = 1 1").find("<HERE> 1"), std::string::npos);
  EXPECT_NE(problem(std::string(300, '(')).find("nested too deeply"), std::string::npos);
  EXPECT_NE(problem(std::string(5000, '1')).find("longer than"), std::string::npos);
}

TEST(Template, FillsInWhatTheEvidenceSays) {
  const auto text = Template::parse("Order {args.order} is {order.status}, {order.paid}.");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->fill(OrderScope()), "Order 7 is pending, unknown.");
  EXPECT_FALSE(Template::parse("{order.status"));
}

}  // namespace
}  // namespace floorwalker::guardrails
