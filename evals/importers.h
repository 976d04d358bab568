#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace floorwalker::evals {

// Suites out of other people's files. What comes out is a suite's YAML text, to be read, edited and kept like any other: an import knows
// what was said and done, seldom all that should have been.
//
// JSON comes as lines of objects or as one list of them.
//
//   transcripts   chat-completions messages (as in `audit`), tau-bench trajectories among them: the shopper's words, and the
//                 tools that the recorded agent called in that turn
//   tau-tasks     tau-bench tasks: the reason for the call and what the shopper knows, and the right actions' tools with their arguments
//   webshop       WebShop goals: the instruction, a product shown within the price limit, what the shopper says when asked
//   csv           a table with a column `say` and any of case, playbook, asked, outcome, called, not_called, kinds, first, includes, excludes,
//                 min, max, says_any, never_says, claims; several values are parted by "|", rows of one `case` are its turns
struct ImportOptions {
  std::string format;
  std::string suite = "imported";
  std::string shop = "demo";
  std::string playbook;          // "": none is named
  std::size_t limit = 0;         // cases; 0: all
};

// A file to be imported, unpacked.
struct ImportSource {
  std::string name;
  std::string text;
};

// One suite of all sources. What cannot be read is named with its source and line.
Result<std::string> import_suite(const std::vector<ImportSource>& sources, const ImportOptions& options);

const std::vector<std::string>& import_formats();

}  // namespace floorwalker::evals
