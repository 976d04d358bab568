#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/adapter_file.h"
#include "adapters/http/exchange.h"
#include "adapters/http/mapping.h"
#include "adapters/http/tape.h"
#include "agent/core/clock.h"

namespace floorwalker::http {

// What an adapter is run with, besides its file.
struct EngineOptions {
  std::string url;                                 // in place of the file's
  std::map<std::string, std::string> settings;     // in place of the file's defaults and the environment
  std::function<std::optional<std::string>(const std::string& name)> environment;  // default: the process's
  std::function<void(std::chrono::milliseconds)> wait;                             // between attempts; default: sleeps
  const Clock* clock = nullptr;                    // default: the system's
  std::uint64_t seed = 1;                          // of the jitter
  std::shared_ptr<Tape> tape;                      // through which the shop is asked; may be null
};

// Why an operation gave no answer.
struct Trouble {
  Error error;
  std::optional<std::int64_t> available;   // how many can be had, where the shop said so
  bool again = false;                      // trying later may help
  bool unclear = false;                    // a write may have happened nevertheless
  std::optional<std::chrono::milliseconds> wait;   // what the shop asked for
};

// An operation's answer. `value` points into `document`; null where the answer is absent.
struct Outcome {
  std::optional<JsonDocument> document;
  const Json* value = nullptr;
  std::string text;                                          // the answer as text
  std::vector<std::pair<std::string, Value>> captured;       // by its steps
};

using Ran = tl::expected<Outcome, Trouble>;

// Runs the operations of one adapter against one shop. Safe for every thread.
class Engine {
 public:
  // kInvalidArgument for a missing address, secret or setting.
  static Result<std::unique_ptr<Engine>> create(Adapter adapter, net::Transport& transport, EngineOptions options);

  const Adapter& adapter() const { return adapter_; }

  // Variables that every operation sees; of_shop() fails while the shop cannot be asked for them.
  Result<const Variables*> of_shop();

  // Runs an operation's steps. Reads are tried again after passing troubles; writes are sent once.
  Ran read(const std::string& operation, const Variables& variables);
  Ran write(const std::string& operation, const Variables& variables);

  // The currency in which the shop tells prices, and what maps need besides the answer.
  MappingContext context(const Variables& variables) const { return {adapter_, variables, currency_}; }
  Currency currency() const { return currency_; }
  // Settled by of_shop().
  Result<void> settle();

  // The currency in which the shop told its prices before: for one that cannot be asked now. Before other threads use the engine.
  void assume(Currency currency) { currency_ = currency; }

  // What is known without the shop: its address and the settings.
  const Variables& given() const { return given_; }

  // Waits, as between attempts.
  void pause(std::chrono::milliseconds time) { options_.wait(time); }

 private:
  enum class Effect { kRead, kWrite };
  using Steady = std::chrono::steady_clock;

  Engine(Adapter adapter, net::Transport& transport, EngineOptions options);

  Result<void> take_settings();
  Result<void> take_secrets();
  Circumstances circumstances() const;
  void find_what_is_read();
  Result<void> take_setting(const Setting& setting);
  Ran run(const std::string& name, const Operation& operation, const Variables& variables, Effect effect);
  Ran attempt(const Operation& operation, const Variables& variables, Effect effect, Steady::time_point deadline);
  tl::expected<JsonDocument, Trouble> call(const Call& call, const Variables& variables, const std::vector<FailureRule>& rules, Effect effect,
                                           Steady::time_point deadline, std::vector<std::pair<std::string, Value>>& captured);
  Result<net::Request> request_for(const Call& call, const Variables& variables) const;
  Result<Response> send(net::Request request, Steady::time_point deadline);
  Result<Response> ask(const Call& call, const Variables& variables, net::Request request, Effect effect, Steady::time_point deadline);
  std::vector<std::string> tokens_in(const Call& call, const Response& response, const Variables& variables) const;
  tl::expected<JsonDocument, Trouble> understood(const Call& call, const Response& response, const Variables& variables, const std::vector<FailureRule>& rules) const;
  std::optional<Trouble> trouble_by_rule(const FailureRule& rule, const Response& response, const Json* body, const Variables& variables, bool& excused) const;
  std::optional<std::string> redirected(const net::Request& request, const Response& response) const;
  std::optional<Trouble> trouble_by_status(const Response& response) const;
  std::vector<std::string> hidden(const Variables& variables) const;   // values that no message may have
  std::chrono::milliseconds pause_before(int retry, const Trouble& trouble);

  Adapter adapter_;
  EngineOptions options_;
  SystemClock system_clock_;
  const Clock* clock_;
  Exchange exchange_;
  std::string url_, origin_;
  Variables given_;                 // url, settings, secrets
  std::vector<std::string> secret_values_;
  std::vector<std::string> read_headers_, read_cookies_;   // of responses
  std::vector<std::string> token_names_;                   // variables that may hold a token: a cart's state, and what headers are made of
  Currency currency_;
  std::mutex setup_;                // held while the shop is asked
  std::atomic<bool> ready_{false};
  Variables shop_{&given_};         // and what `setup` captured; unchanged once ready_
  std::atomic<std::uint64_t> random_;
};

}  // namespace floorwalker::http
