#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evals/harness.h"
#include "evals/metrics.h"

namespace floorwalker::evals {

enum class Colour { kNever, kAlways };

// For a terminal: a line for each suite, then every failed case with what was expected, what came, and the conversation up to there.
std::string terminal_report(const RunRecord& run, Colour colour);

// Everything, one JSON document. Times are in members called "wall_micros", "cpu_micros" and "times" only, so that two runs compare
// without them.
std::string json_report(const RunRecord& run);

// JUnit XML as CI servers read it: a testsuite for each suite, a testcase for each case and repeat.
std::string junit_report(const RunRecord& run);

// One page that needs nothing but itself: filter, conversations with claims coloured and their evidence on click, and the comparison
// with another run (`baseline`: a document of json_report).
std::string html_report(const RunRecord& run, std::optional<std::string_view> baseline);

// What the cases of a document of json_report came to: for a comparison with the present run.
Result<std::vector<CaseShares>> cases_of_report(std::string_view json);

}  // namespace floorwalker::evals
