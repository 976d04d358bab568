#include "agent/models/guided/dialogue/question_match.h"

#include <algorithm>
#include <map>
#include <set>

#include "agent/core/text.h"
#include "agent/models/guided/dialogue/describe.h"

namespace floorwalker::guided {

namespace {

constexpr double kLeastScore = 0.34;
constexpr std::size_t kLongestQuote = 220;

using Stems = std::set<std::string>;

// The stems of a text; words for one and the same fact have one.
Stems stems(std::string_view text, const Lexicon& lexicon) {
  Stems found;
  const std::vector<text::Word> words = text::words(text);
  for (std::size_t i = 0; i < words.size();) {
    const auto same = std::find_if(lexicon.same_facts.begin(), lexicon.same_facts.end(), [&](const auto& fact) { return phrase_at(words, i, fact.first); });
    const bool known = same != lexicon.same_facts.end();
    found.insert(known ? same->second : text::stem(words[i].folded));
    i += known ? same->first.size() : 1;
  }
  return found;
}

// Of stems, those that can name a fact by themselves: no bare figures, no "port".
Stems naming(const Stems& all, const Lexicon& lexicon) {
  Stems found = all;
  for (const std::string& noun : lexicon.shared_nouns) found.erase(text::stem(noun));
  std::erase_if(found, [](const std::string& word) { return word.find_first_not_of("0123456789.") == std::string::npos; });
  return found;
}

std::size_t common(const Stems& a, const Stems& b) {
  return std::size_t(std::count_if(a.begin(), a.end(), [&](const std::string& word) { return b.count(word) > 0; }));
}

// How well the name of an attribute answers; `hinted` if by a hint for which all its words are there.
double name_score(const Stems& name, const Stems& question, const std::vector<Stems>& hints, bool& hinted) {
  if (name.empty()) return 0;
  double score = double(common(name, question)) / double(name.size());
  if (score > 0) score += 0.2 * double(common(name, question));
  for (std::size_t i = 0; i < hints.size(); ++i) {
    const double by_hint = common(hints[i], name) == hints[i].size() ? 1.6 - 0.1 * double(i) - 0.05 * double(name.size() - hints[i].size()) : 0;
    hinted = hinted || by_hint > 0;
    score = std::max(score, by_hint);
  }
  return score;
}

std::vector<std::string> sentences(const Product& product) {
  std::vector<std::string> found = product.highlights;
  std::string sentence;
  for (std::size_t i = 0; i < product.description.size(); ++i) {
    const char c = product.description[i];
    sentence += c;
    const bool end = (c == '.' || c == '!' || c == '\n') && (i + 1 == product.description.size() || product.description[i + 1] == ' ' || c == '\n');
    if (!end) continue;
    while (!sentence.empty() && (sentence.front() == ' ' || sentence.front() == '\n')) sentence.erase(0, 1);
    if (!sentence.empty()) found.push_back(sentence);
    sentence.clear();
  }
  if (!sentence.empty()) found.push_back(sentence);
  return found;
}

std::string best_sentence(const Product& product, const Stems& question, const Lexicon& lexicon) {
  std::string best;
  std::size_t best_count = 0;
  for (std::string& sentence : sentences(product)) {
    const std::size_t count = common(question, stems(sentence, lexicon));
    if (count > best_count && sentence.size() <= kLongestQuote) {
      best_count = count;
      best = std::move(sentence);
    }
  }
  while (!best.empty() && (best.back() == ' ' || best.back() == '\n')) best.pop_back();
  return best_count * 2 > question.size() || (best_count > 0 && question.size() == 1) ? best : std::string();
}

}  // namespace

Answering find_answer(const Product& product, const std::vector<std::string>& words, const std::vector<std::string>& hints,
                      const Lexicon& lexicon) {
  std::string said;
  for (const std::string& word : words) said += word + " ";
  const Stems question = stems(said, lexicon), meant = naming(question, lexicon);
  std::vector<Stems> hinted;
  for (const std::string& hint : hints) hinted.push_back(stems(hint, lexicon));
  Answering best;
  std::string best_name;
  for (const Attribute& attribute : product.attributes) {
    bool by_hint = false;
    const Stems name = stems(text::spaced(attribute.name), lexicon);
    const bool aside = common(name, question) == 0 && is_dull(attribute.name, lexicon);
    const bool named = common(name, meant) > 0 || common(name, question) == name.size();
    const double by_name = aside ? 0 : name_score(name, named ? question : Stems{}, hinted, by_hint);
    const Stems value = std::holds_alternative<std::string>(attribute.value) ? stems(std::get<std::string>(attribute.value), lexicon) : Stems{};
    const std::size_t in_value = common(meant, value) > 0 ? common(question, value) : 0;
    const double by_value = in_value == 0 || question.empty() ? 0 : 0.5 + 0.6 * double(in_value) / double(question.size()) - 0.01 * double(value.size());
    const double score = std::max(by_name, by_value);
    if (score < kLeastScore || score <= best.score) continue;
    best.score = score;
    best.by_value = by_value > by_name;
    best.hinted = by_hint;
    best_name = attribute.name;
  }
  for (const Attribute& attribute : product.attributes) {
    if (!best_name.empty() && attribute.name == best_name) best.attributes.push_back(&attribute);
  }
  if (best.attributes.empty() && !meant.empty()) best.sentence = best_sentence(product, question, lexicon);
  return best;
}

}  // namespace floorwalker::guided
