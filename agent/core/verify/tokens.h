#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/verify/lexicon_data.h"

namespace floorwalker::verify {

// A word of a reply or of evidence.
struct Token {
  std::string folded;
  Concept concept_id = 0;        // 0: neither lexicon nor evidence knows it
  std::uint64_t classes = 0;
  std::size_t start = 0, end = 0;  // bytes
  bool capital = false;          // starts with a capital letter
  bool digits = false;           // holds a digit
  char gap = ' ';                // the strongest mark before it: ' ', ',', ';', ':', '(', ')', '-', '/', '|', '*', '\n', '.'

  bool is(WordClass c) const { return classes & bit(c); }
};

// Words beyond the lexicon, numbered as the evidence brings them.
class ConceptTable {
 public:
  explicit ConceptTable(const LexiconData& lexicon) : lexicon_(&lexicon), next_(static_cast<Concept>(lexicon.classes.size())) {}

  Concept intern(const std::string& folded);       // adds what is new
  Concept find(const std::string& folded) const;   // 0: unknown
  Concept size() const { return next_; }
  const LexiconData& lexicon() const { return *lexicon_; }

 private:
  const LexiconData* lexicon_;
  Concept next_;
  std::unordered_map<std::string, Concept> by_stem_;
  std::unordered_map<std::string, Concept> by_word_;
};

// Cuts a text into tokens; phrases of the lexicon mark all their words. `intern` says whether unknown words get a number.
std::vector<Token> tokenise(std::string_view text, ConceptTable& concepts);
std::vector<Token> tokenise(std::string_view text, const ConceptTable& concepts);

// No-break and thin spaces as ordinary ones, the x of "720x1520" as a slash, byte for byte: offsets stay.
std::string plain_spaces(std::string_view text);

// At most `bytes` of valid UTF-8, cut between code points, with "..." where something went.
std::string shortened(std::string_view text, std::size_t bytes);

// "battery_life", "batteryLife", "Battery Life" as words.
std::vector<Concept> name_words(std::string_view name, ConceptTable& concepts);

}  // namespace floorwalker::verify
