#include "agent/cli/eval_suites.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace floorwalker::cli {

namespace fs = std::filesystem;

namespace {

// The suite files that the arguments name; of a folder all of them, by name.
Result<std::vector<fs::path>> suite_files(const std::vector<std::string>& named) {
  std::vector<fs::path> files;
  for (const std::string& one : named) {
    if (!fs::is_directory(one)) {
      files.emplace_back(one);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(one)) {
      if (entry.path().extension() == ".yaml") found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    if (found.empty()) return fail(ErrorKind::kInvalidArgument, "There are no suites (*.yaml) in " + one + ".");
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

// Sessions, metrics and recordings are known by the names of suites: of two with one name, the second would go on with the first's carts.
Finding two_of_one_name(const evals::Suite& one, const evals::Suite& other) {
  const std::string message = one.file == other.file ? "this suite was named twice" : "another suite of this run is called '" + other.name + "', too: " + one.file;
  return {Finding::Severity::kError, other.at, "suite", message, one.file == other.file ? "to play its cases several times, use --repeat" : "rename one, or run them apart"};
}

}  // namespace

Result<std::string> file_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorKind::kIo, file.string() + " cannot be read.");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<std::vector<evals::Suite>> load_suites(const std::vector<std::string>& named) {
  auto files = suite_files(named);
  if (!files) return fail(files.error());
  std::vector<evals::Suite> suites;
  std::string mistakes;
  for (const fs::path& file : *files) {
    auto text = file_text(file);
    if (!text) return fail(text.error());
    evals::LoadedSuite loaded = evals::load_suite(*text, file.string());
    for (const Finding& finding : loaded.findings) mistakes += "\n  " + evals::located(finding);
    const auto same = std::find_if(suites.begin(), suites.end(), [&](const evals::Suite& one) { return one.name == loaded.suite.name; });
    if (same != suites.end()) mistakes += "\n  " + evals::located(two_of_one_name(*same, loaded.suite));
    suites.push_back(std::move(loaded.suite));
  }
  if (!mistakes.empty()) return fail(ErrorKind::kInvalidArgument, "The suites have mistakes:" + mistakes);
  return suites;
}

}  // namespace floorwalker::cli
