#include "evals/suite.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/core/digest.h"
#include "agent/core/evidence.h"
#include "agent/core/playbook/reader.h"
#include "agent/core/turn.h"

namespace floorwalker::evals {
namespace {

using yaml::Node;
using yaml::Path;
using yaml::Reader;

// "{thing}" in every text of a case, from one row of its table. A text that is nothing but "{thing}" becomes the value itself, list or not.
using Row = std::map<std::string, Node>;

std::string filled(std::string text, const Row& row) {
  for (const auto& [name, value] : row) {
    const std::string slot = "{" + name + "}";
    for (std::size_t at = text.find(slot); at != std::string::npos; at = text.find(slot, at + value.text.size())) text.replace(at, slot.size(), value.text);
  }
  return text;
}

// The value that a text consists of; nothing where it is only a part, or none.
const Node* whole(const Node& node, const Row& row) {
  if (node.type != Node::Type::kScalar || node.text.size() < 3 || node.text.front() != '{' || node.text.back() != '}') return nullptr;
  const auto found = row.find(node.text.substr(1, node.text.size() - 2));
  return found == row.end() ? nullptr : &found->second;
}

Node filled(Node node, const Row& row) {
  if (const Node* value = whole(node, row)) {
    Node put = *value;
    put.at = node.at;
    return put;
  }
  node.text = filled(std::move(node.text), row);
  for (Node& item : node.items) item = filled(std::move(item), row);
  for (Node::Entry& entry : node.entries) {
    entry.key = filled(std::move(entry.key), row);
    entry.value = filled(std::move(entry.value), row);
  }
  return node;
}

// The names of an enum's values, up to and with the last.
template <typename Enum>
std::vector<std::string> names_up_to(Enum last) {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) names.emplace_back(to_string(static_cast<Enum>(i)));
  return names;
}

// RFC 6901: "", or parts that each begin with "/", in which "~" stands only as "~0" and "~1".
bool is_pointer(const std::string& text) {
  if (!text.empty() && text[0] != '/') return false;
  for (std::size_t at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

// What a node says, whatever its place in the file; a table's other rows are no part of a case.
std::string content_of(const Node& node) {
  std::string all = fmt::format("{}{}:{}", static_cast<int>(node.type), node.quoted ? "'" : "", node.text);
  for (const Node& item : node.items) all += "[" + content_of(item) + "]";
  for (const Node::Entry& entry : node.entries) {
    if (entry.key != "rows") all += "{" + entry.key + "=" + content_of(entry.value) + "}";
  }
  return all;
}

class SuiteReader {
 public:
  explicit SuiteReader(std::vector<Finding>& findings) : r_(findings, nullptr) {}

  Suite read(const Node& root, const std::string& file) {
    Suite suite;
    suite.file = file;
    if (const Node* name = root.find("suite")) suite.at = name->at;
    r_.object(root, {"", ""},
              {{"suite", r_.text(suite.name), yaml::Presence::kRequired},
               {"description", r_.text(suite.description)},
               {"shop", r_.text(suite.shop)},
               {"desk", r_.text(suite.desk)},
               {"playbook", r_.text(suite.playbook)},
               {"cases", [&](const Node& node, const Path& path) { cases(node, path, suite.cases); }, yaml::Presence::kRequired},
               {"known_failing", [&](const Node& node, const Path& path) { known_failing_ = {&node, path}; }}});
    if (suite.shop.empty() == suite.desk.empty()) r_.error(root, {"", ""}, "a suite has either a 'shop' or a 'desk'");
    for (const Case& one : suite.cases) {
      if (!suite.desk.empty() && !one.shop.empty()) r_.error(one.at, {"cases", "cases"}, "a case of a desk has no shop of its own");
    }
    if (known_failing_.first) known_failing(*known_failing_.first, known_failing_.second, suite.cases);
    return suite;
  }

 private:
  // {case: why}: a name that no case has is an error, so that the list cannot outlive its cases.
  void known_failing(const Node& node, const Path& path, std::vector<Case>& cases) {
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      const auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.id == entry.key; });
      if (found == cases.end()) return r_.error(entry.value, at, "no case is called '" + entry.key + "'");
      r_.text(found->known_failing)(entry.value, at);
    });
  }

  void cases(const Node& node, const Path& path, std::vector<Case>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) { expand(item, at, out); });
    std::map<std::string, SourcePosition> seen;
    for (const Case& one : out) {
      if (!seen.emplace(one.id, one.at).second) r_.error(one.at, path, "two cases are called '" + one.id + "'");
    }
  }

  // One case, or one for each row of its table.
  void expand(const Node& item, const Path& path, std::vector<Case>& out) {
    const std::vector<Row> rows = rows_of(item, path);
    if (rows.empty()) {
      out.push_back(read_case(item, path, ""));
      return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(read_case(filled(item, rows[i]), path, fmt::format("/{}", i + 1)));
  }

  std::vector<Row> rows_of(const Node& item, const Path& path) {
    std::vector<Row> rows;
    const Node* table = item.find("rows");
    if (!table) return rows;
    r_.list(*table, path.key("rows"), [&](const Node& row, const Path& at) {
      Row values;
      r_.table(row, at, [&](const Node::Entry& entry, const Path&) { values[entry.key] = entry.value; });
      rows.push_back(std::move(values));
    });
    return rows;
  }

  Case read_case(const Node& node, const Path& path, const std::string& suffix) {
    Case one;
    names_.clear();
    one.at = node.at;
    r_.object(node, path,
              {{"id", r_.text(one.id), yaml::Presence::kRequired},
               {"scenarios", [&](const Node& list, const Path& at) { numbers(list, at, one.scenarios); }},
               {"tags", r_.texts(one.tags)},
               {"shop", r_.text(one.shop)},
               {"playbook", r_.text(one.playbook)},
               {"script", r_.text(one.script)},
               {"rows", [](const Node&, const Path&) {}},
               {"max_turns", optional_number(one.max_turns, 1, 100)},
               {"faults", [&](const Node& list, const Path& at) { faults(list, at, one.faults); }},
               {"shopper", [&](const Node& value, const Path& at) { one.shopper = shopper(value, at); }},
               {"turns", [&](const Node& list, const Path& at) { turns(list, at, one.turns); }}});
    one.id += suffix;
    one.content = sha256(content_of(node));
    if (one.shopper.has_value() != one.turns.empty()) r_.error(node.at, path, "a case has either 'turns' or a 'shopper'");
    int checks = one.shopper && one.shopper->expect ? one.shopper->expect->state_checks() : 0;
    for (const EvalTurn& turn : one.turns) checks += turn.expect ? turn.expect->state_checks() : 0;
    one.names = std::move(names_);
    if (checks == 0) r_.error(node.at, path, "the case checks no state: it would pass whatever the agent does", "add an 'expect' with shown, cart, asked, tools or results");
    return one;
  }

  // A text of which the world must know what it names.
  yaml::Field named(std::string& out, NamedThing::What what) {
    return [this, &out, what](const Node& node, const Path& path) {
      r_.text(out)(node, path);
      if (node.type == Node::Type::kScalar) names_.push_back({what, node.text, node.at});
    };
  }

  // The same of a list, or one text alone.
  yaml::Field named(std::vector<std::string>& out, NamedThing::What what) {
    return [this, &out, what](const Node& node, const Path& path) {
      r_.texts(out)(node, path);
      if (node.type == Node::Type::kScalar) names_.push_back({what, node.text, node.at});
      for (const Node& item : node.items) names_.push_back({what, item.text, item.at});
    };
  }

  // A list, or one text alone, of values that there are.
  yaml::Field among(std::vector<std::string>& out, std::vector<std::string> values) {
    return [this, &out, values = std::move(values)](const Node& node, const Path& path) {
      r_.texts(out)(node, path);
      if (node.type == Node::Type::kScalar) (void)r_.one_of(node, path, values);
      for (std::size_t i = 0; i < node.items.size(); ++i) (void)r_.one_of(node.items[i], path.item(i), values);
    };
  }

  // Words that something must have: an empty text stands in every text.
  yaml::Field words(std::vector<std::string>& out) {
    return [this, &out](const Node& node, const Path& path) {
      r_.texts(out)(node, path);
      if (std::find(out.begin(), out.end(), "") != out.end()) r_.error(node, path, "an empty text checks nothing");
    };
  }

  void numbers(const Node& node, const Path& path, std::vector<int>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      if (const auto value = r_.integer(item, at, 1, 1000)) out.push_back(static_cast<int>(*value));
    });
  }

  yaml::Field optional_number(std::optional<int>& out, int low, int high) {
    return [this, &out, low, high](const Node& node, const Path& path) {
      if (const auto value = r_.integer(node, path, low, high)) out = static_cast<int>(*value);
    };
  }

  void faults(const Node& node, const Path& path, std::vector<Fault>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      Fault fault;
      r_.object(item, at,
                {{"tool", named(fault.tool, NamedThing::What::kTool), yaml::Presence::kRequired},
                 {"nth", r_.number(fault.nth, 0, 1000)},
                 {"fault", r_.choice(fault.what, {{"timeout_before", Fault::What::kTimeoutBefore},
                                                  {"timeout_after", Fault::What::kTimeoutAfter},
                                                  {"unavailable", Fault::What::kUnavailable},
                                                  {"refused", Fault::What::kRefused},
                                                  {"garbage", Fault::What::kGarbage},
                                                  {"garbage_after", Fault::What::kGarbageAfter},
                                                  {"reply_lost", Fault::What::kReplyLost},
                                                  {"slow", Fault::What::kSlow}}),
                  yaml::Presence::kRequired},
                 {"takes", r_.duration(fault.takes)}});
      if ((fault.what == Fault::What::kSlow) != (fault.takes.count() > 0)) r_.error(item, at, "'takes' belongs to a fault 'slow', and to no other");
      out.push_back(fault);
    });
  }

  void turns(const Node& node, const Path& path, std::vector<EvalTurn>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      EvalTurn turn;
      turn.at = item.at;
      std::string view;
      r_.object(item, at,
                {{"after", r_.duration(turn.after)},
                 {"say", r_.text(turn.say)},
                 {"view", r_.text(view)},
                 {"event", [&](const Node& value, const Path& where) { turn.event = event(value, where); }},
                 {"key", r_.text(turn.key)},
                 {"expect", [&](const Node& value, const Path& where) { turn.expect = expectation(value, where); }}});
      if (turn.say.empty() + view.empty() + !turn.event != 2) r_.error(item, at, "a turn has one of 'say', 'view' and 'event'");
      if (!view.empty()) turn.event = PageEvent{"view", view, {}};
      out.push_back(std::move(turn));
    });
  }

  // {type: view, product: dress-alba, details: {page: product}}
  PageEvent event(const Node& node, const Path& path) {
    PageEvent made;
    r_.object(node, path, {{"type", r_.text(made.type), yaml::Presence::kRequired}, {"product", r_.text(made.product)}, {"details", r_.text_table(made.details)}});
    return made;
  }

  ShopperGoal shopper(const Node& node, const Path& path) {
    ShopperGoal goal;
    r_.object(node, path,
              {{"opening", r_.text(goal.opening), yaml::Presence::kRequired},
               {"persona", r_.choice(goal.persona, {{"plain", ShopperGoal::Persona::kPlain},
                                                    {"terse", ShopperGoal::Persona::kTerse},
                                                    {"polite", ShopperGoal::Persona::kPolite},
                                                    {"chatty", ShopperGoal::Persona::kChatty}})},
               {"wants", named(goal.wants, NamedThing::What::kProduct), yaml::Presence::kRequired},
               {"facts", r_.text_table(goal.facts)},
               {"patience", r_.number(goal.patience, 1, 100)},
               {"expect", [&](const Node& value, const Path& where) { goal.expect = expectation(value, where); }, yaml::Presence::kRequired}});
    return goal;
  }

  Expectation expectation(const Node& node, const Path& path) {
    Expectation expect;
    expect.at = node.at;
    if (node.type == Node::Type::kMap && node.entries.empty()) r_.error(node, path, "an 'expect' without a key checks nothing");
    r_.object(node, path,
              {{"error", r_.text(expect.error)},
               {"outcome", among(expect.outcome, names_up_to(Outcome::kFailed))},
               {"shown", [&](const Node& value, const Path& at) { expect.shown = shown(value, at); }},
               {"asked", r_.texts(expect.asked)},
               {"not_asked", r_.texts(expect.not_asked)},
               {"questions", optional_number(expect.max_questions, 0, 20)},
               {"cart", [&](const Node& value, const Path& at) { expect.cart.emplace(); lines(value, at, *expect.cart); }},
               {"cart_unchanged", r_.boolean(expect.cart_unchanged)},
               {"cart_total", r_.money(expect.cart_total)},
               {"called", named(expect.tools_called, NamedThing::What::kTool)},
               {"not_called", named(expect.tools_not_called, NamedThing::What::kTool)},
               {"calls", [&](const Node& value, const Path& at) { calls(value, at, expect.calls); }},
               {"claims", [&](const Node& value, const Path& at) { claims(value, at, expect.claims); }},
               {"results", [&](const Node& value, const Path& at) { results(value, at, expect.results); }},
               {"rules", named(expect.rules, NamedThing::What::kRule)},
               {"rules_not", named(expect.rules_not, NamedThing::What::kRule)},
               {"could_not_run", named(expect.could_not_run, NamedThing::What::kRule)},
               {"judged", [&](const Node& value, const Path& at) { judged(value, at, expect.judged); }},
               {"never_says", r_.texts(expect.never_says)},
               {"says_any", words(expect.says_any)},
               {"min_calls", optional_number(expect.min_calls, 1, 1000)},
               {"max_calls", optional_number(expect.max_calls, 0, 1000)},
               {"max_time", [&](const Node& value, const Path& at) { std::chrono::milliseconds time{}; r_.duration(time)(value, at); expect.max_time = time; }},
               {"max_tokens", [&](const Node& value, const Path& at) { expect.max_tokens = r_.integer(value, at, 0, 100000000); }},
               {"max_cost_micros", [&](const Node& value, const Path& at) { expect.max_cost_micros = r_.integer(value, at, 0, 100000000); }}});
    if (!expect.judged.empty() && expect.state_checks() == 0) {
      r_.error(node, path, "a judge is never the only grader of a turn", "add a check of state: shown, cart, asked, tools, results or claims");
    }
    return expect;
  }

  // [{ask: "Does the reply apologise?", answer: yes}]
  void judged(const Node& node, const Path& path, std::vector<JudgedQuestion>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      JudgedQuestion question;
      r_.object(item, at, {{"ask", r_.text(question.ask), yaml::Presence::kRequired}, {"answer", r_.choice(question.yes, {{"yes", true}, {"no", false}})}});
      out.push_back(std::move(question));
    });
  }

  ExpectedShown shown(const Node& node, const Path& path) {
    ExpectedShown out;
    r_.object(node, path,
              {{"min", optional_number(out.min, 0, 100)},
               {"max", optional_number(out.max, 0, 100)},
               {"ids", named(out.ids, NamedThing::What::kProduct)},
               {"includes", named(out.includes, NamedThing::What::kProduct)},
               {"excludes", named(out.excludes, NamedThing::What::kProduct)},
               {"first", named(out.first, NamedThing::What::kProduct)},
               {"each", [&](const Node& value, const Path& at) { constraints(value, at, out.each); }},
               {"kinds", r_.texts(out.kinds)},
               {"kinds_all", r_.texts(out.kinds_all)},
               {"new_since", optional_number(out.new_since, 1, 100)}});
    const bool properties = !out.each.empty() || !out.kinds.empty() || !out.kinds_all.empty() || !out.excludes.empty() || out.new_since;
    if (out.min.value_or(0) == 0 && !out.max && !properties && out.ids.empty() && out.includes.empty() && out.first.empty()) {
      r_.error(node, path, "'shown' checks nothing: it would hold whatever is shown", "say what: {min: 1}, {max: 0}, {includes: [ID]} ...");
    }
    const bool only_ceiling = out.ids.empty() && out.includes.empty() && out.first.empty() && out.kinds_all.empty() && !out.min;
    const bool wants_nothing = out.max && *out.max == 0;
    // A turn that shows nothing must not pass "everything shown is under 50".
    if (only_ceiling && !wants_nothing && (out.max || !out.each.empty() || !out.kinds.empty() || !out.excludes.empty() || out.new_since)) {
      if (out.excludes.empty() || out.max || !out.each.empty() || !out.kinds.empty() || out.new_since) out.min = 1;
    }
    return out;
  }

  // {price: {max: 60 USD}, colour: cream}
  void constraints(const Node& node, const Path& path, std::vector<Constraint>& out) {
    if (node.type == Node::Type::kMap && node.entries.empty()) r_.error(node, path, "no property is named, so that every product has it");
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) { constraint(entry, at, out); });
  }

  void constraint(const Node::Entry& entry, const Path& path, std::vector<Constraint>& out) {
    if (entry.value.type == Node::Type::kScalar) {
      out.push_back({entry.key, Constraint::Op::kEquals, {entry.value.text}});
      return;
    }
    std::string low, high, is_not;
    std::vector<std::string> any_of;
    r_.object(entry.value, path, {{"min", r_.text(low)}, {"max", r_.text(high)}, {"not", r_.text(is_not)}, {"any_of", r_.texts(any_of)}});
    if (!low.empty()) out.push_back({entry.key, Constraint::Op::kAtLeast, {low}});
    if (!high.empty()) out.push_back({entry.key, Constraint::Op::kAtMost, {high}});
    if (!is_not.empty()) out.push_back({entry.key, Constraint::Op::kNot, {is_not}});
    if (!any_of.empty()) out.push_back({entry.key, Constraint::Op::kOneOf, any_of});
    if (low.empty() && high.empty() && is_not.empty() && any_of.empty()) r_.error(entry.value, path, "nothing is asked of '" + entry.key + "'", "use min, max, not or any_of");
  }

  void lines(const Node& node, const Path& path, std::vector<ExpectedLine>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      ExpectedLine line;
      r_.object(item, at,
                {{"product", named(line.product, NamedThing::What::kProduct)},
                 {"shown", optional_number(line.shown, 1, 100)},
                 {"options", r_.text_table(line.options)},
                 {"quantity", r_.number(line.quantity, 1, 1000000)}});
      if (line.product.empty() == !line.shown) r_.error(item, at, "a line has either 'product' or 'shown'");
      out.push_back(std::move(line));
    });
  }

  void claims(const Node& node, const Path& path, ExpectedClaims& out) {
    static const std::vector<std::string> kKinds = names_up_to(ClaimKind::kEvaluative);
    if (node.type == Node::Type::kMap && node.entries.empty()) r_.error(node, path, "'claims' without a key checks nothing");
    r_.object(node, path,
              {{"all_proven", r_.boolean(out.all_proven)},
               {"min", r_.number(out.min, 0, 1000)},
               {"including", words(out.including)},
               {"excluding", words(out.excluding)},
               {"kinds", among(out.kinds, kKinds)},
               {"no_kinds", among(out.no_kinds, kKinds)}});
  }

  // [{tool: update_cart, with: {quantity: 2}}]
  void calls(const Node& node, const Path& path, std::vector<ExpectedCall>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      ExpectedCall call;
      r_.object(item, at,
                {{"tool", named(call.tool, NamedThing::What::kTool), yaml::Presence::kRequired},
                 {"with", [&](const Node& value, const Path& where) { arguments(value, where, call.with); }, yaml::Presence::kRequired}});
      out.push_back(std::move(call));
    });
  }

  // Unlike other lists, an argument may hold the same thing twice.
  void arguments(const Node& node, const Path& path, std::map<std::string, std::vector<std::string>>& out) {
    r_.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      auto& values = out[entry.key];
      const auto add = [&](const Node& value, const Path& where) {   // numbers and truth values as they are written
        if (value.type == Node::Type::kScalar) values.push_back(value.text);
        else r_.error(value, where, "an argument is a text, a number, a truth value, or a list of them");
      };
      if (entry.value.type == Node::Type::kScalar) add(entry.value, at);
      else r_.list(entry.value, at, add);
    });
  }

  void results(const Node& node, const Path& path, std::vector<ExpectedResult>& out) {
    r_.list(node, path, [&](const Node& item, const Path& at) {
      ExpectedResult result;
      r_.object(item, at,
                {{"tool", named(result.tool, NamedThing::What::kTool), yaml::Presence::kRequired},
                 {"at", r_.text(result.at)},
                 {"is", r_.text(result.is), yaml::Presence::kRequired}});
      check(result, item, at);
      out.push_back(std::move(result));
    });
  }

  void check(const ExpectedResult& result, const Node& node, const Path& path) {
    const Node *where = node.find("at"), *is = node.find("is");
    if (where && !is_pointer(result.at)) {
      r_.error(*where, path.key("at"), "'" + result.at + "' is no JSON pointer", result.at[0] == '/' ? "in a pointer, '~' is written '~0'" : "did you mean '/" + result.at + "'?");
    }
    if (!is || !result.at.empty() || result.is == "*") return;
    (void)r_.one_of(*is, path.key("is"), names_up_to(ToolOutcome::kUnknown));
  }

  Reader r_;
  std::vector<NamedThing> names_;   // of the case that is read
  std::pair<const Node*, Path> known_failing_;
};

}  // namespace

int Expectation::state_checks() const {
  int checks = 0;
  checks += shown.has_value() + asked.has_value() + cart.has_value() + cart_unchanged + cart_total.has_value();
  checks += !tools_called.empty() + !tools_not_called.empty() + !results.empty() + !calls.empty() + !outcome.empty() + !error.empty();
  checks += !not_asked.empty() + max_questions.has_value() + min_calls.has_value();
  checks += !rules.empty() + !rules_not.empty() + !could_not_run.empty();
  checks += claims.min > 0 || !claims.including.empty() || !claims.kinds.empty();
  return checks;
}

const std::string& shop_of(const Suite& suite, const Case& one) { return one.shop.empty() ? suite.shop : one.shop; }

bool has_remote_shop(const Suite& suite, const Case& one) {
  const std::string& shop = shop_of(suite, one);
  return shop.ends_with(".yaml") || shop.ends_with(".yml");
}

const std::string& playbook_of(const Suite& suite, const Case& one) {
  return one.playbook.empty() && (one.shop.empty() || one.shop == suite.shop) ? suite.playbook : one.playbook;
}

bool LoadedSuite::ok() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.severity == Finding::Severity::kError; });
}

std::string located(const Finding& finding) {
  return fmt::format("{}:{}:{}: {}{}", finding.at.file, finding.at.line, finding.at.column, finding.message, finding.suggestion.empty() ? "" : " (" + finding.suggestion + ")");
}

LoadedSuite load_suite(std::string_view yaml_text, const std::string& file) {
  LoadedSuite loaded;
  const Node root = yaml::parse(yaml_text, file, loaded.findings);
  loaded.suite = SuiteReader(loaded.findings).read(root, file);
  return loaded;
}

}  // namespace floorwalker::evals
