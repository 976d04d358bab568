#include "tools/search/index_file.h"

#include <cstring>

namespace floorwalker::search {
namespace {

constexpr std::size_t kSections = static_cast<std::size_t>(Section::kCount);
constexpr char kMagic[8] = {'F', 'W', 'I', 'N', 'D', 'E', 'X', '\n'};
constexpr std::uint32_t kByteOrder = 0x01020304;

struct Place {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct Header {
  char magic[8] = {};
  std::uint32_t byte_order = 0;
  std::uint32_t format = 0;
  std::uint64_t total = 0;
  std::uint64_t checksum = 0;  // of the whole block, with 0 in this place
  Place places[kSections] = {};
};

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 7) & ~std::size_t{7}; }

// Four independent lanes of multiply and rotate: several GB/s, enough to notice damage of any kind (not an attacker).
std::uint64_t checksum(std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x9E3779B185EBCA87ULL;
  std::uint64_t lanes[4] = {1, 2, 3, 4};
  std::size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32) {
    std::uint64_t block[4];
    std::memcpy(block, bytes.data() + at, 32);
    for (int lane = 0; lane < 4; ++lane) {
      lanes[lane] = (lanes[lane] ^ block[lane]) * kPrime;
      lanes[lane] = (lanes[lane] << 29) | (lanes[lane] >> 35);
    }
  }
  std::uint64_t sum = bytes.size();
  for (const std::uint64_t lane : lanes) sum = (sum ^ lane) * kPrime, sum ^= sum >> 32;
  for (; at < bytes.size(); ++at) sum = (sum ^ static_cast<unsigned char>(bytes[at])) * kPrime, sum ^= sum >> 29;
  return sum;
}

// Of the header, whose own checksum counts as 0, and of what follows it.
std::uint64_t checksum_of(Header header, std::string_view rest) {
  header.checksum = 0;
  const std::uint64_t table = checksum({reinterpret_cast<const char*>(&header), sizeof header});
  return checksum(rest) ^ ((table << 1) | (table >> 63));
}

// Hands out the sections of a checked block as typed tables.
class BlockReader {
 public:
  BlockReader(std::string_view block, const Header& header) : block_(block), header_(header) {}

  std::string_view bytes(Section section) const {
    const Place& place = header_.places[static_cast<std::size_t>(section)];
    return block_.substr(place.offset, place.bytes);
  }

  template <typename T>
  std::span<const T> rows(Section section) const {
    const std::string_view found = bytes(section);
    return {reinterpret_cast<const T*>(found.data()), found.size() / sizeof(T)};
  }

  StringTable strings(Section ends, Section text) const { return {rows<std::uint32_t>(ends), bytes(text).data()}; }

 private:
  std::string_view block_;
  const Header& header_;
};

bool check(std::string_view block, Header& header, std::string& why) {
  why = "it is no index file";
  if (block.size() < sizeof(Header)) return false;
  std::memcpy(&header, block.data(), sizeof(Header));
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0 || header.byte_order != kByteOrder) return false;
  why = "it has another format version";
  if (header.format != kFormatVersion) return false;
  why = "it was cut short";
  if (header.total != block.size()) return false;
  for (const Place& place : header.places) {
    if (place.offset > block.size() || place.bytes > block.size() - place.offset) return false;
  }
  why = "its checksum is wrong";
  return checksum_of(header, block.substr(sizeof(Header))) == header.checksum;
}

}  // namespace

std::string BlockWriter::finish() {
  Header header;
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.byte_order = kByteOrder;
  header.format = kFormatVersion;
  std::size_t at = aligned(sizeof(Header));
  for (std::size_t i = 0; i < kSections; ++i) {
    header.places[i] = {at, sections_[i].size()};
    at = aligned(at + sections_[i].size());
  }
  header.total = at;
  std::string block(at, '\0');
  for (std::size_t i = 0; i < kSections; ++i) {
    std::memcpy(block.data() + header.places[i].offset, sections_[i].data(), sections_[i].size());
    std::string().swap(sections_[i]);
  }
  header.checksum = checksum_of(header, std::string_view(block).substr(sizeof(Header)));
  std::memcpy(block.data(), &header, sizeof(Header));
  return block;
}

bool read_block(std::string_view block, IndexData& data, std::string& why) {
  Header header;
  if (!check(block, header, why)) return false;
  const BlockReader reader(block, header);
  data.catalogue_version = reader.bytes(Section::kVersion);
  data.currency = Currency::parse(reader.bytes(Section::kCurrency)).value_or(Currency{});
  data.strings = reader.strings(Section::kStringEnds, Section::kStringBytes);
  data.ids = reader.strings(Section::kIdEnds, Section::kIdBytes);
  data.term_text = reader.strings(Section::kTermEnds, Section::kTermBytes);
  data.word_text = reader.strings(Section::kWordEnds, Section::kWordBytes);
  data.docs = reader.rows<DocRow>(Section::kDocs);
  data.variants = reader.rows<VariantRow>(Section::kVariants);
  data.variant_options = reader.rows<std::uint32_t>(Section::kVariantOptions);
  data.fields = reader.rows<FieldRow>(Section::kFields);
  data.values = reader.rows<ValueRow>(Section::kValues);
  data.doc_values = reader.rows<std::uint32_t>(Section::kDocValues);
  data.categories = reader.rows<CategoryRow>(Section::kCategories);
  data.doc_categories = reader.rows<std::uint32_t>(Section::kDocCategories);
  data.kinds = reader.rows<KindRow>(Section::kKinds);
  data.kind_terms = reader.rows<std::uint32_t>(Section::kKindTerms);
  data.kind_docs = reader.rows<std::uint32_t>(Section::kKindDocs);
  data.doc_kinds = reader.rows<std::uint32_t>(Section::kDocKinds);
  data.terms = reader.rows<TermRow>(Section::kTerms);
  data.term_slots = reader.rows<std::uint32_t>(Section::kTermSlots);
  data.words = reader.rows<WordRow>(Section::kWords);
  data.title_terms = reader.rows<std::uint32_t>(Section::kTitleTerms);
  data.postings = reader.rows<unsigned char>(Section::kPostings);
  data.by_id = reader.rows<std::uint32_t>(Section::kById);
  data.phrases = reader.rows<PhraseRow>(Section::kPhrases);
  return true;
}

}  // namespace floorwalker::search
