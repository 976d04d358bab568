#include "agent/store/sqlite_journal.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "agent/core/planner.h"
#include "agent/store/codec.h"
#include "tests/support/paths.h"

namespace floorwalker {
namespace {

using store::Durability;
using store::SqliteJournal;
using test::TemporaryFolder;

Time at(int millis) { return Time(std::chrono::milliseconds(millis)); }

Memory full_memory() {
  Memory memory;
  memory.needs = {{"laptop", "light", {{"weight", Constraint::Op::kAtMost, {"1.5 kg"}}, {"price", Constraint::Op::kBetween, {"5", "8"}}}, {"travel"}}};
  memory.shown = {{ProductId("P-1"), "Aero \"13\"", 1, 2, "laptop", 3}};
  memory.asked = {{"budget", 1, true}};
  memory.said_options = {{"size", "6"}};
  memory.said_turn = {{"size", 2}};
  memory.declined = {"upsell"};
  memory.focus = ProductId("P-1");
  memory.last_line = LineId("L-1");
  memory.plan = R"({"a":1})";
  memory.addons_offered = 2;
  return memory;
}

std::vector<Event> one_of_each() {
  const Claim claim{1, 4, "1 kg", ClaimKind::kQuantity, Verdict::kSupported, "weight: 1 kg", {"c1#/weight", "c2#/a~1b"}};
  const Presentation presentation{{{ProductId("P-1"), "Aero", 1, 1, "", 0}}, "budget", true, true};
  return {
      {at(1), 0, ShopperSaid{"Grüße \x01 \u200b👋\n", "key", 0xffffffffffffffffULL}},
      {at(2), 0, ShopperDid{"view", ProductId("P-1"), {{"page", "/p"}}, "k2", 3}},
      {at(3), 1, ModelText{"One. "}},
      {at(4), 1, ModelCalled{{CallId("c1"), "update_cart", R"({"a":"b"})", R"({"sig":"x"})", "cut off"}}},
      {at(5), 1, ModelFinished{{1, 2, 3}, presentation, full_memory(), R"({"r":1})", {{"need:travel", Considered::Came::kActed, "said"}}}},
      {at(6), 1, ModelFailed{{ErrorKind::kTimeout, "slow", "host"}}},
      {at(7), 1, ToolFinished{{CallId("c1"), ToolOutcome::kUnknown, R"({"x":[1,2]})", at(6), {{"boost:tag sale", Considered::Came::kPassed, "none"}}}, CartId("C-1")}},
      {at(8), 1, SentenceJudged{4, {claim}}},
      {at(9), 0, DeadlinePassed{}},
      {at(10), 0, Stopped{}},
  };
}

TEST(Codec, EveryEventReadsBackEqual) {
  const auto events = one_of_each();
  const auto read = store::decode_events(store::encode(events));
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ((*read)[i], events[i]) << name_of(events[i].body);
}

JournalEntry write_entry(const std::string& session, const std::string& shopper, int when, const std::string& key) {
  JournalEntry entry;
  entry.session = SessionId(session);
  entry.shopper = shopper;
  entry.turn = when;
  entry.events = {{at(when), 0, ShopperSaid{"add it", "", 1}}};
  entry.intents = {{1, {CallId("c"), "update_cart", "{}", "", ""}, IdempotencyKey(key), ToolEffect::kWrite}};
  return entry;
}

TEST(SqliteJournal, CountsTheWritesOfAShopperOverSessionsAndTime) {
  const TemporaryFolder folder;
  auto journal = SqliteJournal::open(folder.path() / "journal.db", Durability::kProcess);
  ASSERT_TRUE(journal);
  const auto put = [&](JournalEntry entry) { (*journal)->append(std::move(entry), [](Result<void> written) { EXPECT_TRUE(written); }); };
  put(write_entry("s1", "ann", 10, "k1"));
  put(write_entry("s2", "ann", 20, "k2"));
  put(write_entry("s3", "bob", 30, "k3"));
  put(write_entry("s4", "", 40, "k4"));
  JournalEntry refused;
  refused.session = SessionId("s2");
  refused.turn = 20;
  refused.outcomes = {{IdempotencyKey("k2"), ToolOutcome::kRefused}};
  const auto count = [&](const char* session, int since, const char* beside = "") { return (*journal)->writes_between(SessionId(session), at(since), at(1000000), IdempotencyKey(beside)).value(); };
  EXPECT_EQ(count("s1", 0), 2);
  EXPECT_EQ(count("s1", 15), 1);
  EXPECT_EQ(count("s1", 0, "k1"), 1);
  EXPECT_EQ(count("s3", 0), 1);
  EXPECT_EQ(count("s4", 0), 1);
  EXPECT_EQ(count("new", 0), 0);
  put(std::move(refused));
  EXPECT_EQ(count("s1", 0), 1) << "what was refused changed nothing";
}

TEST(Codec, AReplyReadsBackEqual) {
  Reply reply;
  reply.turn = 3;
  reply.text = "Yes, \"1 kg\".";
  reply.presentation.asked = "size";
  reply.claims = {{0, 3, "Yes", ClaimKind::kAction, Verdict::kContradicted, "why", {"a", "b"}}};
  reply.tools = {{{CallId("c"), "n", "{}", "", ""}, ToolOutcome::kRefused}};
  reply.outcome = Outcome::kHandedOff;
  reply.usage = {5, 6, 7};
  EXPECT_EQ(store::decode_reply(store::encode(reply)), reply);
}

TEST(Codec, BrokenTextIsMalformed) {
  for (const char* text : {"", "[", "[{}]", R"([{"type":"no_such_event"}])", R"([{"type":"model_failed","kind":"no_such_kind"}])"}) {
    const auto read = store::decode_events(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::kMalformed);
  }
}

class Journalled : public ::testing::Test {
 protected:
  void open(Durability durability = Durability::kProcess) {
    journal_.reset();
    auto opened = SqliteJournal::open(folder_.path() / "journal.db", durability);
    ASSERT_TRUE(opened) << opened.error().detail;
    journal_ = std::move(*opened);
  }

  Result<void> append(JournalEntry entry) {
    Result<void> result;
    journal_->append(std::move(entry), [&](Result<void> written) { result = std::move(written); });
    return result;
  }

  JournalEntry entry(int turn, std::vector<Event> events) {
    JournalEntry entry;
    entry.session = SessionId("s1");
    entry.turn = turn;
    entry.events = std::move(events);
    return entry;
  }

  void finish_turn(int turn, const std::string& key) {
    ASSERT_TRUE(append(entry(turn, {{at(turn), 0, ShopperSaid{"said", key, 1}}})));
    Conversation conversation;
    conversation.session = SessionId("s1");
    conversation.turn = turn;
    conversation.cart = CartId("C-1");
    conversation.memory = full_memory();
    conversation.unconfirmed = ToolCall{CallId("c"), "start_checkout", "{}", "", ""};
    for (int t = 1; t <= turn; ++t) conversation.messages.push_back({Role::kShopper, "said", {}, {}, "", t});
    Reply reply;
    reply.turn = turn;
    reply.text = "answer " + std::to_string(turn);
    JournalEntry end = entry(turn, {{at(turn + 100), 1, ModelFinished{}}});
    end.closed = &conversation;
    end.reply = &reply;
    ASSERT_TRUE(append(std::move(end)));
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteJournal> journal_;
};

TEST_F(Journalled, AnUnknownSessionIsEmpty) {
  open();
  const auto stored = journal_->open(SessionId("nobody"));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->conversation.session, SessionId("nobody"));
  EXPECT_EQ(stored->conversation.turn, 0);
  EXPECT_TRUE(stored->open.empty());
}

TEST_F(Journalled, FinishedTurnsComeBackAsTheConversation) {
  open();
  finish_turn(1, "k1");
  finish_turn(2, "k2");
  open();
  const auto stored = journal_->open(SessionId("s1"));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->conversation.turn, 2);
  EXPECT_EQ(stored->conversation.messages.size(), 2u);
  EXPECT_EQ(stored->conversation.memory, full_memory());
  EXPECT_EQ(stored->conversation.cart, CartId("C-1"));
  EXPECT_EQ(stored->conversation.unconfirmed->name, "start_checkout");
  EXPECT_TRUE(stored->open.empty());
}

TEST_F(Journalled, AnOpenTurnComesBackAsItsEvents) {
  open();
  finish_turn(1, "");
  const std::vector<Event> events = {{at(5), 0, ShopperSaid{"more", "k", 2}}, {at(6), 1, ModelText{"x"}}};
  ASSERT_TRUE(append(entry(2, {events[0]})));
  ASSERT_TRUE(append(entry(2, {events[1]})));
  open();
  EXPECT_EQ(journal_->open(SessionId("s1"))->open, events);
}

TEST_F(Journalled, AKeyFindsItsAnswer) {
  open();
  finish_turn(1, "k1");
  ASSERT_TRUE(append(entry(2, {{at(5), 0, ShopperSaid{"more", "k2", 2}}})));
  const auto first = journal_->answered(SessionId("s1"), "k1");
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->asked, "said");
  EXPECT_EQ((*first)->reply->text, "answer 1");
  const auto second = journal_->answered(SessionId("s1"), "k2");
  ASSERT_TRUE(second && *second);
  EXPECT_FALSE((*second)->reply);
  EXPECT_FALSE(*journal_->answered(SessionId("s1"), "k3"));
  EXPECT_FALSE(*journal_->answered(SessionId("s2"), "k1"));
}

TEST_F(Journalled, OneTurnCannotBeginTwice) {
  open();
  ASSERT_TRUE(append(entry(1, {{at(1), 0, ShopperSaid{"a", "", 1}}})));
  const auto again = append(entry(1, {{at(1), 0, ShopperSaid{"b", "", 1}}}));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kIo);
}

TEST_F(Journalled, TheLedgerTellsWhichWritesHaveAnOutcome) {
  open();
  JournalEntry begun = entry(1, {{at(3), 0, ShopperSaid{"add", "", 1}}});
  begun.intents = {{1, {CallId("c1"), "update_cart", "{}", "", ""}, IdempotencyKey("s1/1/1/0"), ToolEffect::kWrite}};
  EXPECT_TRUE(begun.synced());
  ASSERT_TRUE(append(std::move(begun)));
  ASSERT_EQ(journal_->actions(SessionId("s1"))->size(), 1u);
  EXPECT_FALSE(journal_->actions(SessionId("s1"))->front().outcome);

  JournalEntry ended = entry(1, {{at(4), 1, ToolFinished{}}});
  ended.outcomes = {{IdempotencyKey("s1/1/1/0"), ToolOutcome::kRefused}};
  ASSERT_TRUE(append(std::move(ended)));
  const Action action = journal_->actions(SessionId("s1"))->front();
  EXPECT_EQ(action.outcome, ToolOutcome::kRefused);
  EXPECT_EQ(action.call.name, "update_cart");
  EXPECT_EQ(action.began, at(3));
  EXPECT_EQ(action.ended, at(4));
}

TEST_F(Journalled, WritesToAShopAreOnDiskBeforeTheyAreReported) {
  open(Durability::kPower);
  JournalEntry begun = entry(1, {{at(3), 0, ShopperSaid{"add", "", 1}}});
  begun.intents = {{1, {CallId("c1"), "update_cart", "{}", "", ""}, IdempotencyKey("k"), ToolEffect::kWrite}};
  std::promise<Result<void>> reported;
  journal_->append(std::move(begun), [&](Result<void> written) { reported.set_value(std::move(written)); });
  EXPECT_TRUE(reported.get_future().get());
}

TEST_F(Journalled, AnotherDatabaseIsRefused) {
  std::ofstream(folder_.path() / "notes.db") << "not a database at all, but long enough to be looked at as one .........................";
  const auto opened = SqliteJournal::open(folder_.path() / "notes.db", Durability::kProcess);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("notes.db"), std::string::npos);
}

}  // namespace
}  // namespace floorwalker
