#include "agent/core/guardrails/language.h"

#include <algorithm>
#include <cstddef>

#include "agent/core/guardrails/phrases.h"

namespace floorwalker::guardrails {
namespace {

struct Language {
  const char* code;
  const char* words;  // frequent ones that few other languages have, folded
};

const std::vector<Language>& latin() {
  static const std::vector<Language> known = {
      {"en", "the and you your for with what which have this that is are do does can could would need want looking please how much under my it me show not from of to any in"},
      {"de", "ich und der die das ein eine einen nicht ist sind haben mit fur suche brauche bitte wie viel kann konnen mir mich auf von zu gibt es welche unter was kostet wo"},
      {"fr", "je vous le la les un une des est avec pour cherche besoin quel quelle combien pas sur dans mon ma mes s'il plait avez bonjour merci moins du et il j'ai qui"},
      {"es", "el la los las un una es con para busco necesito que cual cuanto por favor tiene tienen mi mis hola gracias menos de y yo quiero como pero esta donde hay"},
      {"it", "il lo la gli un una e con per cerco ho bisogno che quale quanto favore avete mio mia ciao grazie meno di sono non vorrei come questo dove"},
      {"pt", "o os as um uma com para procuro preciso que qual quanto por favor tem voces meu minha ola obrigado menos de e eu quero nao como isso onde voce"},
      {"nl", "ik de het een en niet is zijn met voor zoek nodig welke hoeveel kan mijn onder van heeft u jullie alstublieft dank wat kost waar deze graag"},
      {"pl", "i w na nie jest sa z dla szukam potrzebuje jaki jaka ile prosze moj moja macie dziekuje do czy gdzie chce to ktory mam"},
      {"sv", "jag och en ett det ar inte med for soker behover vilken hur mycket kan min mitt har ni tack under vad kostar var till som"},
      {"da", "jeg og en et det er ikke med til soger har brug for hvilken hvor meget kan min mit i tak under hvad koster som vil"},
      {"cs", "a je neni s pro hledam potrebuji jaky jaka kolik prosim muj moje mate dekuji do kde chci to ktery mam na se"},
      {"tr", "ve bir bu icin ile ne kadar ariyorum istiyorum lazim var mi hangi benim lutfen tesekkurler degil nerede altinda"},
      {"fi", "mina ja on ei olen etsin tarvitsen mika kuinka paljon kiitos onko teilla alle joka minun missa haluan"},
  };
  return known;
}

// A script that belongs to few languages, by its blocks of code points.
struct Script {
  char32_t first, last;
  const char* codes;
};

constexpr Script kScripts[] = {{0x0370, 0x03FF, "el"}, {0x0400, 0x052F, "ru uk bg sr"}, {0x0590, 0x05FF, "he"}, {0x0600, 0x06FF, "ar fa ur"}, {0x0900, 0x097F, "hi"},
                               {0x0E00, 0x0E7F, "th"}, {0x3040, 0x30FF, "ja"},          {0x4E00, 0x9FFF, "zh ja"}, {0xAC00, 0xD7AF, "ko"}};

bool in(const std::vector<std::string>& list, std::string_view item) { return std::find(list.begin(), list.end(), item) != list.end(); }

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    all.emplace_back(words.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

// Two- and three-byte characters are all that the scripts need; text is valid UTF-8.
char32_t code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  if ((byte(0) & 0xE0) == 0xC0) return ((byte(0) & 0x1Fu) << 6) | (byte(1) & 0x3Fu);
  if ((byte(0) & 0xF0) == 0xE0) return ((byte(0) & 0x0Fu) << 12) | ((byte(1) & 0x3Fu) << 6) | (byte(2) & 0x3Fu);
  return byte(0);
}

// The script that most of the letters are in; null for Latin.
const Script* script_of(std::string_view text) {
  std::size_t counts[std::size(kScripts)] = {}, plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ++plain;
    if ((c & 0xC0) != 0xC0) continue;
    const char32_t point = code_point(text, at);
    for (std::size_t i = 0; i < std::size(kScripts); ++i) counts[i] += point >= kScripts[i].first && point <= kScripts[i].last ? 1 : 0;
  }
  const auto most = std::max_element(std::begin(counts), std::end(counts));
  if (*most < 2 || *most < plain) return nullptr;
  const auto kana = static_cast<std::size_t>(6);
  return &kScripts[counts[kana] > 0 ? kana : static_cast<std::size_t>(most - std::begin(counts))];
}

std::size_t hits(const Phrases& words, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t start = 1; start < text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    count += words.in(" " + std::string(text.substr(start, end - start)) + " ") ? 1 : 0;
    start = end + 1;
  }
  return count;
}

}  // namespace

std::string language_of(std::string_view text, const std::vector<std::string>& likely) {
  if (const Script* script = script_of(text)) {
    const std::vector<std::string> codes = split(script->codes);
    const auto meant = std::find_if(codes.begin(), codes.end(), [&](const std::string& code) { return in(likely, code); });
    return meant == codes.end() ? codes.front() : *meant;
  }
  static const std::vector<Phrases> words = [] {
    std::vector<Phrases> all;
    for (const Language& language : latin()) all.emplace_back(split(language.words));
    return all;
  }();
  const std::string said = spoken(text);
  std::string best;
  std::size_t most = 0, of_likely = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t count = hits(words[i], said);
    if (in(likely, latin()[i].code)) of_likely = std::max(of_likely, count);
    if (count > most) {
      most = count;
      best = latin()[i].code;
    }
  }
  if (most < 2) return "";
  const bool unclear = !in(likely, best) && of_likely > 0 && most < of_likely * 2 + 1;
  return unclear ? "" : best;
}

const std::vector<std::string>& known_languages() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> all;
    for (const Language& language : latin()) all.emplace_back(language.code);
    for (const Script& script : kScripts) {
      for (std::string& code : split(script.codes)) {
        if (!in(all, code)) all.push_back(std::move(code));
      }
    }
    return all;
  }();
  return codes;
}

}  // namespace floorwalker::guardrails
