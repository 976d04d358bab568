#include <fmt/format.h>

#include <map>

#include "agent/core/text.h"
#include "evals/report.h"

namespace floorwalker::evals {
namespace {

// Text as XML 1.0 allows it, in element or attribute: without the two code points of the plane that are no characters (section 2.2).
std::string escaped(std::string_view text) {
  const std::string clean = text::sanitise(text);
  std::string out;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const std::string_view three = std::string_view(clean).substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      i += 2;
      continue;
    }
    switch (const char c = clean[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += c;
    }
  }
  return out;
}

double seconds(const CaseRecord& record) {
  std::int64_t micros = 0;
  for (const TurnRecord& turn : record.turns) micros += turn.state.wall_micros;
  return static_cast<double>(micros) / 1e6;
}

std::string failure_text(const CaseRecord& record) {
  std::string out = record.problem.empty() ? "" : record.problem + "\n";
  for (const TurnRecord& turn : record.turns) {
    if (turn.failures.empty()) continue;
    out += fmt::format("shopper: {}\nagent: {}\n", turn.said, turn.state.reply.text);
    for (const Failure& failure : turn.failures) out += fmt::format("{}: expected {}, got {}\n", failure.check, failure.expected, failure.got);
  }
  return out;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string junit_report(const RunRecord& run) {
  std::map<std::string, std::vector<const CaseRecord*>> suites;
  for (const CaseRecord& record : run.cases) suites[record.suite].push_back(&record);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"floorwalker\">\n";
  for (const auto& [name, records] : suites) {
    std::size_t failed = 0, skipped = 0;
    double time = 0;
    std::string cases;
    for (const CaseRecord* record : records) {
      time += seconds(*record);
      const std::string id = record->repeat == 0 ? record->id : fmt::format("{} (repeat {})", record->id, record->repeat + 1);
      cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"", escaped(name), escaped(id), seconds(*record));
      if (record->passed()) {
        cases += "/>\n";
        continue;
      }
      if (!record->failed()) {
        ++skipped;
        cases += fmt::format(">\n      <skipped message=\"known to fail: {}\"/>\n    </testcase>\n", escaped(record->known_failing));
        continue;
      }
      ++failed;
      const std::string text = failure_text(*record);
      cases += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", escaped(first_line(text)), escaped(text));
    }
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.6f}\">\n{}  </testsuite>\n", escaped(name),
                       records.size(), failed, skipped, time, cases);
  }
  return out + "</testsuites>\n";
}

}  // namespace floorwalker::evals
