#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/cli/audit.h"
#include "agent/cli/transcript.h"

// What the verifier benchmarks measure on: recorded conversations and true sentences with their evidence, from the real data sets.
namespace floorwalker::bench {

// A stretch of a reply that people marked.
struct Label {
  std::size_t start = 0, end = 0;  // code points
  std::string type;                // INCORRECT, NOT_CHECKABLE, MISLEADING, OTHER
};

struct LabelledReply {
  cli::Transcript transcript;
  std::vector<Label> labels;
};

// A statement that people found to contradict the results.
struct BadClaim {
  std::string id;
  std::size_t message = 0;
  std::string line;
};

std::vector<LabelledReply> phones(const std::filesystem::path& data);
std::vector<cli::Transcript> service_desk(const std::filesystem::path& data);
std::vector<BadClaim> bad_claims(const std::filesystem::path& data);

// True sentences: each a conversation with one tool result and one reply. `set` is "attributes-to-sentence" or "evidence-to-answer".
std::vector<cli::Transcript> true_sentences(const std::filesystem::path& data, const std::string& set);

// True statements about the products of the demo shop, each conversation about two of them.
std::vector<cli::Transcript> demo_statements();

// A true statement about a product of the demo shop and a false one like it, with the products whose records decide both.
struct Twins {
  std::string kind;              // what was changed: number, product, negation, availability, superlative
  std::string truth, falsehood;
  std::vector<std::string> products;
  const cli::Transcript* lookups = nullptr;   // asks for those products; the statements follow there as replies
};

// Every twin that `statements`, the ones of demo_statements(), have. They refer to them.
std::vector<Twins> demo_twins(const std::vector<cli::Transcript>& statements);

// One conversation about one tool result.
cli::Transcript told_of(std::string id, std::string question, std::string result, std::string reply);

}  // namespace floorwalker::bench
