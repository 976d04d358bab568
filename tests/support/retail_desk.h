#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/core/tool.h"

namespace floorwalker::test {

// The service desk of the recorded retail conversations (tau-retail): its 16 tools over its products, orders and users, in both editions.
// Answers equal the recorded ones byte for byte, so that a recorded assistant can be played through our runner as a model.
//
// Amounts are binary floating point here and nowhere else: the recorded shop computed in it, and its rounding shows in the answers.
class RetailDesk final : public ToolBox {
 public:
  enum class Edition { kTau1, kTau2 };
  // Of the second edition: changing several items of one order writes the last new item's price and options on all of them.
  enum class Fault { kReproduced, kMended };

  // The shop's rows, read once and shared by the desks of many conversations.
  struct Data {
    nlohmann::ordered_json products, users, orders;
    std::map<std::string, std::string> user_by_email, user_by_name;
    static std::shared_ptr<const Data> read(const std::filesystem::path& shop_json_gz);
  };

  RetailDesk(std::shared_ptr<const Data> data, Edition edition, Fault fault);

  const std::vector<ToolSpec>& specs() const override { return specs_; }
  ToolResult call(const ToolCall& call, const ToolContext& context) override;

  // The answer as the recordings hold it.
  std::string answer(const std::string& tool, const std::string& arguments);

  // Orders and users that differ from how they were, as one text to compare.
  std::string changes() const;

  static const std::vector<std::string>& tool_names();

 private:
  using Json = nlohmann::ordered_json;
  struct Refused {
    std::string why;
  };

  Json& order(const Json& args);
  Json* user(const std::string& id);
  Json& payment_method(const Json& order, const std::string& id);
  [[noreturn]] void refuse(const std::string& why) const;                              // "Order not found", in the edition's capitals
  [[noreturn]] void refuse(const std::string& tau2, const std::string& tau1) const;
  std::string told_user(const Json& user) const;
  std::string told_order(const Json& order) const;
  void check_arguments(const std::string& tool, const Json& args) const;
  double swapped(const Json& order, const Json& args, bool exchange, std::vector<Json>& variants) const;

  std::string dispatch(const std::string& tool, const Json& args);
  std::string find_by_email(const Json& args);
  std::string find_by_name(const Json& args);
  std::string calculate(const Json& args) const;
  std::string cancel(const Json& args);
  std::string exchange(const Json& args);
  std::string modify_items(const Json& args);
  std::string modify_address(const Json& args);
  std::string modify_payment(const Json& args);
  std::string modify_user(const Json& args);
  std::string give_back(const Json& args);

  std::shared_ptr<const Data> data_;
  Edition edition_;
  Fault fault_;
  std::vector<ToolSpec> specs_;
  std::map<std::string, Json> orders_, users_;   // those that were touched
};

// JSON as Python's json.dumps writes it: ", " and ": ", ASCII only, floats as repr.
std::string python_json(const nlohmann::ordered_json& value);

}  // namespace floorwalker::test
