#include "adapters/http/adapter_file.h"

#include <algorithm>
#include <set>

#include "adapters/http/file_reader.h"
#include "agent/core/text.h"

namespace floorwalker::http {
namespace {

using yaml::Node;
using yaml::Path;
constexpr auto kRequired = yaml::Presence::kRequired;

enum class Needed { kNo, kYes };
enum class Answers { kNothing, kMaybe, kOne, kList };   // kMaybe: where there is no 'answer', it is done without

// Each operation with the variables that it brings, and whether it belongs to a cart.
struct Known {
  const char* name;
  std::vector<std::string> brings;
  Answers answers;
  Needed needed = Needed::kNo;
  bool of_cart = false;
};

const std::vector<Known>& known_operations() {
  static const std::vector<Known> kKnown = {
      {"currency", {}, Answers::kOne},
      {"version", {}, Answers::kOne},
      {"product", {"product"}, Answers::kOne, Needed::kYes},
      {"products", {"products"}, Answers::kList},
      {"product_of", {"variant"}, Answers::kOne},
      {"each", {"limit", "cursor", "offset", "page"}, Answers::kList, Needed::kYes},
      {"changed", {"since", "limit", "cursor", "offset", "page"}, Answers::kList},
      {"search", {"words", "limit", "cursor", "offset", "page"}, Answers::kList},
      {"cart_create", {"key"}, Answers::kNothing, Needed::kYes, true},
      {"cart_read", {}, Answers::kOne, Needed::kYes, true},
      {"cart_add", {"variant", "quantity", "key"}, Answers::kMaybe, Needed::kYes, true},
      {"cart_set", {"line", "variant", "quantity", "key"}, Answers::kMaybe, Needed::kYes, true},
      {"cart_remove", {"line", "variant", "quantity", "key"}, Answers::kMaybe, Needed::kYes, true},
      {"discount", {"code", "codes", "key"}, Answers::kMaybe, Needed::kYes, true},
      {"discount_undo", {"code", "codes", "key"}, Answers::kNothing, Needed::kNo, true},
      {"checkout", {}, Answers::kOne, Needed::kYes, true},
      {"policies", {}, Answers::kList},
      {"order", {"order", "email"}, Answers::kOne},
      {"hand_off", {"session", "reason", "key"}, Answers::kMaybe},
  };
  return kKnown;
}

const Known* known(const std::string& name) {
  for (const Known& one : known_operations()) {
    if (name == one.name) return &one;
  }
  return nullptr;
}

const std::vector<std::pair<std::string, Meaning>> kMeanings = {
    {"not_found", Meaning::kNotFound}, {"out_of_stock", Meaning::kOutOfStock}, {"refused", Meaning::kRefused},
    {"invalid", Meaning::kInvalid},    {"conflict", Meaning::kConflict},       {"unavailable", Meaning::kUnavailable},
    {"throttled", Meaning::kThrottled}, {"malformed", Meaning::kMalformed},    {"ignore", Meaning::kIgnore}};


class Loader {
 public:
  Loader(Adapter& adapter, std::vector<Finding>& findings) : adapter_(adapter), reader_(findings) {}

  void load(const Node& root) {
    if (const Node* fragments = root.find("fragments")) reader_.yaml.text_table(fragments_)(*fragments, Path().key("fragments"));
    const Path top;
    reader_.yaml.object(root, top,
                        {{"adapter", reader_.yaml.text(adapter_.name), kRequired},
                         {"about", reader_.yaml.text(adapter_.about)},
                         {"extends", [](const Node&, const Path&) {}},
                         {"catalogue", reader_.yaml.choice<bool>(adapter_.live, {{"copied", false}, {"live", true}})},
                         {"url", url(), kRequired},
                         {"settings", settings()},
                         {"secrets", secrets()},
                         {"headers", reader_.templates(adapter_.headers, true)},
                         {"graphql", graphql()},
                         {"fragments", [](const Node&, const Path&) {}},
                         {"money", reader_.yaml.choice(adapter_.money, {{"decimal", MoneyForm::kDecimal}, {"minor", MoneyForm::kMinor}})},
                         {"currency", currency()},
                         {"limits", limits()},
                         {"setup", [this](const Node& node, const Path& path) { calls(adapter_.setup, node, path); }},
                         {"state", state()},
                         {"adopt", adopt()},
                         {"failures", failures(adapter_.failures)},
                         {"operations", operations(), kRequired},
                         {"absent", absent()},
                         {"product", reader_.product(adapter_.product), kRequired},
                         {"cart", reader_.cart(adapter_.cart), kRequired},
                         {"order", reader_.order(adapter_.order)},
                         {"policy", reader_.policy(adapter_.policy)}});
    check_operations(root);
    check_names(root);
    check_variables();
    check_captures();
  }

 private:
  yaml::Field url() {
    return [this](const Node& node, const Path& path) {
      if (node.type != Node::Type::kMap) return address(node, path);
      const yaml::Field otherwise = [this](const Node& value, const Path& at) { address(value, at); };
      reader_.yaml.object(node, path, {{"env", reader_.yaml.text(adapter_.url_environment), kRequired}, {"default", otherwise}});
    };
  }

  void address(const Node& node, const Path& path) {
    reader_.text_template(adapter_.url)(node, path);
    const bool web = node.text.starts_with("http://") || node.text.starts_with("https://") || node.text.starts_with('$');
    if (node.type == Node::Type::kScalar && !node.text.empty() && !web) reader_.yaml.error(node, path, "'" + node.text + "' is no http(s) address");
  }

  yaml::Field graphql() {
    return [this](const Node& node, const Path& path) {
      reader_.text_template(adapter_.graphql_path)(node, path);
      if (node.type == Node::Type::kScalar && !node.text.starts_with('/')) reader_.yaml.error(node, path, "a path begins with '/'");
    };
  }

  // What the agent says that it cannot know: everything else is needed of a shop, or simply left out.
  yaml::Field absent() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.text_table(adapter_.absent)(node, path);
      static const std::vector<std::string> kMay = {"exact stock", "orders", "policies"};
      for (const Node::Entry& entry : node.entries) {
        if (std::find(kMay.begin(), kMay.end(), entry.key) != kMay.end()) continue;
        const std::string near = text::nearest(entry.key, kMay);
        reader_.yaml.error(entry.at, path.entry(entry.key), "'" + entry.key + "' cannot be declared absent", near.empty() ? "known: " + text::join_and(kMay) : "did you mean '" + near + "'?");
      }
    };
  }

  yaml::Field state() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.texts(adapter_.state)(node, path);
      state_at_ = node.at;
    };
  }

  void default_value(Setting& setting, const Node& node, const Path& path) {
    if (node.type == Node::Type::kScalar && !node.quoted && (node.text == "true" || node.text == "false")) {
      setting.value = node.text == "true";
    } else if (node.type == Node::Type::kScalar && !node.quoted && !node.text.empty() && node.text.find_first_not_of("0123456789") == std::string::npos) {
      if (const auto number = reader_.yaml.integer(node, path, 0, 1'000'000'000'000)) setting.value = *number;
    } else if (const auto text = reader_.yaml.text_of(node, path)) {
      setting.value = *text;
    }
  }

  yaml::Field settings() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.table(node, path, [this](const Node::Entry& entry, const Path& at) {
        Setting setting;
        setting.name = entry.key;
        const yaml::Field value = [&](const Node& inner, const Path& here) { default_value(setting, inner, here); };
        std::string about;
        if (entry.value.type == Node::Type::kMap) {
          reader_.yaml.object(entry.value, at,
                              {{"default", value}, {"env", reader_.yaml.text(setting.environment)}, {"one_of", reader_.yaml.texts(setting.one_of)},
                               {"set_if", reader_.yaml.texts(setting.set_if)}, {"required", reader_.yaml.boolean(setting.required)}, {"about", reader_.yaml.text(about)}});
        } else {
          value(entry.value, at);
        }
        const std::string chosen = to_text(setting.value);
        if (!setting.one_of.empty() && !chosen.empty() && std::find(setting.one_of.begin(), setting.one_of.end(), chosen) == setting.one_of.end()) {
          reader_.yaml.error(entry.value, at, "'" + chosen + "' is none of " + text::join_and(setting.one_of));
        }
        adapter_.settings.push_back(std::move(setting));
      });
    };
  }

  yaml::Field secrets() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.table(node, path, [this](const Node::Entry& entry, const Path& at) {
        Secret secret;
        secret.name = entry.key;
        reader_.yaml.object(entry.value, at,
                            {{"env", reader_.yaml.text(secret.environment), kRequired}, {"required", reader_.yaml.boolean(secret.required)}});
        adapter_.secrets.push_back(std::move(secret));
      });
    };
  }

  yaml::Field currency() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.text(adapter_.currency)(node, path);
      if (adapter_.currency.starts_with('$')) {
        reader_.uses.push_back({adapter_.currency.substr(1), "", node.at, path, false});
      } else if (!adapter_.currency.empty() && !Currency::parse(adapter_.currency)) {
        reader_.yaml.error(node, path, "'" + adapter_.currency + "' is no currency", "write its three letters, as in USD");
      }
    };
  }

  yaml::Field limits() {
    return [this](const Node& node, const Path& path) {
      Limits& out = adapter_.limits;
      yaml::Reader& yaml = reader_.yaml;
      yaml.object(node, path,
                  {{"connect", yaml.duration(out.connect)}, {"total", yaml.duration(out.total)}, {"operation", yaml.duration(out.operation)},
                   {"retries", yaml.number(out.retries, 0, 10)}, {"retry_wait", yaml.duration(out.retry_wait)},
                   {"concurrency", yaml.number(out.concurrency, 1, 1000)}, {"response_bytes", yaml.number(out.response_bytes, 1024, 1 << 30)},
                   {"breaker_failures", yaml.number(out.breaker_failures, 1, 1000)}, {"breaker_pause", yaml.duration(out.breaker_pause)}});
    };
  }

  yaml::Field adopt() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.object(node, path, {{"prefix", reader_.yaml.text(adapter_.adopt_prefix), kRequired}, {"as", reader_.yaml.text(adapter_.adopt_as), kRequired}});
    };
  }

  yaml::Field failures(std::vector<FailureRule>& out) {
    return [this, &out](const Node& node, const Path& path) {
      reader_.yaml.list(node, path, [&](const Node& item, const Path& at) {
        FailureRule rule;
        const yaml::Field status = [&](const Node& value, const Path& here) {
          const auto one = [&](const Node& number, const Path& where) {
            if (const auto code = reader_.yaml.integer(number, where, 100, 599)) rule.status.push_back(static_cast<int>(*code));
          };
          if (value.type == Node::Type::kList) reader_.yaml.list(value, here, one);
          else one(value, here);
        };
        const yaml::Field codes = [&](const Node& value, const Path& here) {
          reader_.yaml.table(value, here, [&](const Node::Entry& entry, const Path& where) { reader_.yaml.choice(rule.codes[entry.key], kMeanings)(entry.value, where); });
        };
        reader_.yaml.object(item, at,
                            {{"status", status}, {"header", reader_.yaml.text(rule.header)}, {"at", reader_.selector(rule.at)}, {"code", reader_.field(rule.code)},
                             {"message", reader_.field(rule.message)}, {"available", reader_.field(rule.available)}, {"codes", codes},
                             {"otherwise", reader_.yaml.choice(rule.otherwise, kMeanings)}, {"says", reader_.yaml.text(rule.says)}});
        if (rule.status.empty() && rule.header.empty() && !rule.at) reader_.yaml.error(item, at, "'at', 'status' or 'header' says when this holds");
        out.push_back(std::move(rule));
      });
    };
  }

  // Each fragment that the query spreads, once, and those which these spread.
  std::string with_fragments(std::string query) {
    std::set<std::string> added;
    for (bool more = true; more;) {
      more = false;
      for (const auto& [name, text] : fragments_) {
        const std::size_t at = query.find("..." + name);
        const std::size_t end = at + 3 + name.size();
        const bool spread = at != std::string::npos && (end >= query.size() || !(std::isalnum(static_cast<unsigned char>(query[end])) || query[end] == '_'));
        if (spread && added.insert(name).second) query += "\n" + text, more = true;
      }
    }
    return query;
  }

  void call_keys(Call& call, std::vector<yaml::Key>& keys) {
    for (const char* method : {"get", "post", "put", "patch", "delete"}) {
      keys.push_back({method, [this, &call, method](const Node& node, const Path& path) {
                        if (!call.method.empty()) reader_.yaml.error(node, path, "a call has one method");
                        call.method = method;
                        std::transform(call.method.begin(), call.method.end(), call.method.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
                        reader_.text_template(call.path)(node, path);
                        if (node.text.empty() || node.text.front() != '/') reader_.yaml.error(node, path, "a path begins with '/'");
                      }});
    }
    keys.push_back({"with", reader_.templates(call.query, false)});
    keys.push_back({"headers", reader_.templates(call.headers, true)});
    keys.push_back({"body", [this, &call](const Node& node, const Path& path) { reader_.json(call.body.emplace())(node, path); }});
    keys.push_back({"query", reader_.yaml.text(call.graphql)});
    keys.push_back({"variables", [this, &call](const Node& node, const Path& path) { reader_.json(call.body.emplace())(node, path); }});
    keys.push_back({"capture", [this, &call](const Node& node, const Path& path) { captures(call, node, path); }});
    keys.push_back({"when", [this, &call](const Node& node, const Path& path) {
                      const yaml::Node::Entry* one = reader_.yaml.single(node, path, "{set: name} or {unset: name}");
                      if (!one) return;
                      if (one->key != "set" && one->key != "unset") return reader_.yaml.error(one->at, path, "'set' or 'unset' is wanted here");
                      call.when.set = one->key == "set";
                      reader_.yaml.text(call.when.variable)(one->value, path);
                      reader_.uses.push_back({call.when.variable, reader_.operation, one->at, path, true});
                    }});
  }

  void captures(Call& call, const Node& node, const Path& path) {
    reader_.yaml.table(node, path, [&](const Node::Entry& entry, const Path& at) {
      Capture capture;
      capture.name = entry.key;
      if (entry.value.type == Node::Type::kMap) {
        reader_.yaml.object(entry.value, at, {{"header", reader_.yaml.text(capture.header)}, {"cookie", reader_.yaml.text(capture.cookie)}});
        if (capture.header.empty() == capture.cookie.empty()) reader_.yaml.error(entry.value, at, "either 'header' or 'cookie' names where the response tells it");
        std::transform(capture.header.begin(), capture.header.end(), capture.header.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      } else {
        reader_.selector(capture.from)(entry.value, at);
      }
      captured_[reader_.operation].push_back(capture.name);
      capture_places_.push_back({capture.name, reader_.operation, entry.at, at, false});
      call.captures.push_back(std::move(capture));
    });
  }

  void finish(Call& call, const Node& node, const Path& path) {
    const Node* body = node.find("body");
    const Node* variables = node.find("variables");
    if (body && call.method == "GET") reader_.yaml.error(*body, path.key("body"), "a GET has no body", "put it into 'with', or post it");
    if (body && !call.graphql.empty()) reader_.yaml.error(*body, path.key("body"), "a GraphQL query has 'variables' in place of a body");
    if (variables && call.graphql.empty()) reader_.yaml.error(*variables, path.key("variables"), "'variables' belong to a GraphQL 'query'", "a REST call has a 'body'");
    if (call.graphql.empty()) {
      if (call.method.empty()) reader_.yaml.error(node, path, "a call wants a method (get: /path) or a GraphQL 'query'");
      return;
    }
    if (!call.method.empty()) reader_.yaml.error(node, path, "a GraphQL query needs no method: it is posted to 'graphql'");
    if (adapter_graphql_missing_) reader_.yaml.error(node, path, "'graphql' is missing: the path to which GraphQL queries are sent");
    call.method = "POST";
    const std::string query = with_fragments(std::move(call.graphql));
    call.graphql.clear();
    write_json_text(query, call.graphql);
  }

  void calls(std::vector<Call>& out, const Node& node, const Path& path) {
    out.reserve(node.items.size());
    reader_.yaml.list(node, path, [&](const Node& item, const Path& at) {
      Call& call = out.emplace_back();
      std::vector<yaml::Key> keys;
      call_keys(call, keys);
      reader_.yaml.object(item, at, keys);
      finish(call, item, at);
    });
  }

  yaml::Field paging(Paging& out) {
    return [this, &out](const Node& node, const Path& path) {
      std::string by;
      reader_.yaml.object(node, path,
                          {{"size", reader_.yaml.number(out.size, 1, 1000)},
                           {"by", reader_.yaml.choice(out.way, {{"cursor", Paging::Way::kCursor}, {"offset", Paging::Way::kOffset}, {"page", Paging::Way::kPage}}), kRequired},
                           {"cursor", reader_.selector(out.cursor)}, {"more", reader_.selector(out.more)}, {"total", reader_.selector(out.total)}});
      if ((out.way == Paging::Way::kCursor) != out.cursor.has_value()) reader_.yaml.error(node, path, "'cursor' says where the next cursor stands, when paging is by cursor");
    };
  }

  void operation(const Node::Entry& entry, const Path& path) {
    if (!known(entry.key)) {
      const std::string near = text::nearest(entry.key, operation_names());
      return reader_.yaml.error(entry.at, path, "there is no operation '" + entry.key + "'",
                                near.empty() ? "known: " + text::join_and(operation_names()) : "did you mean '" + near + "'?");
    }
    reader_.operation = entry.key;
    Operation& out = adapter_.operations[entry.key];
    Call single;
    std::vector<yaml::Key> keys;
    const bool one = entry.value.type == Node::Type::kMap && !entry.value.find("steps");
    if (one) call_keys(single, keys);
    else keys.push_back({"steps", [this, &out](const Node& node, const Path& at) { calls(out.steps, node, at); }});
    keys.push_back({"answer", reader_.field(out.answer)});
    keys.push_back({"failures", failures(out.failures)});
    const Answers answers = known(entry.key)->answers;
    const bool pages = entry.key == "each" || entry.key == "changed" || entry.key == "search";
    if (pages) keys.push_back({"page", paging(out.page)});
    if (entry.key == "search") keys.push_back({"product", reader_.selector(out.product)});
    if (answers == Answers::kList || entry.key == "cart_read") keys.push_back({"no_answer_is_empty", reader_.yaml.boolean(out.empty_if_absent)});
    reader_.yaml.object(entry.value, path, keys);
    if ((answers == Answers::kOne || answers == Answers::kList) && !entry.value.find("answer")) {
      reader_.yaml.error(entry.value, path, "'answer' is missing: which part of what the shop says is the answer ('.' for all of it)");
    }
    const bool template_only = entry.key == "checkout" && out.answer.fixed.has_value();
    if (one && !(template_only && single.method.empty() && single.graphql.empty())) {
      finish(single, entry.value, path);
      out.steps.push_back(std::move(single));
    }
    reader_.operation.clear();
  }

  yaml::Field operations() {
    return [this](const Node& node, const Path& path) {
      reader_.yaml.table(node, path, [this](const Node::Entry& entry, const Path& at) { operation(entry, at); });
    };
  }

  void check_operations(const Node& root) {
    for (const Known& one : known_operations()) {
      if (one.needed == Needed::kYes && !adapter_.operation(one.name)) {
        const Node* node = root.find("operations");
        reader_.yaml.error(node ? *node : root, Path().key("operations"), std::string("the operation '") + one.name + "' is missing");
      }
    }
    if (adapter_.live && !adapter_.operation("search")) {
      reader_.yaml.error(*root.find("catalogue"), Path().key("catalogue"), "live use wants the operation 'search'", "add operations.search, or leave 'catalogue' out");
    }
    for (const char* name : {"each", "changed"}) {
      const Operation* pages = adapter_.operation(name);
      if (!pages || pages->page.way != Paging::Way::kNone) continue;
      reader_.yaml.error(*root.find("operations")->find(name), Path().key("operations").key(name), "'page' is missing: how one gets from page to page");
    }
  }

  std::vector<std::string> names_for(const std::string& operation) const {
    std::vector<std::string> names = {"url"};
    for (const Setting& setting : adapter_.settings) names.push_back(setting.name);
    const auto add = [&](const std::string& of) {
      if (const auto found = captured_.find(of); found != captured_.end()) names.insert(names.end(), found->second.begin(), found->second.end());
    };
    add("");
    const Known* one = known(operation);
    if (one) names.insert(names.end(), one->brings.begin(), one->brings.end());
    if (one) add(operation);
    if (!one || one->of_cart) names.insert(names.end(), adapter_.state.begin(), adapter_.state.end());
    return names;
  }

  // A name of the file that an operation also brings would mean two things.
  void check_names(const Node& root) {
    std::vector<FileReader::Use> names = capture_places_;
    const auto add_keys = [&](const char* of) {
      const Node* table = root.find(of);
      if (!table) return;
      for (const Node::Entry& entry : table->entries) names.push_back({entry.key, "", entry.at, Path().key(of).entry(entry.key), false});
    };
    for (const std::string& name : adapter_.state) names.push_back({name, "", state_at_, Path().key("state"), false});
    add_keys("settings");
    add_keys("secrets");
    for (const FileReader::Use& name : names) {
      const auto taking = std::find_if(known_operations().begin(), known_operations().end(), [&](const Known& one) {
        return std::find(one.brings.begin(), one.brings.end(), name.name) != one.brings.end();
      });
      if (taking == known_operations().end()) continue;
      reader_.yaml.error(name.at, name.path, "the name '" + name.name + "' is taken: the operation " + taking->name + " brings '$" + name.name + "'", "choose another name");
    }
  }

  // What is captured is used, or remembered of a cart; and what is to be remembered is captured.
  void check_captures() {
    const auto is_state = [&](const std::string& name) { return std::find(adapter_.state.begin(), adapter_.state.end(), name) != adapter_.state.end(); };
    for (const FileReader::Use& place : capture_places_) {
      const bool used = std::any_of(reader_.uses.begin(), reader_.uses.end(), [&](const FileReader::Use& use) { return use.name == place.name; });
      if (used || is_state(place.name) || place.at.file != own_file_) continue;   // what an extended file captures may be of no use here
      const std::string near = text::nearest(place.name, adapter_.state);
      reader_.yaml.error(place.at, place.path, "nothing uses '$" + place.name + "'", near.empty() ? "leave it out, or name it in 'state'" : "did you mean '" + near + "'?");
    }
    for (const std::string& name : adapter_.state) {
      const bool captured = std::any_of(capture_places_.begin(), capture_places_.end(), [&](const FileReader::Use& place) { return place.name == name; });
      if (!captured) reader_.yaml.error(state_at_, Path().key("state"), "no operation captures '" + name + "', so that no cart could be made", "capture it in cart_create");
    }
  }

  void check_variables() {
    for (const FileReader::Use& use : reader_.uses) {
      const auto is_secret = std::any_of(adapter_.secrets.begin(), adapter_.secrets.end(), [&](const Secret& secret) { return secret.name == use.name; });
      if (is_secret && use.header) continue;
      if (is_secret) {
        reader_.yaml.error(use.at, use.path, "'$" + use.name + "' is a secret: it may stand in headers only");
        continue;
      }
      const std::vector<std::string> names = names_for(use.operation);
      if (std::find(names.begin(), names.end(), use.name) != names.end()) continue;
      const std::string near = text::nearest(use.name, names);
      reader_.yaml.error(use.at, use.path, "there is no variable '$" + use.name + "' here",
                         near.empty() ? "known here: " + text::join_and(names) : "did you mean '$" + near + "'?");
    }
  }

 public:
  bool adapter_graphql_missing_ = false;
  std::string own_file_;

 private:
  Adapter& adapter_;
  FileReader reader_;
  std::map<std::string, std::string> fragments_;
  std::map<std::string, std::vector<std::string>> captured_;   // by operation
  std::vector<FileReader::Use> capture_places_;
  SourcePosition state_at_;
};

constexpr std::size_t kMostParents = 4;

// The file laid on the one that it extends, and that on its own. `below` are the names that led here.
Node with_parents(std::string_view text, const std::string& file, const OpenAdapter& open, std::vector<Finding>& findings, std::vector<std::string> below = {}) {
  Node own = yaml::parse(text, file, findings);
  const Node* parent = own.find("extends");
  if (!parent) return own;
  const bool again = std::find(below.begin(), below.end(), parent->text) != below.end();
  if (again || below.size() >= kMostParents) {
    findings.push_back({Finding::Severity::kError, parent->at, "extends", again ? "'" + parent->text + "' leads back to itself" : "too many adapters extend one another", ""});
    return own;
  }
  const auto under_text = open ? open(parent->text) : std::nullopt;
  if (!under_text) {
    findings.push_back({Finding::Severity::kError, parent->at, "extends", "there is no adapter '" + parent->text + "'", "shopify, vendure or medusa, or a file"});
    return own;
  }
  below.push_back(parent->text);
  Node under = with_parents(*under_text, parent->text, open, findings, below);
  yaml::overlay(under, own);
  return under;
}

}  // namespace

const std::vector<std::string>& operation_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Known& one : known_operations()) names.emplace_back(one.name);
    return names;
  }();
  return kNames;
}

bool LoadedAdapter::ok() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.severity == Finding::Severity::kError; });
}

LoadedAdapter load_adapter(std::string_view yaml, const std::string& file_name, const OpenAdapter& open) {
  LoadedAdapter loaded;
  const Node root = with_parents(yaml, file_name, open, loaded.findings);
  if (loaded.ok() && root.type == Node::Type::kNull) {
    loaded.findings.push_back({Finding::Severity::kError, {file_name, 1, 1}, "", "the file is empty", "begin with a copy of example-rest.yaml, or with 'extends: shopify'"});
  }
  if (!loaded.ok()) return loaded;
  Loader loader(loaded.adapter, loaded.findings);
  loader.own_file_ = file_name;
  loader.adapter_graphql_missing_ = !root.find("graphql");
  loader.load(root);
  std::stable_sort(loaded.findings.begin(), loaded.findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.at.file, a.at.line, a.at.column) < std::tie(b.at.file, b.at.line, b.at.column);
  });
  return loaded;
}

}  // namespace floorwalker::http
