#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/conversation.h"
#include "agent/core/evidence.h"
#include "agent/core/playbook/playbook.h"
#include "agent/core/verify/verifier.h"

// Between what a model writes and what the shopper reads: the stream is cut into pieces (sentences, list rows, table rows), and each is
// decided by itself, from the evidence of this conversation.
namespace floorwalker {

// Cuts a stream of deltas into whole pieces; the same ones however the text was split. The pieces joined are the text.
class Cutter {
 public:
  // The pieces that `delta` completes.
  std::vector<std::string> feed(std::string_view delta);

  // What is left when the stream has ended.
  std::vector<std::string> finish();

 private:
  std::vector<std::string> cut(bool ended);

  std::string pending_;
};

// Decides the pieces of one conversation's replies. Each conversation has its own; not for concurrent use.
class Gate {
 public:
  virtual ~Gate() = default;

  // Evidence grows by every message of the conversation, in order.
  virtual void learn(const Message& message) = 0;

  // What "the second one" means from now on.
  virtual void shown(const std::vector<Shown>& shown) = 0;

  // The turn under way began then: prices and stock that were read too long before prove nothing any more.
  virtual void turn_began(Time) {}

  // A new reply begins: nothing in it has been spoken of yet.
  virtual void begin_reply() = 0;

  // The claims of the reply's next piece, decided. Offsets count code points of the piece.
  virtual std::vector<Claim> judge(std::string_view piece) = 0;

  // The piece judged last is not released: later pieces do not refer to it.
  virtual void forget_piece() = 0;
};

using GateMaker = std::function<std::unique_ptr<Gate>()>;

// The gate that proves every claim with the verifier. Lexicon and verifier must outlive it. A claim that only a price or stock from longer than
// `good_for` before the turn would prove is unsupported, with the pointers of what has to be read again.
class ProvingGate final : public Gate {
 public:
  ProvingGate(const verify::Lexicon& lexicon, const verify::Verifier& verifier, std::optional<std::chrono::milliseconds> good_for = std::nullopt);

  void learn(const Message& message) override;
  void shown(const std::vector<Shown>& shown) override;
  void turn_began(Time at) override;
  void begin_reply() override;
  std::vector<Claim> judge(std::string_view piece) override;
  void forget_piece() override;

 private:
  void say_too_old(std::string_view piece, std::vector<Claim>& claims);

  const verify::Verifier& verifier_;
  const std::optional<std::chrono::milliseconds> good_for_;
  verify::EvidenceStore evidence_;
  Time fresh_from_ = Time::min();
  verify::ReplyContext context_;
  verify::ReplyContext before_;       // the context before the last piece
  std::size_t offset_ = 0;            // code points of the reply before the next piece
  std::size_t offset_before_ = 0;
};

// Lets everything pass without looking: for tests of what is not about claims.
class OpenGate final : public Gate {
 public:
  void learn(const Message&) override {}
  void shown(const std::vector<Shown>&) override {}
  void begin_reply() override {}
  std::vector<Claim> judge(std::string_view) override { return {}; }
  void forget_piece() override {}
};

// What the playbook says about the claims of a piece: the sternest action that any of them calls for.
ClaimAction action_for(const std::vector<Claim>& claims, const GuardrailRules& rules);

}  // namespace floorwalker
