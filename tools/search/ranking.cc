#include "tools/search/ranking.h"

#include <algorithm>
#include <bit>

namespace floorwalker::search {
namespace {

// What a product is worth beside its words. Shares of the query's whole weight; found on half of the rated queries, checked on the other.
constexpr float kOfTheKind = 0.6f;
constexpr float kOtherKind = -0.3f;

// Sums of one query, one slot for each product. Reused by a thread from query to query.
struct Sums {
  std::vector<float> score;
  std::vector<float> last;            // what the concept being added gave so far
  std::vector<std::uint32_t> concept_of_last;
  std::vector<std::uint32_t> mask;
  std::vector<std::uint8_t> zones;
  std::vector<std::uint32_t> touched;

  void start(std::size_t docs) {
    if (score.size() != docs) {
      score.assign(docs, 0), last.assign(docs, 0), mask.assign(docs, 0), zones.assign(docs, 0);
      concept_of_last.assign(docs, kNone);
      touched.clear();
      return;
    }
    for (const std::uint32_t doc : touched) score[doc] = 0, last[doc] = 0, mask[doc] = 0, zones[doc] = 0, concept_of_last[doc] = kNone;
    touched.clear();
  }

  void touch(std::uint32_t doc) {
    if (mask[doc] == 0 && concept_of_last[doc] == kNone) touched.push_back(doc), concept_of_last[doc] = kNone - 1;
  }

  // Of several ways to have one concept the best counts.
  void add(std::uint32_t doc, std::uint32_t number, float value, std::uint8_t in_zones) {
    touch(doc);
    if (concept_of_last[doc] != number) concept_of_last[doc] = number, last[doc] = 0;
    if (value > last[doc]) {
      score[doc] += value - last[doc];
      last[doc] = value;
    }
    mask[doc] |= 1u << number;
    zones[doc] |= in_zones;
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

// Adjusts a product's score by what it is and how its title reads.
class Refiner {
 public:
  Refiner(const Lexicon& lexicon, const Query& query) : lexicon_(lexicon), data_(lexicon.data()), query_(query) {
    for (const Concept& one : query.concepts) whole_ += one.idf;
  }

  float refined(const Match& match) const {
    float score = match.score;
    if (!query_.scope.empty()) {
      if (lexicon_.contains(query_.scope, match.doc)) score += kOfTheKind * whole_;
      else if (!data_.kinds_of(match.doc).empty()) score += kOtherKind * whole_;
    }
    return score;
  }

 private:
  const Lexicon& lexicon_;
  const IndexData& data_;
  const Query& query_;
  float whole_ = 0;
};

bool better(const Match& a, const Match& b) { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }

// Everything of the kind belongs to the result even where its words differ ("notebook" for "laptop").
void add_kind_members(const IndexData& data, const Query& query, Sums& sums) {
  for (const std::uint32_t kind : query.scope.kinds) {
    for (const std::uint32_t doc : data.docs_of_kind(kind)) sums.touch(doc);
  }
  if (query.scope.categories.empty()) return;
  for (std::uint32_t doc = 0; doc < data.doc_count(); ++doc) {
    for (const std::uint32_t category : data.categories_of(doc)) {
      for (const std::uint32_t root : query.scope.categories) {
        if (category >= root && category < data.categories[root].end) sums.touch(doc);
      }
    }
  }
}

}  // namespace

std::vector<Match> rank_matches(const Lexicon& lexicon, const Query& query, std::size_t refine) {
  const IndexData& data = lexicon.data();
  thread_local Sums sums;
  sums.start(data.doc_count());
  for (std::uint32_t i = 0; i < query.concepts.size(); ++i) {
    for (const Alternative& alternative : query.concepts[i].alternatives) add_alternative(data, alternative, i, query.concepts[i].idf, sums);
  }
  add_kind_members(data, query, sums);
  std::vector<Match> matches;
  matches.reserve(sums.touched.size());
  const Refiner refiner(lexicon, query);
  for (const std::uint32_t doc : sums.touched) matches.push_back({doc, sums.score[doc], sums.mask[doc], sums.zones[doc]});
  (void)refine;
  for (Match& match : matches) match.score = refiner.refined(match);
  std::sort(matches.begin(), matches.end(), better);
  return matches;
}

std::vector<Match> strict_matches(const Lexicon& lexicon, const Query& query, const std::vector<Match>& ranked) {
  // How much of the query beside the kind's name a product has, by weight.
  const auto rest = [&](const Match& match) {
    float sum = 0;
    for (std::size_t i = 0; i < query.concepts.size(); ++i) {
      if (!query.concepts[i].in_head && (match.concepts >> i & 1)) sum += query.concepts[i].idf;
    }
    return sum;
  };
  std::vector<Match> members;
  float best = 0;
  for (const Match& match : ranked) {
    if (!query.scope.empty() && !lexicon.contains(query.scope, match.doc)) continue;
    members.push_back(match);
    best = std::max(best, rest(match));
  }
  std::erase_if(members, [&](const Match& match) { return rest(match) < 0.7f * best; });
  return members;
}

}  // namespace floorwalker::search
