#include "tools/search/ranking.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <optional>
#include <span>

namespace floorwalker::search {
namespace {

// What a product is worth beside its words, as shares of the query's whole weight. One setting for every catalogue, chosen while looking
// at all rated queries: tests/bench/search_quality_bench --fold tells how settings found on one half do on the other.
constexpr float kOfTheNoun = 0.10f;   // its noun is the query's head
constexpr float kOfTheKind = 0.14f;   // and the whole name of the kind fits
constexpr float kOfTheBrand = 0.10f;  // it is of a brand that the query names

// Words beside the kind that a request may have and still mean each of them.
constexpr std::size_t kMostMeant = 3;

// A query is summed up for so many products at a time: their sums stay in the processor's cache, however large the catalogue.
constexpr std::uint32_t kBlock = 8192;

// A set of products of the block at hand, by their place in it.
class BlockSet {
 public:
  void clear() { words_.fill(0); }
  bool has(std::uint32_t at) const { return words_[at / 64] >> (at % 64) & 1; }
  void add(std::uint32_t at) { words_[at / 64] |= std::uint64_t{1} << (at % 64); }
  void keep(const BlockSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }

  // Ascending.
  template <typename Visit>
  void each(Visit&& visit) const {
    for (std::uint32_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t left = words_[i]; left != 0; left &= left - 1) visit(64 * i + static_cast<std::uint32_t>(std::countr_zero(left)));
    }
  }

 private:
  std::array<std::uint64_t, kBlock / 64> words_{};
};

// An ascending list of products, read block by block.
struct DocList {
  std::span<const std::uint32_t> left;

  template <typename Visit>
  void until(std::uint32_t end, Visit&& visit) {
    std::size_t read = 0;
    for (; read < left.size() && left[read] < end; ++read) visit(left[read]);
    left = left.subspan(read);
  }
};

// The products of a scope, read block by block.
class ScopeReader {
 public:
  ScopeReader(const Lexicon& lexicon, const Scope& scope) {
    for (const auto& list : lexicon.kind_lists(scope)) kinds_.push_back({list});
    for (const auto& list : lexicon.category_lists(scope)) categories_.push_back({list});
  }

  void read(std::uint32_t begin, std::uint32_t end) {
    in_categories_.clear();
    for (DocList& list : categories_) list.until(end, [&](std::uint32_t doc) { in_categories_.add(doc - begin); });
    all_ = in_categories_;
    for (DocList& list : kinds_) list.until(end, [&](std::uint32_t doc) { all_.add(doc - begin); });
  }

  const BlockSet& all() const { return all_; }
  const BlockSet& in_categories() const { return in_categories_; }

 private:
  std::vector<DocList> kinds_, categories_;
  BlockSet all_, in_categories_;
};

// The postings of one way to have a concept: of its word, or of products that have all its words.
class Postings {
 public:
  Postings(const IndexData& data, const Alternative& alternative) {
    for (const std::uint32_t term : alternative.terms) readers_.push_back(data.postings_of(term));
    heads_.resize(readers_.size());
    for (std::size_t i = 0; i < readers_.size(); ++i) more_ = readers_[i].next(heads_[i]) && more_;
    if (readers_.empty()) more_ = false;
    else if (readers_.size() > 1 && more_) meet();
    else if (more_) head_ = heads_[0];
  }

  template <typename Visit>
  void until(std::uint32_t end, Visit&& visit) {
    if (readers_.size() == 1) {
      PostingReader reader = readers_[0];
      Posting head = head_;
      bool more = more_;
      while (more && head.doc < end) visit(head), more = reader.next(head);
      readers_[0] = reader, head_ = head, more_ = more;
      return;
    }
    while (more_ && head_.doc < end) {
      visit(head_);
      more_ = readers_[0].next(heads_[0]);
      if (more_) meet();
    }
  }

 private:
  // Goes on to the next product that all lists have, in some zone in common.
  void meet() {
    while (true) {
      std::uint32_t furthest = 0;
      for (const Posting& head : heads_) furthest = std::max(furthest, head.doc);
      bool all = true;
      for (std::size_t i = 0; i < readers_.size(); ++i) {
        while (heads_[i].doc < furthest) {
          if (more_ = readers_[i].next(heads_[i]); !more_) return;
        }
        all = all && heads_[i].doc == furthest;
      }
      if (!all) continue;
      head_ = {furthest, 0xFF, 255};
      for (const Posting& head : heads_) head_.impact = std::min(head_.impact, head.impact), head_.zones &= head.zones;
      if (head_.zones != 0) return;
      if (more_ = readers_[0].next(heads_[0]); !more_) return;
    }
  }

  std::vector<PostingReader> readers_;
  std::vector<Posting> heads_;  // of each reader
  Posting head_;                // the next to visit, if there are more
  bool more_ = true;
};

// What the concepts of a mask weigh together; each mask is added up once.
class MaskWeights {
 public:
  template <typename Counts>
  MaskWeights(const std::vector<Concept>& concepts, Counts&& counts) {
    for (const Concept& one : concepts) weights_.push_back(counts(one) ? one.idf : 0);
    known_.assign(std::size_t{1} << std::min<std::size_t>(concepts.size(), 10), -1);
  }

  float of(std::uint32_t mask) {
    if (mask >= known_.size()) return sum(mask);
    if (known_[mask] < 0) known_[mask] = sum(mask);
    return known_[mask];
  }

 private:
  float sum(std::uint32_t mask) const {
    float weight = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (mask >> i & 1) weight += weights_[i];
    }
    return weight;
  }

  std::vector<float> weights_;
  std::vector<float> known_;  // by mask; negative: not added up yet
};

bool better(const Match& a, const Match& b) { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }

// Which products a ranking takes in: all that the query touches, or those of the kind that it names.
enum class Take { kAnyTouched, kMembers };

// Goes through the catalogue block by block and gives each product that the query touches, ascending, with its score.
class Ranking {
 public:
  Ranking(const Lexicon& lexicon, const Query& query, Take take, const Scope* within)
      : data_(lexicon.data()), query_(query), take_(take), kind_(lexicon, query.scope), had_(query.concepts, [](const Concept&) { return true; }), slots_(slots_of_thread()) {
    if (within) within_.emplace(lexicon, *within);
    for (std::uint32_t i = 0; i < query.concepts.size(); ++i) {
      whole_ += query.concepts[i].idf;
      for (const Alternative& one : query.concepts[i].alternatives) ways_.push_back({Postings(data_, one), i, query.concepts[i].idf * one.weight / 255.0f});
    }
    for (const std::uint32_t kind : lexicon.kinds_called_alike(query_.scope, head_terms())) {
      if (const float worth = worth_of(kind); worth > 0) natures_.push_back({{data_.docs_of_kind(kind)}, worth});
    }
  }

  template <typename Visit>
  void each(Visit&& visit) {
    const auto docs = static_cast<std::uint32_t>(data_.doc_count());
    for (begin_ = 0; begin_ < docs; begin_ += kBlock) {
      const std::uint32_t end = std::min(begin_ + kBlock, docs);
      sum_up(end);
      touched_.each([&](std::uint32_t at) { visit(match(at)); });
    }
  }

 private:
  // What is known of one product of the block.
  struct Slot {
    float score = 0;
    float last = 0;               // what the concept being added gave so far
    float nature = 0;             // what being of its kind is worth
    std::uint32_t mask = 0;       // concepts found
    std::uint8_t adding = 0xFF;   // the concept being added
    std::uint8_t zones = 0;
  };
  // One way to have one concept.
  struct Way {
    Postings postings;
    std::uint32_t number;  // of the concept
    float scale;           // what an impact of 1 is worth
  };
  struct Nature {
    DocList docs;
    float worth;
  };

  // Reused by a thread from query to query.
  static std::vector<Slot>& slots_of_thread() {
    thread_local std::vector<Slot> slots(kBlock);
    return slots;
  }

  std::vector<std::uint32_t> head_terms() const {
    std::vector<std::uint32_t> terms;
    if (query_.head == kNone) return terms;
    for (const Alternative& one : query_.concepts[query_.head].alternatives) {
      if (!one.terms.empty()) terms.push_back(one.terms.back());
    }
    return terms;
  }

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

  void sum_up(std::uint32_t end) {
    touched_.clear();
    kind_.read(begin_, end);
    if (within_) within_->read(begin_, end);
    // Everything of the kind belongs to the result even where its words differ ("notebook" for "laptop").
    BlockSet members = kind_.all();
    if (within_) members.keep(within_->all());
    members.each([&](std::uint32_t at) { slot(at); });
    const BlockSet* only = take_ == Take::kMembers ? &members : within_ ? &within_->all() : nullptr;
    for (Way& way : ways_) {
      way.postings.until(end, [&](const Posting& posting) {
        if (!only || only->has(posting.doc - begin_)) add(posting, way);
      });
    }
    for (Nature& nature : natures_) {
      nature.docs.until(end, [&](std::uint32_t doc) {
        if (!touched_.has(doc - begin_)) return;
        float& known = slots_[doc - begin_].nature;
        known = std::max(known, nature.worth);
      });
    }
  }

  Slot& slot(std::uint32_t at) {
    if (!touched_.has(at)) touched_.add(at), slots_[at] = {};
    return slots_[at];
  }

  // Of several ways to have one concept the best counts.
  void add(const Posting& posting, const Way& way) {
    Slot& sum = slot(posting.doc - begin_);
    if (sum.adding != way.number) sum.adding = static_cast<std::uint8_t>(way.number), sum.last = 0;
    if (const float value = way.scale * posting.impact; value > sum.last) {
      sum.score += value - sum.last;
      sum.last = value;
    }
    sum.mask |= 1u << way.number;
    sum.zones |= posting.zones;
  }

  Match match(std::uint32_t at) {
    const Slot& sum = slots_[at];
    const std::uint32_t doc = begin_ + at;
    return {doc, refined(sum, doc, at), sum.mask, sum.zones, kind_.all().has(at)};
  }

  // Adjusts a product's score by what it is and how much of the query it meets.
  float refined(const Slot& sum, std::uint32_t doc, std::uint32_t at) {
    if (whole_ <= 0) return sum.score;
    float nature = sum.nature;
    if (nature < kOfTheKind && kind_.in_categories().has(at)) nature += kOfTheKind;
    return sum.score * had_.of(sum.mask) / whole_ + whole_ * (nature + brand(doc));
  }

  // A product of the brand comes before one that is made for the brand's products.
  float brand(std::uint32_t doc) const {
    if (query_.brands.empty()) return 0;
    const std::uint32_t own = data_.docs[doc].brand;
    return own != kNone && std::find(query_.brands.begin(), query_.brands.end(), own) != query_.brands.end() ? kOfTheBrand : 0;
  }

  const IndexData& data_;
  const Query& query_;
  Take take_;
  ScopeReader kind_;
  std::optional<ScopeReader> within_;
  std::vector<Way> ways_;
  std::vector<Nature> natures_;
  MaskWeights had_;
  float whole_ = 0;
  std::uint32_t begin_ = 0;  // of the block at hand
  BlockSet touched_;
  std::vector<Slot>& slots_;
};

// Puts those first that score as the best `top` of very many are likely to, by a sample of their scores, and gives their end; if they turn
// out to be too few, or there are not many, the end of all.
std::vector<Match>::iterator likely_best(std::vector<Match>& matches, std::size_t top) {
  const std::size_t step = std::max<std::size_t>(top / 64, 1);
  if (matches.size() < 16 * top || matches.size() < 64 * step) return matches.end();
  std::vector<float> sample;
  for (std::size_t i = 0; i < matches.size(); i += step) sample.push_back(matches[i].score);
  const auto at = sample.begin() + static_cast<std::ptrdiff_t>(std::min(2 * top / step, sample.size() - 1));
  std::nth_element(sample.begin(), at, sample.end(), std::greater<>());
  const float least = *at;
  const auto end = std::partition(matches.begin(), matches.end(), [&](const Match& match) { return match.score >= least; });
  return static_cast<std::size_t>(end - matches.begin()) > top ? end : matches.end();
}

std::vector<Match> matches_of(const Lexicon& lexicon, const Query& query, Take take, const Scope* within) {
  std::vector<Match> matches;
  std::size_t most = 0;
  for (const Concept& one : query.concepts) {
    for (const Alternative& way : one.alternatives) most += way.terms.empty() ? 0 : lexicon.data().terms[way.terms[0]].docs;
  }
  matches.reserve(std::min(most, lexicon.data().doc_count()));
  Ranking(lexicon, query, take, within).each([&](const Match& match) { matches.push_back(match); });
  return matches;
}

}  // namespace

std::vector<Match> all_matches(const Lexicon& lexicon, const Query& query, const Scope* within) {
  return matches_of(lexicon, query, Take::kAnyTouched, within);
}

std::vector<Match> best_matches(const Lexicon& lexicon, const Query& query, std::size_t top) {
  std::vector<Match> matches;
  if (top == 0) return matches;
  // Now and then all but the best are dropped; from then on only what is as good as the last of them is kept.
  const std::size_t most = 2 * top + 256;
  float least = -1;
  Ranking(lexicon, query, Take::kAnyTouched, nullptr).each([&](const Match& match) {
    if (match.score <= least) return;  // of two alike the first comes first, and products come ascending
    matches.push_back(match);
    if (matches.size() < most) return;
    std::nth_element(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(top) - 1, matches.end(), better);
    matches.resize(top);
    least = matches.back().score;
  });
  best_first(matches, top);
  if (matches.size() > top) matches.resize(top);
  return matches;
}

void best_first(std::vector<Match>& matches, std::size_t top) {
  if (matches.size() > top) {
    std::nth_element(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(top), likely_best(matches, top), better);
    std::sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(top), better);
  } else {
    std::sort(matches.begin(), matches.end(), better);
  }
}

std::vector<Match> strict_matches(const Lexicon& lexicon, const Query& query, const Scope* within) {
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
  std::vector<Match> members = matches_of(lexicon, query, by_kind ? Take::kMembers : Take::kAnyTouched, within);
  // How much of the query beside the kind's name a product has, by weight.
  MaskWeights rest(query.concepts, [](const Concept& one) { return !one.in_head; });
  float best = 0;
  for (const Match& match : members) best = std::max(best, rest.of(match.concepts));
  // A few words beside the kind ("wireless mouse") are meant, if any product has them all; a whole description only orders.
  const bool meant = !description && best > 0.999f * whole;
  const float needed = !by_kind ? (description ? 0.5f : 0.7f) * best : meant ? 0.7f * best : 0;
  std::erase_if(members, [&](const Match& match) { return rest.of(match.concepts) < needed && (by_kind || !match.of_kind); });
  return members;
}

}  // namespace floorwalker::search
