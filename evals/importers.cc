#include "evals/importers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace floorwalker::evals {
namespace {

using nlohmann::json;

// A text as YAML, quoted so that nothing in it counts: JSON strings are YAML strings.
std::string quoted(const std::string& text) { return json(text).dump(-1, ' ', false, json::error_handler_t::replace); }

std::string list(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(quoted(text));
  return fmt::format("[{}]", fmt::join(parts, ", "));
}

struct ImportedTurn {
  std::string say;
  std::vector<std::string> expect;   // "called: [...]"
};

struct ImportedCase {
  std::string id;
  std::string playbook;
  std::vector<ImportedTurn> turns;
};

std::string written(const std::vector<ImportedCase>& cases, const ImportOptions& options) {
  std::string out = fmt::format("suite: {}\ndescription: {}\nshop: {}\n", quoted(options.suite), quoted("Imported from " + options.format + "."), quoted(options.shop));
  if (!options.playbook.empty()) out += "playbook: " + quoted(options.playbook) + "\n";
  out += "cases:\n";
  for (const ImportedCase& one : cases) {
    out += fmt::format("  - id: {}\n    tags: [imported]\n", quoted(one.id));
    if (!one.playbook.empty()) out += "    playbook: " + quoted(one.playbook) + "\n";
    out += "    turns:\n";
    for (const ImportedTurn& turn : one.turns) {
      out += "      - say: " + quoted(turn.say) + "\n";
      if (!turn.expect.empty()) out += fmt::format("        expect: {{{}}}\n", fmt::join(turn.expect, ", "));
    }
  }
  return out;
}

// ---- lines of JSON

std::string text_at(const json& value, const char* key) {
  const auto found = value.find(key);
  if (found == value.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->is_null() ? "" : found->dump();
}

// Adds the tools that were called to the last turn, each once.
void note_calls(const json& message, std::vector<std::string>& called) {
  const auto calls = message.find("tool_calls");
  if (calls == message.end() || !calls->is_array()) return;
  for (const json& call : *calls) {
    const std::string name = call.contains("function") ? text_at(call["function"], "name") : "";
    if (!name.empty() && std::find(called.begin(), called.end(), name) == called.end()) called.push_back(name);
  }
}

// What a row makes; a text says why it makes nothing.
using FromRow = Result<ImportedCase> (*)(const json&, std::size_t);

Result<ImportedCase> from_transcript(const json& row, std::size_t number) {
  ImportedCase one;
  one.id = text_at(row, "id").empty() ? fmt::format("conversation-{}", number) : text_at(row, "id");
  std::vector<std::string> called;
  const auto close = [&] {
    if (one.turns.empty()) return;
    one.turns.back().expect.push_back("outcome: [answered, asked, refused, handed_off]");
    if (!called.empty()) one.turns.back().expect.push_back("called: " + list(called));
    called.clear();
  };
  const json& messages = row.contains("messages") ? row["messages"] : row.contains("traj") ? row["traj"] : json::array();
  for (const json& message : messages) {
    if (text_at(message, "role") == "user") {
      close();
      const std::string said = text_at(message, "content");
      if (said.find("###STOP###") != std::string::npos) break;
      if (!said.empty()) one.turns.push_back({said, {}});
    } else {
      note_calls(message, called);
    }
  }
  if (!one.turns.empty() && one.turns.back().expect.empty()) close();
  return one;
}

// A right action, its arguments as far as they are texts, numbers, truth values, or lists of them.
std::string call_with(const std::string& tool, const json& arguments) {
  const auto scalar = [](const json& value) { return value.is_string() || value.is_number() || value.is_boolean(); };
  const auto text = [](const json& value) { return quoted(value.is_string() ? value.get<std::string>() : value.dump()); };
  std::vector<std::string> with;
  for (const auto& [name, value] : arguments.items()) {
    std::vector<std::string> items;
    for (const json& item : value.is_array() ? value : json::array()) {
      if (scalar(item)) items.push_back(text(item));
    }
    if (scalar(value)) with.push_back(quoted(name) + ": " + text(value));
    else if (value.is_array() && items.size() == value.size()) with.push_back(quoted(name) + fmt::format(": [{}]", fmt::join(items, ", ")));
  }
  return fmt::format("{{tool: {}, with: {{{}}}}}", quoted(tool), fmt::join(with, ", "));
}

Result<ImportedCase> from_tau_task(const json& row, std::size_t number) {
  ImportedCase one;
  one.id = "task-" + (text_at(row, "id").empty() ? std::to_string(number) : text_at(row, "id"));
  std::string said = text_at(row, "instruction");
  if (row.contains("user_scenario") && row["user_scenario"].contains("instructions")) {
    const json& told = row["user_scenario"]["instructions"];
    said = text_at(told, "reason_for_call") + " " + text_at(told, "known_info");
  }
  const json& actions = row.contains("evaluation_criteria") ? row["evaluation_criteria"].value("actions", json::array()) : row.value("actions", json::array());
  std::vector<std::string> called, calls;
  for (const json& action : actions) {
    const std::string name = text_at(action, "name");
    if (name.empty()) continue;
    if (std::find(called.begin(), called.end(), name) == called.end()) called.push_back(name);
    const json arguments = action.contains("arguments") ? action["arguments"] : action.contains("kwargs") ? action["kwargs"] : json();
    if (arguments.is_object() && !arguments.empty()) calls.push_back(call_with(name, arguments));
  }
  if (said.find_first_not_of(" \t\n") == std::string::npos) return fail(ErrorKind::kMalformed, "the task does not say what the shopper wants");
  one.turns.push_back({said, {"outcome: [answered, asked, refused, handed_off]"}});
  if (!called.empty()) one.turns.back().expect.push_back("called: " + list(called));
  if (!calls.empty()) one.turns.back().expect.push_back(fmt::format("calls: [{}]", fmt::join(calls, ", ")));
  return one;
}

// A goal is bought when the product lies in the cart in the options wanted; what the agent shows on the way stays within the price.
Result<ImportedCase> from_webshop_goal(const json& row, std::size_t number) {
  ImportedCase one;
  one.id = "goal-" + (text_at(row, "id").empty() ? std::to_string(number) : text_at(row, "id"));
  std::string said = text_at(row, "say");
  if (said.empty()) said = text_at(row, "instruction_text");
  if (said.find_first_not_of(" \t\n") == std::string::npos) return fail(ErrorKind::kMalformed, "the goal does not say what the shopper wants (say, or instruction_text)");
  const std::string limit = text_at(row, "price_upper");
  one.turns.push_back({said, {limit.empty() ? "shown: {min: 1}" : "shown: {min: 1, each: {price: {max: " + quoted(limit + " USD") + "}}}"}});
  const std::string product = text_at(row, "product").empty() ? text_at(row, "asin") : text_at(row, "product");
  if (product.empty()) return one;
  std::vector<std::string> options;
  const json wanted = row.contains("options") && row["options"].is_object() ? row["options"] : json::object();
  for (const auto& [name, value] : wanted.items()) {
    options.push_back(quoted(name) + ": " + quoted(value.is_string() ? value.get<std::string>() : value.dump()));
  }
  one.turns.push_back({"add it", {fmt::format("cart: [{{product: {}, options: {{{}}}}}]", quoted(product), fmt::join(options, ", "))}});
  return one;
}

// Adds what a row makes. `number` counts lines, or the items of a list.
Result<void> add(const json& row, const std::string& where, std::size_t number, FromRow make, std::vector<ImportedCase>& cases) {
  if (!row.is_object()) return fail(ErrorKind::kMalformed, fmt::format("{} {} is no JSON object", where, number));
  auto one = make(row, number);
  if (!one) return fail(ErrorKind::kMalformed, fmt::format("{} {}: {}", where, number, one.error().message));
  if (!one->turns.empty()) cases.push_back(std::move(*one));
  return {};
}

Result<std::vector<ImportedCase>> from_list(const json& rows, FromRow make) {
  std::vector<ImportedCase> cases;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (auto added = add(rows[i], "item", i + 1, make, cases); !added) return fail(added.error());
  }
  return cases;
}

Result<std::vector<ImportedCase>> from_lines(std::string_view text, FromRow make) {
  std::vector<ImportedCase> cases;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (auto added = add(json::parse(line, nullptr, false), "line", number, make, cases); !added) return fail(added.error());
  }
  return cases;
}

// Objects line by line, or one list of them.
Result<std::vector<ImportedCase>> from_json(std::string_view text, FromRow make) {
  try {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '[') return from_lines(text, make);
    const json rows = json::parse(text, nullptr, false);
    if (!rows.is_array()) return fail(ErrorKind::kMalformed, "it begins like a list of JSON and is none");
    return from_list(rows, make);
  } catch (const json::exception& error) {   // a member of another type than the format has
    return fail(ErrorKind::kMalformed, "it is not of this format", error.what());
  }
}

// ---- CSV

// RFC 4180: fields may be quoted, and hold line ends and doubled quotes then.
std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += '"';
      ++i;
    } else if (c == '"') {
      inside = !inside;
    } else if (c == ',' && !inside) {
      rows.back().emplace_back();
    } else if (c == '\n' && !inside) {
      rows.emplace_back(1);
    } else if (c != '\r' || inside) {
      rows.back().back() += c;
    }
  }
  std::erase_if(rows, [](const std::vector<std::string>& row) { return row.size() == 1 && row[0].empty(); });
  return rows;
}

std::vector<std::string> parted(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '|') parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

// What one row expects. Columns of what is shown come together under one key.
std::vector<std::string> expectations(const std::map<std::string, std::string>& row) {
  static const std::set<std::string> kShown{"kinds", "first", "includes", "excludes"}, kNumbers{"min", "max"},
      kPlain{"asked", "outcome", "called", "not_called", "says_any", "never_says"};
  std::vector<std::string> expect, shown;
  for (const auto& [name, value] : row) {
    if (value.empty()) continue;
    if (kShown.count(name) > 0) shown.push_back(name + ": " + list(parted(value)));
    if (kNumbers.count(name) > 0) shown.push_back(name + ": " + value);
    if (kPlain.count(name) > 0) expect.push_back(name + ": " + list(parted(value)));
    if (name == "claims") expect.push_back("claims: {including: " + list(parted(value)) + "}");
  }
  if (!shown.empty()) expect.push_back(fmt::format("shown: {{{}}}", fmt::join(shown, ", ")));
  return expect;
}

Result<std::vector<ImportedCase>> from_csv(std::string_view text) {
  static const std::set<std::string> kKnown{"say",   "case", "playbook", "asked", "outcome",  "called",     "not_called", "kinds",
                                            "first", "min",  "max",      "includes", "excludes", "says_any", "never_says", "claims"};
  const auto rows = csv_rows(text);
  if (rows.empty()) return fail(ErrorKind::kMalformed, "the table is empty");
  for (const std::string& name : rows[0]) {
    if (kKnown.count(name) == 0) return fail(ErrorKind::kMalformed, "unknown column '" + name + "'");
  }
  std::vector<ImportedCase> cases;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() != rows[0].size()) return fail(ErrorKind::kMalformed, fmt::format("row {} has {} fields, the first has {}", i + 1, rows[i].size(), rows[0].size()));
    std::map<std::string, std::string> row;
    for (std::size_t k = 0; k < rows[0].size(); ++k) row[rows[0][k]] = rows[i][k];
    const std::string id = row["case"].empty() ? fmt::format("row-{}", i + 1) : row["case"];
    if (cases.empty() || cases.back().id != id) cases.push_back({id, row["playbook"], {}});
    cases.back().turns.push_back({row["say"], expectations(row)});
  }
  return cases;
}

}  // namespace

const std::vector<std::string>& import_formats() {
  static const std::vector<std::string> kFormats{"transcripts", "tau-tasks", "webshop", "csv"};
  return kFormats;
}

Result<std::string> import_suite(const std::vector<ImportSource>& sources, const ImportOptions& options) {
  static const std::map<std::string, FromRow> kOfRows{{"transcripts", from_transcript}, {"tau-tasks", from_tau_task}, {"webshop", from_webshop_goal}};
  const auto of_rows = kOfRows.find(options.format);
  if (of_rows == kOfRows.end() && options.format != "csv") {
    return fail(ErrorKind::kInvalidArgument, fmt::format("unknown format '{}': use one of {}", options.format, fmt::join(import_formats(), ", ")));
  }
  std::vector<ImportedCase> cases;
  for (const ImportSource& source : sources) {
    auto read = of_rows == kOfRows.end() ? from_csv(source.text) : from_json(source.text, of_rows->second);
    if (!read) return fail(ErrorKind::kMalformed, source.name + ": " + read.error().message, read.error().detail);
    cases.insert(cases.end(), std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
  }
  if (options.limit > 0 && cases.size() > options.limit) cases.resize(options.limit);
  return written(cases, options);
}

}  // namespace floorwalker::evals
