#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/verify/evidence_store.h"
#include "agent/core/verify/lexicon.h"

namespace floorwalker::verify {

struct ReplyState;

// How far a reply has got: what its sentences so far were about. A copyable value; a fresh one starts a reply.
class ReplyContext {
 public:
  ReplyContext();
  ReplyContext(const ReplyContext&);
  ReplyContext(ReplyContext&&) noexcept;
  ReplyContext& operator=(const ReplyContext&);
  ReplyContext& operator=(ReplyContext&&) noexcept;
  ~ReplyContext();

 private:
  friend class Verifier;
  std::unique_ptr<ReplyState> state_;
};

// Finds the checkable claims of a reply and decides each from the evidence alone: deterministic, without a model, in microseconds.
// Immutable, safe for every thread.
class Verifier {
 public:
  explicit Verifier(const Lexicon& lexicon);

  // The claims of a whole reply, ordered by where they start. Offsets count Unicode code points of `reply`.
  std::vector<Claim> verify(std::string_view reply, const EvidenceStore& evidence) const;

  // The claims of the next piece of a reply (as cut by `next_piece`), which `context` carries from piece to piece: pronouns, headings
  // and running totals refer back. Offsets count from the start of the reply. A piece that is not sent must not enter the context: copy
  // the context before, and go back to the copy.
  std::vector<Claim> verify_next(std::string_view piece, const EvidenceStore& evidence, ReplyContext& context) const;

 private:
  Lexicon lexicon_;
};

// Bytes of the first complete piece of `text` with the white space that follows it: a sentence, a line of a list, a row of a table. 0 when
// none is complete yet and more may come (`ended` false). Cuts neither within numbers ("1,299.00"), abbreviations, brackets and links
// nor within a UTF-8 character, and gives the same pieces however the text arrived.
std::size_t next_piece(std::string_view text, bool ended);

}  // namespace floorwalker::verify
