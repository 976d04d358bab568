#include "tools/search/lexicon.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "agent/core/text.h"
#include "tools/search/analysis.h"
#include "tools/search/ordinary_words.h"
#include "tools/search/thesaurus.h"

namespace floorwalker::search {
namespace {

std::unordered_map<std::string, std::vector<std::string>> normalised(const std::map<std::string, std::vector<std::string>>& rules) {
  std::unordered_map<std::string, std::vector<std::string>> result;
  for (const auto& [name, others] : rules) {
    for (const std::string& other : others) result[normal_form(text::spaced(name))].push_back(normal_form(text::spaced(other)));
  }
  return result;
}

// The words of a phrase in the singular, as far as a plural "s" goes: the everyday thesaurus is written so.
std::string singular(std::string_view normal) {
  std::string result(normal);
  const bool plural = result.size() > 3 && result.back() == 's' && result[result.size() - 2] != 's' && result[result.size() - 2] != 'u';
  if (!plural) return result;
  if (result.size() > 4 && result.ends_with("ies")) return result.substr(0, result.size() - 3) + "y";
  if (result.ends_with("ches") || result.ends_with("shes") || result.ends_with("sses") || result.ends_with("xes")) return result.substr(0, result.size() - 2);
  result.pop_back();
  return result;
}

bool holds_all(std::span<const std::uint32_t> terms, const std::vector<std::uint32_t>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::uint32_t term) { return std::find(terms.begin(), terms.end(), term) != terms.end(); });
}

// How many bits are set. Without a flag for newer processors the compiler would call a function for it.
std::size_t bits(std::uint32_t value) {
  value -= (value >> 1) & 0x55555555u;
  value = (value & 0x33333333u) + ((value >> 2) & 0x33333333u);
  return (((value + (value >> 4)) & 0x0F0F0F0Fu) * 0x01010101u) >> 24;
}

void add_sorted(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& more) {
  into.insert(into.end(), more.begin(), more.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

}  // namespace

Lexicon::Lexicon(const IndexData& data, VocabularyRules rules)
    : data_(data), umbrellas_(normalised(rules.umbrellas)), synonyms_(normalised(rules.synonyms)) {
  for (std::uint32_t kind = 0; kind < data_.kind_count(); ++kind) {
    const auto terms = data_.terms_of_kind(kind);
    infers_kinds_ = infers_kinds_ || !data_.kinds[kind].stated;
    if (!terms.empty() && !data_.docs_of_kind(kind).empty()) kinds_by_head_[terms.back()].push_back(kind);
  }
  add_category_names();
  list_words();
  list_categories();
  count_shared();
}

void Lexicon::list_words() {
  const auto usable = [&](std::uint32_t word) {
    const std::string_view text = data_.word_text[word];
    return data_.words[word].count > 0 && text.size() >= 4 && text.size() <= kLongestSpelled && !has_digit(text);
  };
  for (std::uint32_t word = 0; word < data_.words.size(); ++word) {
    if (usable(word)) ++first_spelled_[data_.word_text[word].size() + 1];
  }
  std::partial_sum(first_spelled_.begin(), first_spelled_.end(), first_spelled_.begin());
  auto next = first_spelled_;
  spelled_.resize(first_spelled_.back());
  for (std::uint32_t word = 0; word < data_.words.size(); ++word) {
    if (usable(word)) spelled_[next[data_.word_text[word].size()]++] = {word, data_.words[word].letters};
  }
}

void Lexicon::list_categories() {
  first_category_doc_.assign(data_.categories.size() + 1, 0);
  for (const std::uint32_t category : data_.doc_categories) ++first_category_doc_[category + 1];
  std::partial_sum(first_category_doc_.begin(), first_category_doc_.end(), first_category_doc_.begin());
  std::vector<std::uint32_t> next(first_category_doc_.begin(), first_category_doc_.end() - 1);
  category_docs_.resize(data_.doc_categories.size());
  for (std::uint32_t doc = 0; doc < data_.doc_count(); ++doc) {
    for (const std::uint32_t category : data_.categories_of(doc)) category_docs_[next[category]++] = doc;
  }
}

void Lexicon::add_category_names() {
  const auto add = [&](std::uint32_t category, std::vector<std::uint32_t> terms) {
    if (terms.empty()) return;
    categories_by_head_[terms.back()].push_back(static_cast<std::uint32_t>(category_names_.size()));
    category_names_.push_back({category, std::move(terms)});
  };
  for (std::uint32_t category = 0; category < data_.categories.size(); ++category) {
    std::vector<std::uint32_t> whole, part;
    const std::string_view name = data_.strings[data_.categories[category].name];
    for (const Token& token : tokenise(name)) {
      const std::string_view before = name.substr(0, token.start);
      if (token.folded == "and" || before.ends_with("& ") || before.ends_with(", ")) add(category, std::exchange(part, {}));
      if (token.folded == "and") continue;
      part.push_back(term_of(token.folded));
      whole.push_back(part.back());
    }
    if (whole != part) add(category, std::move(whole));
    add(category, std::move(part));
  }
}

std::uint32_t Lexicon::term_of(const std::string& folded) const { return data_.find_term(stem_of(folded)); }

Scope Lexicon::scope_of_terms(const std::vector<std::uint32_t>& terms) const {
  Scope scope;
  if (terms.empty() || std::find(terms.begin(), terms.end(), kNone) != terms.end()) return scope;
  if (const auto found = kinds_by_head_.find(terms.back()); found != kinds_by_head_.end()) {
    for (const std::uint32_t kind : found->second) {
      if (holds_all(data_.terms_of_kind(kind), terms)) scope.kinds.push_back(kind);
    }
  }
  if (const auto found = categories_by_head_.find(terms.back()); found != categories_by_head_.end()) {
    for (const std::uint32_t name : found->second) {
      if (holds_all(category_names_[name].terms, terms)) scope.categories.push_back(category_names_[name].category);
    }
  }
  drop_departments(scope);
  return scope;
}

// A department that is called after its main kind ("Laptops & Monitors") holds much else: what the shop itself calls a laptop says more.
// A category whose products are mostly of those kinds, or of no kind at all, stays.
void Lexicon::drop_departments(Scope& scope) const {
  if (scope.kinds.empty() || scope.categories.empty()) return;
  std::erase_if(scope.categories, [&](std::uint32_t category) {
    std::size_t of_kind = 0;
    for (const std::uint32_t kind : scope.kinds) {
      const auto at = shared_.find(pair_of(category, kind));
      of_kind += at == shared_.end() ? 0 : at->second;
    }
    return of_kind > 0 && 2 * (of_kind + kindless_[category]) < data_.categories[category].docs;
  });
}

// How many products of each category's subtree are of each kind, and of none.
void Lexicon::count_shared() {
  if (data_.categories.empty()) return;
  kindless_.assign(data_.categories.size(), 0);
  std::vector<std::uint32_t> within;
  for (std::uint32_t doc = 0; doc < data_.doc_count(); ++doc) {
    within.clear();
    for (const std::uint32_t leaf : data_.categories_of(doc)) {
      for (std::uint32_t category = leaf; category != kNone; category = data_.categories[category].parent) within.push_back(category);
    }
    std::sort(within.begin(), within.end());
    within.erase(std::unique(within.begin(), within.end()), within.end());
    const auto kinds = data_.kinds_of(doc);
    for (const std::uint32_t category : within) {
      if (kinds.empty()) ++kindless_[category];
      else ++shared_[pair_of(category, kinds[0])];
    }
  }
}

Scope Lexicon::scope_of(std::string_view phrase) const {
  const std::string normal = normal_form(text::spaced(phrase));
  Scope scope;
  const auto add = [&](const std::string& name) {
    std::vector<std::uint32_t> terms;
    for (const Token& token : tokenise(name)) terms.push_back(term_of(token.folded));
    const Scope one = scope_of_terms(terms);
    add_sorted(scope.kinds, one.kinds);
    add_sorted(scope.categories, one.categories);
  };
  if (!is_umbrella(normal)) add(normal);
  for (const std::string& name : playbook_names(normal)) add(name);
  // A shop that names its kinds itself means what it says; inferred names vary as their titles do.
  const bool named_by_shop = !scope.categories.empty() || std::any_of(scope.kinds.begin(), scope.kinds.end(), [&](std::uint32_t kind) { return data_.kinds[kind].stated != 0; });
  if (!scope.empty() && named_by_shop && !infers_kinds_) return scope;
  for (const std::string& name : everyday_names(normal)) add(name);
  return scope;
}

bool Lexicon::is_umbrella(std::string_view normal) const { return umbrellas_.count(std::string(normal)) || umbrellas_.count(singular(normal)); }

std::vector<std::string> Lexicon::other_names(std::string_view normal) const {
  std::vector<std::string> found = playbook_names(normal);
  for (std::string& other : everyday_names(normal)) {
    if (std::find(found.begin(), found.end(), other) == found.end()) found.push_back(std::move(other));
  }
  return found;
}

std::vector<std::string> Lexicon::playbook_names(std::string_view normal) const {
  std::vector<std::string> found;
  const std::string single = singular(normal);
  for (const auto* rules : {&umbrellas_, &synonyms_}) {
    for (const std::string& name : {std::string(normal), single, single + "s"}) {
      const auto at = rules->find(name);
      if (at == rules->end()) continue;
      for (const std::string& other : at->second) {
        if (std::find(found.begin(), found.end(), other) == found.end()) found.push_back(other);
      }
    }
  }
  return found;
}

std::vector<std::string> Lexicon::everyday_names(std::string_view normal) const { return everyday_synonyms(singular(normal)); }

std::string Lexicon::correct(std::string_view folded) const {
  // Short words and model numbers have too many neighbours to guess.
  if (folded.size() < 4 || has_digit(folded) || is_ordinary(folded) || folded.find('\'') != std::string_view::npos) return "";  // "she'll" is no shell
  const std::size_t limit = folded.size() < 6 ? 1 : 2;
  std::uint32_t letters = 0;
  for (const char c : folded) letters |= 1u << (c >= 'a' && c <= 'z' ? c - 'a' : 31);
  double best = 0;
  std::uint32_t nearest = kNone;
  const std::size_t shortest = folded.size() - limit, longest = std::min(folded.size() + limit, kLongestSpelled);
  for (std::uint32_t i = shortest <= longest ? first_spelled_[shortest] : 0; shortest <= longest && i < first_spelled_[longest + 1]; ++i) {
    const Spelled& one = spelled_[i];
    if (bits(one.letters ^ letters) > 2 * limit) continue;
    const std::string_view text = data_.word_text[one.word];
    const std::size_t distance = text::edit_distance(folded, text, limit);
    if (distance > limit || (distance > 1 && text[0] != folded[0])) continue;  // few miss the first letter and another one
    // Nearer is better, then the same first letter, then the more frequent word, then the first in the alphabet.
    const double score = 1.0 / static_cast<double>(1 + 4 * distance) * (text[0] == folded[0] ? 1 : 0.4) * (1 + 0.1 * std::bit_width(data_.words[one.word].count));
    if (score > best || (score == best && one.word < nearest)) best = score, nearest = one.word;
  }
  return nearest == kNone ? "" : std::string(data_.word_text[nearest]);
}

std::vector<std::string> Lexicon::split(std::string_view folded) const {
  if (folded.size() < 5) return {};
  std::vector<std::string> best;
  std::uint32_t most = 0;
  for (std::size_t at = 2; at + 2 <= folded.size(); ++at) {
    const std::uint32_t first = data_.find_word(folded.substr(0, at));
    const std::uint32_t second = data_.find_word(folded.substr(at));
    if (first == kNone || second == kNone) continue;
    const bool boundary = has_digit(folded.substr(at - 1, 1)) != has_digit(folded.substr(at, 1));
    if (!boundary && (at < 3 || at + 3 > folded.size())) continue;
    const std::uint32_t common = std::min(data_.words[first].count, data_.words[second].count);
    if (common > most) {
      most = common;
      best = {std::string(folded.substr(0, at)), std::string(folded.substr(at))};
    }
  }
  return best;
}

bool Lexicon::side_by_side(const std::string& first, const std::string& second) const {
  const std::uint32_t a = term_of(first), b = term_of(second);
  if (a == kNone || b == kNone) return false;
  PostingReader reader = data_.postings_of(data_.terms[a].docs < data_.terms[b].docs ? a : b);
  for (Posting posting; reader.next(posting);) {
    if (!(posting.zones & 1u << int(Zone::kTitle))) continue;
    const auto title = data_.title_of(posting.doc);
    for (std::size_t i = 0; i + 1 < title.size(); ++i) {
      if (title[i] == a && title[i + 1] == b) return true;
    }
  }
  return false;
}

std::vector<std::uint32_t> Lexicon::docs_of(const Scope& scope) const {
  std::vector<std::span<const std::uint32_t>> lists = kind_lists(scope);
  const auto more = category_lists(scope);
  lists.insert(lists.end(), more.begin(), more.end());
  std::vector<std::uint32_t> docs;
  for (const auto& list : lists) docs.insert(docs.end(), list.begin(), list.end());
  if (lists.size() < 2) return docs;
  if (docs.size() < data_.doc_count() / 64) {
    std::sort(docs.begin(), docs.end());
    docs.erase(std::unique(docs.begin(), docs.end()), docs.end());
    return docs;
  }
  // Marking many is quicker than sorting them.
  std::vector<bool> marked(data_.doc_count());
  for (const std::uint32_t doc : docs) marked[doc] = true;
  docs.clear();
  for (std::uint32_t doc = 0; doc < marked.size(); ++doc) {
    if (marked[doc]) docs.push_back(doc);
  }
  return docs;
}

std::vector<std::span<const std::uint32_t>> Lexicon::kind_lists(const Scope& scope) const {
  std::vector<std::span<const std::uint32_t>> lists;
  for (const std::uint32_t kind : scope.kinds) lists.push_back(data_.docs_of_kind(kind));
  return lists;
}

std::vector<std::span<const std::uint32_t>> Lexicon::category_lists(const Scope& scope) const {
  std::vector<std::span<const std::uint32_t>> lists;
  for (const std::uint32_t root : scope.categories) {
    for (std::uint32_t category = root; category < data_.categories[root].end; ++category) {
      const std::uint32_t first = first_category_doc_[category], end = first_category_doc_[category + 1];
      if (first < end) lists.push_back({category_docs_.data() + first, end - first});
    }
  }
  return lists;
}

std::vector<std::uint32_t> Lexicon::kinds_called_alike(const Scope& scope, const std::vector<std::uint32_t>& heads) const {
  std::vector<std::uint32_t> kinds = scope.kinds;
  for (const std::uint32_t head : heads) {
    if (const auto found = kinds_by_head_.find(head); found != kinds_by_head_.end()) kinds.insert(kinds.end(), found->second.begin(), found->second.end());
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

bool Lexicon::contains(const Scope& scope, std::uint32_t doc) const {
  for (const std::uint32_t kind : data_.kinds_of(doc)) {
    if (std::binary_search(scope.kinds.begin(), scope.kinds.end(), kind)) return true;
  }
  for (const std::uint32_t category : data_.categories_of(doc)) {
    for (const std::uint32_t root : scope.categories) {
      if (category >= root && category < data_.categories[root].end) return true;
    }
  }
  return false;
}

}  // namespace floorwalker::search
