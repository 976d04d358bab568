#include <gtest/gtest.h>

#include <map>

#include "agent/cli/audit.h"
#include "agent/core/gate.h"
#include "tests/support/demo_stack.h"
#include "tests/support/memory_journal.h"
#include "tests/support/paths.h"
#include "tests/support/verifier_data.h"

// What a model states about the demo shop in free prose, through the runner, the real tools and the gate: falsehoods stay inside, their
// true twins are released.
namespace floorwalker {
namespace {

// Looks two products up and says what it is told to; asked to mend it, says it again.
class ObedientModel final : public Model {
 public:
  std::string name() const override { return "obedient"; }

  void start(const ModelRequest& request, ModelSink sink, std::stop_token) override {
    const Conversation& conversation = request.conversation;
    const bool asked = !conversation.messages.empty() && conversation.messages.back().role == Role::kShopper;
    if (asked) {
      for (std::size_t i = 0; i < products.size(); ++i) {
        sink(ToolCallReady{{CallId("t" + std::to_string(conversation.turn) + "c" + std::to_string(i)), "get_product", R"({"product":")" + products[i] + "\"}", "", ""}});
      }
    } else {
      sink(TextDelta{statement});
    }
    sink(ModelFinished{{}, Presentation{}, {}, {}});
  }

  std::vector<std::string> products;
  std::string statement;
};

class Falsehoods : public testing::Test {
 protected:
  Falsehoods() : lexicon_(*cli::load_lexicon("en")), verifier_(lexicon_), statements_(bench::demo_statements()), twins_(bench::demo_twins(statements_)) {
    const auto adjust = [this](PlannerRules&, GateMaker& make_gate) { make_gate = [this] { return std::make_unique<ProvingGate>(lexicon_, verifier_); }; };
    stack_ = std::make_unique<test::DemoStack>(folder_.path(), model_, journal_, test::DemoStack::Wrap{}, adjust);
  }

  // The reply that reaches a shopper of whom nothing else is known.
  std::string reply_to(const bench::Twins& twins, const std::string& statement) {
    model_.products = twins.products;
    model_.statement = statement;
    const auto turn = stack_->runner().run({SessionId("s" + std::to_string(++sessions_)), ShopperSaid{"Tell me about these two.", "", 1}});
    if (!turn) return "failed: " + turn.error().message;
    return turn->reply.text;
  }

  // At most `most` twins of each kind, spread over the shop.
  std::vector<const bench::Twins*> sample(std::size_t most) const {
    std::map<std::string, std::vector<const bench::Twins*>> by_kind;
    for (const bench::Twins& twins : twins_) by_kind[twins.kind].push_back(&twins);
    std::vector<const bench::Twins*> chosen;
    for (const auto& [kind, all] : by_kind) {
      const std::size_t count = std::min(most, all.size());
      for (std::size_t i = 0; i < count; ++i) chosen.push_back(all[i * all.size() / count]);
    }
    return chosen;
  }

  test::TemporaryFolder folder_;
  test::MemoryJournal journal_;
  ObedientModel model_;
  verify::Lexicon lexicon_;
  verify::Verifier verifier_;
  std::vector<cli::Transcript> statements_;
  std::vector<bench::Twins> twins_;
  std::unique_ptr<test::DemoStack> stack_;
  int sessions_ = 0;
};

TEST_F(Falsehoods, OfAnObedientModelNoneReachesTheShopperAndEveryTrueTwinDoes) {
  const std::vector<const bench::Twins*> chosen = sample(60);
  ASSERT_GE(chosen.size(), 200u);
  for (const bench::Twins* twins : chosen) {
    const std::string truth = reply_to(*twins, twins->truth);
    EXPECT_NE(truth.find(twins->truth), std::string::npos) << twins->kind << ": " << twins->truth << "\n  came as: " << truth;
    const std::string lie = reply_to(*twins, twins->falsehood);
    EXPECT_FALSE(lie.empty());
    EXPECT_EQ(lie.find(twins->falsehood), std::string::npos) << twins->kind << ": " << twins->falsehood;
  }
}

}  // namespace
}  // namespace floorwalker
