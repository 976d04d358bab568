#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/embedded/demo_shop.h"
#include "agent/cli/playbook_files.h"
#include "agent/core/planner.h"
#include "agent/models/openai/prompts.h"
#include "agent/resources/resources.h"
#include "tests/support/guided_dialogue.h"
#include "tests/support/memory_shop.h"
#include "tests/support/product_maker.h"
#include "tests/support/paths.h"
#include "tests/support/shipped_playbooks.h"
#include "tools/search/catalogue_vocabulary.h"
#include "tools/search/index.h"
#include "tools/search/indexed_search.h"

// Every selling rule of every shipped playbook does something in the shop that it was written for: what is asked, found, shown, compared or
// offered changes once the rule is taken out, or turned round where the default says the same. A rule is looked at where it is written, not where
// it is inherited. `playbook coverage` holds the same rules against the evaluation suites.
namespace floorwalker {
namespace {

using Change = std::function<void(Playbook&)>;
using Look = std::function<std::string(const Playbook&)>;

// The shop that the binary carries, opened once for all tests.
struct Demo {
  Demo() {
    std::vector<embedded::DemoFile> files;
    for (const auto& resource : resources::under("adapters/embedded/demo/")) files.push_back({resource.path, resource.bytes});
    shop = std::move(embedded::open_demo_shop(folder / "demo.db", files).value());
    index = search::load_or_build_index(shop->catalogue(), folder / "demo.index").value();
    static_cast<void>(shop->catalogue().each([this](const Product& product) { return products.push_back(product), true; }));
    for (const Product& product : products) {
      if (std::find(kinds.begin(), kinds.end(), product.kind) == kinds.end()) kinds.push_back(product.kind);
    }
  }

  tools::Shop ports() const {
    tools::Shop offered;
    offered.catalogue = &shop->catalogue();
    offered.carts = &shop->carts();
    offered.policies = &shop->policies();
    offered.orders = &shop->orders();
    offered.desk = &shop->desk();
    return offered;
  }

  test::TemporaryFolder folder;
  std::unique_ptr<embedded::Shop> shop;
  std::shared_ptr<const search::Index> index;
  std::vector<Product> products;
  std::vector<std::string> kinds;
};

const Demo& demo() {
  static const Demo shop;
  return shop;
}

compatibility::Engine demo_compatibility() {
  std::vector<compatibility::Source> sources;
  for (const auto& resource : resources::under("tools/compatibility/")) sources.push_back({std::string(resource.path), resource.bytes});
  return compatibility::Engine::load(sources).value();
}

template <typename List>
void drop(List& list, std::size_t i) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
}

// What a conversation comes to, seen from outside.
std::string talked(const Playbook& book, const std::vector<std::string>& said) {
  test::Dialogue dialogue(demo().ports(), book, demo().index);
  std::string all;
  for (const std::string& text : said) {
    const auto turn = dialogue.say(text);
    all += turn.text + "|" + turn.presentation.asked.value_or("") + "|";
    for (const std::string& id : turn.shown()) all += id + " ";
    for (const ToolCall& call : turn.calls) all += call.name + call.arguments;
    all += "\n";
  }
  return all;
}

// What the words and the search of a catalogue make of a text.
std::string understood(const Playbook& book, ports::Catalogue& catalogue, const std::shared_ptr<const search::Index>& index, const std::string& text) {
  const search::CatalogueVocabulary vocabulary(index, book.vocabulary);
  search::IndexedSearch search(catalogue, index, {book.vocabulary, book.ranking});
  std::string all;
  for (const Mention& mention : vocabulary.recognise(text)) all += mention.field + "=" + mention.value + ";";
  SearchRequest request;
  request.words = text;
  request.limit = 20;
  const auto page = search.search(request);
  if (!page) return all + page.error().message;
  for (const auto& product : page->products) all += product.id.str() + " ";
  return all;
}

// What a tool answers in the demo shop under the playbook.
std::string answered(const Playbook& book, const std::string& tool, const std::string& arguments) {
  static const auto fits = std::make_shared<const compatibility::Engine>(demo_compatibility());
  tools::Shop shop = demo().ports();
  search::IndexedSearch search(demo().shop->catalogue(), demo().index, {book.vocabulary, book.ranking});
  shop.search = &search;
  tools::Registry registry(tools::shop_tools(shop, {std::make_shared<const Playbook>(book), fits}));
  ToolCall call;
  call.name = tool;
  call.arguments = arguments;
  return registry.call(call, {}).content;
}

// Some products of a kind side by side, for a need or for none.
std::string compared(const Playbook& book, const std::string& kind, const std::string& need, std::size_t most = 4) {
  std::string ids;
  std::size_t count = 0;
  for (const Product& product : demo().products) {
    if (product.kind == kind && count++ < most) ids += (ids.empty() ? "\"" : ",\"") + product.id.str() + "\"";
  }
  return answered(book, "compare_products", "{\"products\":[" + ids + "]" + (need.empty() ? "" : ",\"needs\":[\"" + need + "\"]") + "}");
}

// A catalogue with a product for every meaning of the playbook's words, so that a word finds something only by its rule.
class Words {
 public:
  explicit Words(const VocabularyRules& rules) {
    for (const auto& [word, meanings] : rules.synonyms) add_all(meanings);
    for (const auto& [word, kinds] : rules.umbrellas) add_all(kinds);
    add("garden gnome");
    index_ = search::build_index(catalogue_).value();
  }

  std::string look(const Playbook& book, const std::string& word) { return understood(book, catalogue_, index_, word); }

 private:
  void add_all(const std::vector<std::string>& kinds) {
    for (const std::string& kind : kinds) add(kind);
  }
  void add(const std::string& kind) {
    if (catalogue_.find(kind)) return;
    catalogue_.add(test::simple_product(kind, kind + " Alba", kind, 1000, {}));
  }

  test::MemoryCatalogue catalogue_;
  std::shared_ptr<const search::Index> index_;
};

class SellingMutation : public testing::TestWithParam<const char*> {
 protected:
  SellingMutation() {
    LoadedPlaybook loaded = cli::load_playbook_file(GetParam());
    EXPECT_TRUE(loaded.ok());
    book_ = std::move(loaded.playbook);
    load_parents();
  }

  // Whether a parent says the same already: then the rule is looked at there.
  template <typename Says>
  bool inherited(const Says& says) const {
    return std::any_of(parents_.begin(), parents_.end(), says);
  }

  // In a map of every playbook, what stands under that name.
  template <typename Map>
  static auto at(const Map& map, const std::string& name) {
    const auto found = map.find(name);
    return found == map.end() ? typename Map::mapped_type() : found->second;
  }

  // One of the looks sees something else without the rule.
  void expect_defended(const std::string& rule, const std::vector<Look>& looks, const Change& change) {
    Playbook changed = book_;
    change(changed);
    const bool differs = std::any_of(looks.begin(), looks.end(), [&](const Look& look) { return look(book_) != look(changed); });
    EXPECT_TRUE(differs) << GetParam() << ": " << rule << " does nothing that is looked at";
  }

  Playbook book_;

 private:
  void load_parents() {
    std::set<std::string> names;
    LoadOptions options = cli::playbook_files();
    options.open = [open = options.open, &names](const std::string& name, const std::string& from) { return names.insert(name), open(name, from); };
    static_cast<void>(cli::load_playbook_file(GetParam(), options));
    for (const std::string& name : names) parents_.push_back(cli::load_playbook_file(name).playbook);
  }

  std::vector<Playbook> parents_;
};

TEST_P(SellingMutation, Vocabulary) {
  Words words(book_.vocabulary);
  const auto expect_word = [&](const std::string& word, const Change& change) {
    expect_defended("word " + word, {[&](const Playbook& book) { return words.look(book, word); }}, change);
  };
  for (const auto& [named, meanings] : book_.vocabulary.synonyms) {
    const std::string& word = named;   // a lambda may not capture what a binding names
    if (inherited([&](const Playbook& parent) { return at(parent.vocabulary.synonyms, word) == at(book_.vocabulary.synonyms, word); })) continue;
    expect_word(word, [word](Playbook& book) { book.vocabulary.synonyms.erase(word); });
  }
  for (const auto& [named, kinds] : book_.vocabulary.umbrellas) {
    const std::string& word = named;
    if (inherited([&](const Playbook& parent) { return at(parent.vocabulary.umbrellas, word) == at(book_.vocabulary.umbrellas, word); })) continue;
    expect_word(word, [word](Playbook& book) { book.vocabulary.umbrellas.erase(word); });
  }
}

// What is said so that a need comes up, in its own words and in each of its other ones.
std::vector<Look> ways_to_say(const NeedRule& need) {
  std::vector<std::string> words = need.phrases;
  words.insert(words.begin(), need.name);
  words.resize(std::min<std::size_t>(words.size(), 2));
  const std::string kind = need.applies_to.empty() ? "sofa" : need.applies_to.front();
  std::vector<Look> looks = {[kind, name = need.name](const Playbook& book) {
    Playbook alone = book;   // without the axes, which may name the same attributes
    alone.compare.axes.clear();
    return compared(alone, kind, name);
  }};
  for (const std::string& phrase : words) looks.push_back([text = "I'm looking for a " + kind + " for " + phrase](const Playbook& book) { return talked(book, {text}); });
  return looks;
}

TEST_P(SellingMutation, Needs) {
  for (std::size_t i = 0; i < book_.needs.size(); ++i) {
    const NeedRule& need = book_.needs[i];
    const auto same = [&](const NeedRule& other) { return other.name == need.name && other.require == need.require && other.phrases == need.phrases; };
    if (inherited([&](const Playbook& parent) { return std::any_of(parent.needs.begin(), parent.needs.end(), same); })) continue;
    const std::vector<Look> looks = ways_to_say(need);
    expect_defended("need " + need.name, looks, [i](Playbook& book) { drop(book.needs, i); });
    for (std::size_t r = 0; r < need.require.size(); ++r) {
      expect_defended("need " + need.name + " require " + need.require[r].field, looks, [i, r](Playbook& book) { drop(book.needs[i].require, r); });
    }
    for (std::size_t p = 0; p < need.prefer.size(); ++p) {
      const std::string rule = "need " + need.name + " prefer " + need.prefer[p].attribute;
      expect_defended(rule, looks, [i, p](Playbook& book) { drop(book.needs[i].prefer, p); });
      expect_defended(rule + " inverted", looks, [i, p](Playbook& book) { book.needs[i].prefer[p].low = !book.needs[i].prefer[p].low; });
    }
  }
}

// A shop in which it is worth asking about the slot, and a conversation that comes to it.
std::string asked_about(const Playbook& book, const std::string& slot) {
  test::MemoryCatalogue catalogue;
  for (int i = 0; i < 12; ++i) {
    const std::string half = i % 2 == 0 ? "north" : "south";
    test::ProductMaker crate("c" + std::to_string(i), "Alba crate " + std::to_string(i), "crate", 1000 + 500 * i);
    crate.brand(slot == "brand" ? half : "Plain").attribute(slot == "brand" ? "finish" : slot, half.c_str());
    catalogue.add(crate);
  }
  Playbook asking = book;
  asking.discovery.ask = {{"crate", {slot}}};
  test::MemoryCarts carts(catalogue);
  tools::Shop shop;
  shop.catalogue = &catalogue;
  shop.carts = &carts;
  test::Dialogue dialogue(shop, asking, search::build_index(catalogue).value());
  return dialogue.say("I need a crate").text;
}

TEST_P(SellingMutation, Discovery) {
  for (const auto& [asked_of, slots] : book_.discovery.ask) {
    const std::string& kind = asked_of;
    if (inherited([&](const Playbook& parent) { return at(parent.discovery.ask, kind) == at(book_.discovery.ask, kind); })) continue;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      // Before anything else that is worth asking, the slot is what is asked.
      const Look look = [kind, slot = slots[i]](const Playbook& book) {
        Playbook first = book;
        auto& ask = first.discovery.ask[kind];
        std::erase_if(ask, [&](const std::string& one) { return one != slot; });
        ask.push_back(slot == "budget" ? "brand" : "budget");
        return talked(first, {"I need a " + kind});
      };
      expect_defended("ask " + kind + " " + slots[i], {look}, [kind, i](Playbook& book) { drop(book.discovery.ask[kind], i); });
    }
  }
  for (const auto& [about, question] : book_.discovery.questions) {
    const std::string& slot = about;
    if (inherited([&](const Playbook& parent) { return at(parent.discovery.questions, slot) == at(book_.discovery.questions, slot); })) continue;
    expect_defended("question " + slot, {[slot](const Playbook& book) { return asked_about(book, slot); }}, [slot](Playbook& book) { book.discovery.questions.erase(slot); });
  }
  const auto& order = book_.discovery.relax_in_order;
  if (inherited([&](const Playbook& parent) { return parent.discovery.relax_in_order == order; })) return;
  for (std::size_t i = 0; i < book_.discovery.relax_in_order.size(); ++i) {
    const Look look = [](const Playbook& book) { return talked(book, {"a red sofa under $600", "a laptop under $500"}); };
    expect_defended("relax " + book_.discovery.relax_in_order[i], {look}, [i](Playbook& book) { drop(book.discovery.relax_in_order, i); });
  }
  const Look asked = [](const Playbook& book) { return talked(book, {"I need a laptop", "no preference"}) + talked(book, {"I need a sofa"}); };
  expect_defended("max_questions", {asked}, [](Playbook& book) { book.discovery.max_questions = 0; });
}

TEST_P(SellingMutation, Comparisons) {
  for (const auto& [compared_for, attributes] : book_.compare.axes) {
    const std::string& name = compared_for;
    if (inherited([&](const Playbook& parent) { return at(parent.compare.axes, name) == at(book_.compare.axes, name); })) continue;
    const auto need = std::find_if(book_.needs.begin(), book_.needs.end(), [&name](const NeedRule& one) { return one.name == name; });
    const bool kind = need == book_.needs.end() || need->applies_to.empty();
    const Look look = [thing = kind ? name : need->applies_to.front(), purpose = kind ? "" : name](const Playbook& book) {
      Playbook alone = book;   // without what the need itself compares by
      for (NeedRule& one : alone.needs) {
        one.prefer.clear();
        one.require.clear();
      }
      return compared(alone, thing, purpose);
    };
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      expect_defended("axis " + name + " " + attributes[i], {look}, [name, i](Playbook& book) { drop(book.compare.axes[name], i); });
    }
  }
  const Look many = [most = book_.compare.max_products](const Playbook& book) { return compared(book, demo().kinds.front(), "", most); };
  expect_defended("max_products", {many}, [](Playbook& book) { --book.compare.max_products; });
}

// What goes with each product of a kind, given what was said.
std::string offered(const Playbook& book, const std::string& kind, const std::map<std::string, std::string>& said) {
  std::string words;
  for (const auto& [slot, value] : said) words += (words.empty() ? "\"" : ",\"") + slot + "\":\"" + value + "\"";
  std::string all;
  for (const Product& product : demo().products) {
    if (product.kind == kind) all += answered(book, "suggest_addons", R"({"product":")" + product.id.str() + R"(","limit":10,"said":{)" + words + "}}");
  }
  return all;
}

TEST_P(SellingMutation, Addons) {
  for (std::size_t i = 0; i < book_.addons.rules.size(); ++i) {
    const AddonRule& rule = book_.addons.rules[i];
    const auto same = [&](const AddonRule& other) { return other.for_kind == rule.for_kind && other.kind == rule.kind; };
    if (inherited([&](const Playbook& parent) { return std::any_of(parent.addons.rules.begin(), parent.addons.rules.end(), same); })) continue;
    const Look look = [&rule](const Playbook& book) { return offered(book, rule.for_kind, rule.when); };
    const std::string name = "addon " + rule.for_kind + " " + rule.kind;
    expect_defended(name, {look}, [i](Playbook& book) { drop(book.addons.rules, i); });
    if (rule.when.empty()) continue;
    const Look silent = [&rule](const Playbook& book) { return offered(book, rule.for_kind, {}); };
    expect_defended(name + " when", {silent}, [i](Playbook& book) { book.addons.rules[i].when.clear(); });
  }
}

// Two lamps that fit equally well, of which one is what the rule speaks of.
std::string ranked(const Playbook& book, const RankingRule& rule, const char* special) {
  test::MemoryCatalogue catalogue;
  for (const char* id : {"a", "b"}) {
    test::ProductMaker lamp(id, "Alba lamp", "lamp", 1000);
    const bool low = rule.what == RankingRule::What::kBuryMarginBelow;
    lamp.brand("Plain").margin(id == std::string(special) ? (low ? rule.permille - 1 : rule.permille + 1) : (low ? rule.permille + 100 : 0));
    if (id == std::string(special)) lamp.brand(rule.value).tag(rule.value);
    if (id == std::string(special) && rule.what == RankingRule::What::kInStockFirst) lamp.out_of_stock();
    catalogue.add(lamp);
  }
  return understood(book, catalogue, search::build_index(catalogue).value(), "lamp");
}

TEST_P(SellingMutation, Ranking) {
  for (std::size_t i = 0; i < book_.ranking.size(); ++i) {
    const RankingRule rule = book_.ranking[i];
    const std::vector<Look> looks = {[rule](const Playbook& book) { return ranked(book, rule, "a"); }, [rule](const Playbook& book) { return ranked(book, rule, "b"); }};
    expect_defended("ranking " + std::to_string(static_cast<int>(rule.what)) + " " + rule.value, looks, [i](Playbook& book) { drop(book.ranking, i); });
  }
}

TEST_P(SellingMutation, BrandAndLimits) {
  const Look who = [](const Playbook& book) {
    const std::string system = openai::Prompts::create(*resources::find("prompts/agent/system.en.md"), *resources::find("prompts/agent/note.en.md"), book, {}).value().system();
    return talked(book, {"are you a robot?", "who are you?", "hello"}) + system;
  };
  if (!book_.brand.name.empty()) expect_defended("brand.name", {who}, [](Playbook& book) { book.brand.name = "Another"; });
  if (!book_.brand.disclosure.empty()) expect_defended("brand.disclosure", {who}, [](Playbook& book) { book.brand.disclosure = "I am another."; });
  const auto calls = [](const Playbook& book, std::int64_t cost) {
    PlannerRules rules;
    rules.limits = book.limits;
    const Planner planner(rules);
    Session session = planner.step({}, {Time{}, 0, ShopperSaid{"hello", "", 1}}).session;
    int steps = 1;
    for (; steps < 70 && !session.turn->last_words; ++steps) {
      session = planner.step(std::move(session), {Time{}, steps, ModelCalled{{CallId("c"), "look", "{}", "", ""}}}).session;
      session = planner.step(std::move(session), {Time{}, steps, ModelFinished{{0, 0, cost}, {}, {}, ""}}).session;
      session = planner.step(std::move(session), {Time{}, steps, ToolFinished{{CallId("c"), ToolOutcome::kOk, "{}", {}}, {}}}).session;
    }
    return std::to_string(steps);
  };
  expect_defended("limits.steps", {[&](const Playbook& book) { return calls(book, 0); }}, [](Playbook& book) { book.limits.steps += 2; });
  expect_defended("limits.cost", {[&](const Playbook& book) { return calls(book, book_.limits.cost_micros / 2); }}, [](Playbook& book) { book.limits.cost_micros *= 10; });
}

INSTANTIATE_TEST_SUITE_P(Shipped, SellingMutation,
                         testing::Values("retail", "laptops-and-monitors", "skin-care", "sofas-and-beds", "televisions", "adapters/embedded/demo/playbook.yaml"),
                         test::test_name);

}  // namespace
}  // namespace floorwalker
