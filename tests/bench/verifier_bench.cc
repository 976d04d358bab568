// verifier_bench: how the claim verifier judges natural replies of language models, true sentences of people, and true replies in which one
// fact was changed; and how fast it is.
//
//   verifier_bench [--data DIR] [--only phones|desk|sentences|planted|twins|speed] [--seed N] [--json]
//
// phones     200 descriptions of phones with human error spans: F1 per reply and recall of spans
// desk       1,079 recorded service-desk conversations: bad statements found, messages flagged, messages with a pointer
// sentences  true human sentences about attributes and free text: false alarms, and sentences with a supported claim
// planted    single facts changed in replies whose claims were all supported, by kind
// twins      true statements about the demo shop lost, and false ones like them leaked, by kind
// speed      processor time in microseconds for a reply of 750 characters, and with building the evidence of a result of 6 kB
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/planted.h"
#include "tests/support/shared_data.h"
#include "tests/support/verifier_data.h"

namespace {

using namespace floorwalker;
using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
  fs::path data;
  std::string only;
  unsigned seed = 1;
  bool json = false;
  bool show = false;
};

struct Tools {
  verify::Lexicon lexicon;
  verify::Verifier verifier;
  std::vector<cli::Content> content;
};

bool bad(const Claim& claim) { return claim.verdict == Verdict::kContradicted || claim.verdict == Verdict::kUnsupported; }

std::vector<Claim> claims_of(const Tools& tools, const cli::Transcript& transcript) {
  const cli::Audit done = cli::audit(transcript, tools.lexicon, tools.verifier, tools.content, {});
  return done.replies.empty() ? std::vector<Claim>{} : done.replies.back().claims;
}

double f1(double right, double extra, double missed) { return right == 0 ? 0 : 2 * right / (2 * right + extra + missed); }

bool overlaps(const Claim& claim, const bench::Label& label) { return claim.start < label.end && label.start < claim.end; }

void show_flags(const std::string& where, const std::string& text, const std::vector<Claim>& claims) {
  for (const Claim& claim : claims) {
    if (!bad(claim)) continue;
    std::cerr << json{{"at", where}, {"verdict", to_string(claim.verdict)}, {"kind", to_string(claim.kind)}, {"claim", claim.text}, {"start", claim.start}, {"why", claim.why}, {"text", text}}.dump() << "\n";
  }
}

json measure_phones(const Options& options, const Tools& tools) {
  double right = 0, extra = 0, missed = 0, any_right = 0, any_extra = 0, any_missed = 0, spans = 0, found = 0, flags = 0;
  for (const bench::LabelledReply& reply : bench::phones(options.data)) {
    const std::vector<Claim> claims = claims_of(tools, reply.transcript);
    if (options.show) show_flags(reply.transcript.id, reply.transcript.messages.back().text, claims);
    const auto contradicted = std::count_if(claims.begin(), claims.end(), [](const Claim& c) { return c.verdict == Verdict::kContradicted; });
    const bool unproven = std::any_of(claims.begin(), claims.end(), [](const Claim& c) { return c.verdict != Verdict::kSupported; });
    bool incorrect = false;
    for (const bench::Label& label : reply.labels) {
      if (label.type != "INCORRECT") continue;
      incorrect = true;
      ++spans;
      found += std::any_of(claims.begin(), claims.end(), [&](const Claim& c) { return c.verdict == Verdict::kContradicted && overlaps(c, label); });
    }
    flags += static_cast<double>(contradicted);
    right += contradicted && incorrect;
    extra += contradicted && !incorrect;
    missed += !contradicted && incorrect;
    any_right += unproven && !reply.labels.empty();
    any_extra += unproven && reply.labels.empty();
    any_missed += !unproven && !reply.labels.empty();
  }
  return {{"contradicted_reply_f1", f1(right, extra, missed)}, {"contradicted_span_recall", spans ? found / spans : 0},
          {"unproven_reply_f1", f1(any_right, any_extra, any_missed)}, {"contradicted_flags", flags}};
}

json measure_desk(const Options& options, const Tools& tools) {
  std::map<std::pair<std::string, std::size_t>, std::vector<Claim>> claims;
  std::map<std::pair<std::string, std::size_t>, std::string> texts;
  for (const cli::Transcript& transcript : bench::service_desk(options.data)) {
    for (cli::AuditedReply& reply : cli::audit(transcript, tools.lexicon, tools.verifier, tools.content, {}).replies) {
      texts[{transcript.id, reply.message}] = transcript.messages[reply.message].text;
      claims[{transcript.id, reply.message}] = std::move(reply.claims);
    }
  }
  const std::vector<bench::BadClaim> wrong = bench::bad_claims(options.data);
  std::size_t found = 0;
  std::map<std::pair<std::string, std::size_t>, bool> known_bad;
  for (const bench::BadClaim& claim : wrong) {
    const std::pair<std::string, std::size_t> key{claim.id, claim.message};
    known_bad[key] = true;
    const auto& made = claims[key];
    const std::size_t at = texts[key].find(claim.line.substr(0, 60));
    const std::size_t end = at == std::string::npos ? std::string::npos : at + claim.line.size();
    const std::size_t from = at == std::string::npos ? 0 : at;
    found += std::any_of(made.begin(), made.end(), [&](const Claim& c) { return bad(c) && c.start < end && from < c.end + 40; });
  }
  std::size_t checkable = 0, flagged = 0, pointed = 0;
  for (const auto& [key, made] : claims) {
    const bool checks = std::any_of(made.begin(), made.end(), [](const Claim& c) { return c.verdict != Verdict::kSubjective; });
    if (!checks) continue;
    ++checkable;
    pointed += std::any_of(made.begin(), made.end(), [](const Claim& c) { return c.verdict == Verdict::kSupported && !c.evidence.empty(); });
    flagged += !known_bad.count(key) && std::any_of(made.begin(), made.end(), bad);
    if (options.show && !known_bad.count(key)) show_flags(key.first + " " + std::to_string(key.second), texts[key], made);
  }
  const double all = std::max<double>(1, static_cast<double>(checkable));
  return {{"bad_claims_found", found}, {"bad_claims", wrong.size()}, {"checkable_messages", checkable},
          {"flagged_beyond_the_list", flagged}, {"flagged_share", static_cast<double>(flagged) / all}, {"with_pointer", static_cast<double>(pointed) / all}};
}

json measure_sentences(const Options& options, const Tools& tools) {
  json result = json::object();
  for (const char* set : {"attributes-to-sentence", "evidence-to-answer"}) {
    std::size_t alarms = 0, supported = 0, all = 0;
    for (const cli::Transcript& transcript : bench::true_sentences(options.data, set)) {
      const std::vector<Claim> claims = claims_of(tools, transcript);
      ++all;
      alarms += std::any_of(claims.begin(), claims.end(), bad);
      supported += std::any_of(claims.begin(), claims.end(), [](const Claim& c) { return c.verdict == Verdict::kSupported; });
      if (options.show) show_flags(transcript.id, transcript.messages.back().text, claims);
    }
    if (all == 0) throw std::runtime_error("no sentences: " + std::string(set));
    result[set] = {{"sentences", all}, {"false_alarms", static_cast<double>(alarms) / static_cast<double>(all)},
                   {"with_support", static_cast<double>(supported) / static_cast<double>(all)}};
  }
  return result;
}

void show_miss(const bench::Planted& planted, const Tools& tools) {
  std::cerr << planted.kind << ": " << planted.text << "\n";
  for (const Claim& claim : claims_of(tools, planted.conversation)) {
    if (planted.text.find(claim.text) == std::string::npos || claim.verdict == Verdict::kSubjective) continue;
    std::cerr << "    " << to_string(claim.kind) << " " << to_string(claim.verdict) << " [" << claim.text << "] " << claim.why << "\n";
  }
}

json measure_planted(const Options& options, const Tools& tools) {
  struct Count {
    std::size_t planted = 0, caught = 0;
  };
  std::map<std::string, Count> counts;
  std::size_t total = 0;
  std::vector<cli::Transcript> sources = bench::service_desk(options.data);
  for (bench::LabelledReply& reply : bench::phones(options.data)) sources.push_back(std::move(reply.transcript));
  for (cli::Transcript& transcript : bench::true_sentences(options.data, "attributes-to-sentence")) sources.push_back(std::move(transcript));
  for (cli::Transcript& transcript : bench::demo_statements()) sources.push_back(std::move(transcript));
  bench::Planter planter(options.seed);
  for (const cli::Transcript& source : sources) {
    for (const bench::Planted& planted : planter.corrupt(source, tools.lexicon, tools.verifier, tools.content)) {
      ++counts[planted.kind].planted;
      counts[planted.kind].caught += planted.caught;
      ++total;
      if (options.show && !planted.caught) show_miss(planted, tools);
    }
  }
  json result = {{"planted", total}};
  for (const auto& [kind, count] : counts) {
    result[kind] = {{"planted", count.planted}, {"caught", static_cast<double>(count.caught) / static_cast<double>(count.planted)}};
  }
  return result;
}

void show_leak(const std::string& statement, const Tools& tools, const verify::EvidenceStore& evidence) {
  std::cerr << "leaked: " << statement << "\n";
  for (const Claim& claim : tools.verifier.verify(statement, evidence)) {
    std::cerr << "    " << to_string(claim.kind) << " " << to_string(claim.verdict) << " [" << claim.text << "] " << claim.why << "\n";
  }
}

// True statements about the demo shop and false ones like them, each alone before the gate.
json measure_twins(const Options& options, const Tools& tools) {
  struct Count {
    std::size_t all = 0, lost = 0, leaked = 0;
  };
  std::map<std::string, Count> counts;
  const std::vector<cli::Transcript> statements = bench::demo_statements();
  for (const bench::Twins& twins : bench::demo_twins(statements)) {
    verify::EvidenceStore evidence(tools.lexicon);
    for (const Message& message : twins.lookups->messages) {
      if (message.role != Role::kAssistant || message.text.empty()) evidence.add(message);
    }
    const auto flagged = [&](const std::string& statement) {
      const std::vector<Claim> claims = tools.verifier.verify(statement, evidence);
      return std::any_of(claims.begin(), claims.end(), bad);
    };
    Count& count = counts[twins.kind];
    ++count.all;
    const bool lost = flagged(twins.truth);
    const bool leaked = !flagged(twins.falsehood);
    count.lost += lost;
    count.leaked += leaked;
    if (options.show && lost) std::cerr << "lost: " << twins.truth << "\n";
    if (options.show && leaked) show_leak(twins.falsehood, tools, evidence);
  }
  json result = json::object();
  for (const auto& [kind, count] : counts) result[kind] = {{"twins", count.all}, {"lost", count.lost}, {"leaked", count.leaked}};
  return result;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

double thread_micros() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Processor time of each reply, the middle of `kRounds` after one round that warms up: the machine may be busy with other things.
json measure_speed(const Options& options, const Tools& tools) {
  constexpr std::size_t kRounds = 5;
  std::vector<double> verify_only, with_evidence, per_kilobyte;
  for (const bench::LabelledReply& reply : bench::phones(options.data)) {
    const Message& said = reply.transcript.messages.back();
    std::vector<double> building, verifying;
    double bytes = 0;
    for (std::size_t round = 0; round <= kRounds; ++round) {
      const double begin = thread_micros();
      verify::EvidenceStore evidence(tools.lexicon);
      for (const Message& message : reply.transcript.messages) {
        if (&message != &said) evidence.add(message);
      }
      const double built = thread_micros();
      (void)tools.verifier.verify(said.text, evidence);
      const double done = thread_micros();
      if (round == 0) continue;
      building.push_back(built - begin);
      verifying.push_back(done - built);
    }
    for (const Message& message : reply.transcript.messages) bytes += static_cast<double>(message.result.content.size());
    const double scale = 750.0 / std::max<double>(1, static_cast<double>(said.text.size()));
    const double built = percentile(building, 0.5);
    const double verified = percentile(verifying, 0.5);
    verify_only.push_back(verified * scale);
    with_evidence.push_back(built * 6144 / std::max(1.0, bytes) + verified * scale);
    per_kilobyte.push_back(built * 1024 / std::max(1.0, bytes));
  }
  return {{"verify_p50_us", percentile(verify_only, 0.5)}, {"verify_p99_us", percentile(verify_only, 0.99)},
          {"with_evidence_of_6kb_p50_us", percentile(with_evidence, 0.5)}, {"with_evidence_of_6kb_p99_us", percentile(with_evidence, 0.99)},
          {"evidence_us_per_kb", percentile(per_kilobyte, 0.5)}};
}

Options read_options(int argc, char** argv) {
  Options options;
  if (const auto found = test::shared_data()) options.data = *found;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json") options.json = true;
    else if (word == "--show") options.show = true;
    else if (i + 1 == argc) throw std::runtime_error("what is " + word + "?");
    else if (word == "--data") options.data = argv[++i];
    else if (word == "--only") options.only = argv[++i];
    else if (word == "--seed") options.seed = static_cast<unsigned>(std::stoul(argv[++i]));
    else throw std::runtime_error("unknown option " + word);
  }
  if (options.data.empty()) throw std::runtime_error("no data: name it with --data");
  return options;
}

std::vector<cli::Content> policy(const fs::path& data) {
  std::ifstream in(data / "tau-retail" / "policy.md");
  std::ostringstream text;
  text << in.rdbuf();
  return {{"policy", text.str()}};
}

int run(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  const auto lexicon = cli::load_lexicon("en");
  if (!lexicon) throw std::runtime_error(lexicon.error().message);
  Tools tools{*lexicon, verify::Verifier(*lexicon), {}};
  Tools desk{*lexicon, verify::Verifier(*lexicon), policy(options.data)};
  json report = json::object();
  const auto wanted = [&](const char* part) { return options.only.empty() || options.only == part; };
  if (wanted("phones")) report["phones"] = measure_phones(options, tools);
  if (wanted("desk")) report["desk"] = measure_desk(options, desk);
  if (wanted("sentences")) report["sentences"] = measure_sentences(options, tools);
  if (wanted("planted")) report["planted"] = measure_planted(options, desk);
  if (wanted("twins")) report["twins"] = measure_twins(options, tools);
  if (wanted("speed")) report["speed"] = measure_speed(options, tools);
  std::cout << report.dump(options.json ? -1 : 2) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "verifier_bench: " << error.what() << "\n";
    return 1;
  }
}
