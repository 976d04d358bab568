#include "tools/search/ranking.h"

#include <algorithm>
#include <bit>

namespace floorwalker::search {
namespace {

// What a product is worth beside its words, as shares of the query's whole weight. One setting for every catalogue, chosen while looking
// at all rated queries: tests/bench/search_quality_bench --fold tells how settings found on one half do on the other.
constexpr float kOfTheNoun = 0.10f;   // its noun is the query's head
constexpr float kOfTheKind = 0.14f;   // and the whole name of the kind fits
constexpr float kOfTheBrand = 0.10f;  // it is of a brand that the query names

// Words beside the kind that a request may have and still mean each of them.
constexpr std::size_t kMostMeant = 3;

// Sums of one query, one slot for each product. Reused by a thread from query to query.
struct Sums {
  struct Slot {
    float score = 0;
    float last = 0;                 // what the concept being added gave so far
    std::uint32_t adding = kNone;   // that concept
    std::uint32_t mask = 0;         // concepts found
    std::uint8_t zones = 0;
    bool touched = false;
  };
  std::vector<Slot> slots;
  std::vector<std::uint32_t> touched;

  void start(std::size_t docs) {
    if (slots.size() != docs) {
      slots.assign(docs, {});
    } else {
      for (const std::uint32_t doc : touched) slots[doc] = {};
    }
    touched.clear();
  }

  Slot& touch(std::uint32_t doc) {
    Slot& slot = slots[doc];
    if (!slot.touched) touched.push_back(doc), slot.touched = true;
    return slot;
  }

  // Of several ways to have one concept the best counts.
  void add(std::uint32_t doc, std::uint32_t number, float value, std::uint8_t in_zones) {
    Slot& slot = touch(doc);
    if (slot.adding != number) slot.adding = number, slot.last = 0;
    if (value > slot.last) {
      slot.score += value - slot.last;
      slot.last = value;
    }
    slot.mask |= 1u << number;
    slot.zones |= in_zones;
  }
};

void add_alternative(const IndexData& data, const Alternative& alternative, std::uint32_t number, float idf, Sums& sums) {
  const float scale = idf * alternative.weight / 255.0f;
  if (alternative.terms.size() == 1) {
    PostingReader reader = data.postings_of(alternative.terms[0]);
    for (Posting posting; reader.next(posting);) sums.add(posting.doc, number, scale * posting.impact, posting.zones);
    return;
  }
  // All of several words: walk the lists together.
  std::vector<PostingReader> readers;
  std::vector<Posting> heads(alternative.terms.size());
  for (const std::uint32_t term : alternative.terms) readers.push_back(data.postings_of(term));
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (!readers[i].next(heads[i])) return;
  }
  while (true) {
    std::uint32_t furthest = 0;
    for (const Posting& head : heads) furthest = std::max(furthest, head.doc);
    bool all = true;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      while (heads[i].doc < furthest) {
        if (!readers[i].next(heads[i])) return;
      }
      all = all && heads[i].doc == furthest;
    }
    if (!all) continue;
    std::uint8_t impact = 255, zones = 0xFF;
    for (const Posting& head : heads) impact = std::min(impact, head.impact), zones &= head.zones;
    if (zones != 0) sums.add(furthest, number, scale * impact, zones);
    if (!readers[0].next(heads[0])) return;
  }
}

// Adjusts a product's score by what it is and how much of the query it meets.
class Refiner {
 public:
  Refiner(const Lexicon& lexicon, const Query& query) : lexicon_(lexicon), data_(lexicon.data()), query_(query) {
    for (const Concept& one : query.concepts) whole_ += one.idf;
    for (std::uint32_t kind = 0; kind < data_.kind_count(); ++kind) worth_.push_back(worth_of(kind));
  }

  float refined(const Sums::Slot& slot, std::uint32_t doc) const {
    if (whole_ <= 0) return slot.score;
    float had = 0;
    for (std::size_t i = 0; i < query_.concepts.size(); ++i) {
      if (slot.mask >> i & 1) had += query_.concepts[i].idf;
    }
    return slot.score * had / whole_ + whole_ * (nature(doc) + brand(doc));
  }

 private:
  // What being of the kind is worth: for its noun, as surely as the query says it so (joined, split, synonym), and for the whole name.
  float worth_of(std::uint32_t kind) const {
    float noun = 0;
    const auto terms = data_.terms_of_kind(kind);
    if (query_.head != kNone && !terms.empty()) {
      for (const Alternative& alternative : query_.concepts[query_.head].alternatives) {
        const bool same = alternative.weight > 0.6f && !alternative.terms.empty() && alternative.terms.back() == terms.back();
        if (same) noun = std::max(noun, alternative.weight);
      }
    }
    const bool whole_name = std::binary_search(query_.scope.kinds.begin(), query_.scope.kinds.end(), kind);
    return kOfTheNoun * noun + (whole_name ? kOfTheKind : 0);
  }

  float nature(std::uint32_t doc) const {
    float best = 0;
    for (const std::uint32_t kind : data_.kinds_of(doc)) best = std::max(best, worth_[kind]);
    if (best < kOfTheKind && !query_.scope.categories.empty() && lexicon_.contains(query_.scope, doc)) best += kOfTheKind;
    return best;
  }

  // A product of the brand comes before one that is made for the brand's products.
  float brand(std::uint32_t doc) const {
    const std::uint32_t own = data_.docs[doc].brand;
    return own != kNone && std::find(query_.brands.begin(), query_.brands.end(), own) != query_.brands.end() ? kOfTheBrand : 0;
  }

  const Lexicon& lexicon_;
  const IndexData& data_;
  const Query& query_;
  std::vector<float> worth_;  // of each kind
  float whole_ = 0;
};

bool better(const Match& a, const Match& b) { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }

// Everything of the kind belongs to the result even where its words differ ("notebook" for "laptop").
void add_kind_members(const Lexicon& lexicon, const Query& query, Sums& sums) {
  for (const std::uint32_t doc : lexicon.docs_of(query.scope)) sums.touch(doc);
}

}  // namespace

std::vector<Match> rank_matches(const Lexicon& lexicon, const Query& query) {
  const IndexData& data = lexicon.data();
  thread_local Sums sums;
  sums.start(data.doc_count());
  for (std::uint32_t i = 0; i < query.concepts.size(); ++i) {
    for (const Alternative& alternative : query.concepts[i].alternatives) add_alternative(data, alternative, i, query.concepts[i].idf, sums);
  }
  add_kind_members(lexicon, query, sums);
  const Refiner refiner(lexicon, query);
  std::vector<Match> matches;
  matches.reserve(sums.touched.size());
  for (const std::uint32_t doc : sums.touched) {
    const Sums::Slot& slot = sums.slots[doc];
    matches.push_back({doc, refiner.refined(slot, doc), slot.mask, slot.zones});
  }
  return matches;
}

void best_first(std::vector<Match>& matches, std::size_t top) {
  if (matches.size() > top) {
    std::nth_element(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(top), matches.end(), better);
    std::sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(top), better);
  } else {
    std::sort(matches.begin(), matches.end(), better);
  }
}

std::vector<Match> strict_matches(const Lexicon& lexicon, const Query& query, const std::vector<Match>& matches) {
  // How much of the query beside the kind's name a product has, by weight.
  const auto rest = [&](const Match& match) {
    float sum = 0;
    for (std::size_t i = 0; i < query.concepts.size(); ++i) {
      if (!query.concepts[i].in_head && (match.concepts >> i & 1)) sum += query.concepts[i].idf;
    }
    return sum;
  };
  float whole = 0;
  std::size_t others = 0;
  for (const Concept& one : query.concepts) {
    if (one.in_head) continue;
    whole += one.idf;
    ++others;
  }
  // Where the shop does not say what its products are, a whole description finds more than the name of a kind that stands in it.
  const bool description = others > kMostMeant;
  const bool by_kind = !query.scope.empty() && (!description || lexicon.names_its_kinds());
  std::vector<Match> members;
  float best = 0;
  for (const Match& match : matches) {
    if (by_kind && !lexicon.contains(query.scope, match.doc)) continue;
    members.push_back(match);
    best = std::max(best, rest(match));
  }
  // A few words beside the kind ("wireless mouse") are meant, if any product has them all; a whole description only orders.
  const bool meant = !description && best > 0.999f * whole;
  const float needed = !by_kind ? (description ? 0.5f : 0.7f) * best : meant ? 0.7f * best : 0;
  std::erase_if(members, [&](const Match& match) { return rest(match) < needed && (by_kind || !lexicon.contains(query.scope, match.doc)); });
  return members;
}

}  // namespace floorwalker::search
