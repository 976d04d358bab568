#include "agent/resources/resources.h"
#include "evals/report.h"

namespace floorwalker::evals {
namespace {

// JSON that may stand inside a script element: "</" would end it.
std::string inline_json(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '<') {
      out += "\\u003c";
    } else {
      out += json[i];
    }
  }
  return out;
}

void put(std::string& page, std::string_view slot, const std::string& text) {
  const std::size_t at = page.find(slot);
  if (at != std::string::npos) page.replace(at, slot.size(), text);
}

}  // namespace

std::string html_report(const RunRecord& run, std::optional<std::string_view> baseline) {
  std::string page(resources::find("evals/report.html").value_or("@RUN@"));
  // The second slot first: nothing in the run can be mistaken for it then.
  put(page, "@BASELINE@", baseline ? inline_json(*baseline) : "null");
  put(page, "@RUN@", inline_json(json_report(run)));
  return page;
}

}  // namespace floorwalker::evals
