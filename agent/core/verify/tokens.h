#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/verify/flat.h"
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
  struct Known {
    Concept id = 0;
    std::uint64_t classes = 0;
  };
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;

  explicit ConceptTable(const LexiconData& lexicon) : lexicon_(&lexicon), next_(static_cast<Concept>(lexicon.classes.size())) {}

  Known intern(std::string_view folded);       // adds what is new
  Known find(std::string_view folded) const;   // id 0: unknown
  const LexiconData& lexicon() const { return *lexicon_; }

  // A small number for each concept that the evidence has, from 0; kNoSlot for others.
  std::uint32_t slot(Concept id) const { return id < slots_.size() ? slots_[id] : kNoSlot; }

 private:
  const LexiconData* lexicon_;
  Concept next_;
  std::uint32_t next_slot_ = 0;
  WordTable<Concept> by_stem_;
  WordTable<Known> by_word_;
  std::vector<std::uint32_t> slots_;

  void give_slot(Concept id);
};

// Cuts a text into tokens: of evidence, whose unknown words get a number, or of a reply, where phrases of the lexicon mark all their words.
void tokenise(std::string_view text, ConceptTable& concepts, std::vector<Token>& tokens);
std::vector<Token> tokenise(std::string_view text, const ConceptTable& concepts);

// No-break and thin spaces as ordinary ones, the x of "720x1520" as a slash, byte for byte: offsets stay.
std::string plain_spaces(std::string_view text);

// At most `bytes` of valid UTF-8, cut between code points, with "..." where something went.
std::string shortened(std::string_view text, std::size_t bytes);

// "battery_life", "batteryLife", "Battery Life" as words.
std::vector<Concept> name_words(std::string_view name, ConceptTable& concepts);

}  // namespace floorwalker::verify
