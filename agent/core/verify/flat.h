#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Containers of the evidence index: a few blocks of memory for a whole conversation instead of one for every word. Internal to
// agent/core/verify.
namespace floorwalker::verify {

// Spreads the bytes of a short word over 64 bits.
inline std::uint64_t hash_word(std::string_view word) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = word.size() * kOdd;
  const auto mix = [&](std::uint64_t bytes) {
    hash = (hash ^ bytes) * kOdd;
    hash ^= hash >> 29;
  };
  while (word.size() > 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, word.data(), 8);
    mix(bytes);
    word.remove_prefix(8);
  }
  std::uint64_t bytes = 0;
  if (!word.empty()) std::memcpy(&bytes, word.data(), word.size());
  mix(bytes);
  return hash * kOdd;
}

// Words with a value each, in the order in which they came. Open addressing over two arrays; the words lie in one string.
template <typename Value>
class WordTable {
 public:
  struct Entry {
    std::uint32_t hash = 0, offset = 0, length = 0;
    Value value{};
  };

  const Value* find(std::string_view word) const { return find(word, hash_word(word)); }

  const Value* find(std::string_view word, std::uint64_t hash) const {
    if (slots_.empty()) return nullptr;
    const std::uint32_t at = slots_[place(word, static_cast<std::uint32_t>(hash >> 32))];
    return at ? &entries_[at - 1].value : nullptr;
  }

  // Where among the entries the word stands, made if it is new.
  std::uint32_t position(std::string_view word) {
    const auto [value, added] = emplace(word);
    if (added) return static_cast<std::uint32_t>(entries_.size() - 1);
    return slots_[place(word, static_cast<std::uint32_t>(hash_word(word) >> 32))] - 1;
  }

  Value& value(std::uint32_t position) { return entries_[position].value; }
  const Value& value(std::uint32_t position) const { return entries_[position].value; }

  // The word's value, made if it is new. Valid until the next word is added.
  std::pair<Value*, bool> emplace(std::string_view word) { return emplace(word, hash_word(word)); }

  std::pair<Value*, bool> emplace(std::string_view word, std::uint64_t hash) {
    if (entries_.size() * 2 >= slots_.size()) grow();
    const auto short_hash = static_cast<std::uint32_t>(hash >> 32);
    std::uint32_t& slot = slots_[place(word, short_hash)];
    if (slot) return {&entries_[slot - 1].value, false};
    entries_.push_back({short_hash, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(word.size()), {}});
    text_ += word;
    slot = static_cast<std::uint32_t>(entries_.size());
    return {&entries_.back().value, true};
  }

  std::string_view word(const Entry& entry) const { return std::string_view(text_).substr(entry.offset, entry.length); }
  const std::vector<Entry>& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }

  void clear() {
    slots_.clear();
    entries_.clear();
    text_.clear();
  }

 private:
  std::vector<std::uint32_t> slots_;  // entry + 1; 0: free
  std::vector<Entry> entries_;
  std::string text_;

  // The slot that holds the word, or the free one where it belongs.
  std::size_t place(std::string_view word, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at]; at = (at + 1) & mask) {
      const Entry& entry = entries_[slots_[at] - 1];
      if (entry.hash == hash && std::string_view(text_.data() + entry.offset, entry.length) == word) break;
    }
    return at;
  }

  void grow() {
    std::vector<std::uint32_t> larger(slots_.empty() ? 64 : slots_.size() * 2, 0);
    const std::size_t mask = larger.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t at = entries_[i].hash & mask;
      while (larger[at]) at = (at + 1) & mask;
      larger[at] = static_cast<std::uint32_t>(i + 1);
    }
    slots_ = std::move(larger);
  }
};

// A list for each key (a small whole number), in the order in which it was filled: all lists share one array.
template <typename Item>
class Lists {
  struct Node {
    Item item{};
    std::uint32_t next = 0;  // node + 1
  };
  struct Head {
    std::uint32_t first = 0, last = 0, count = 0;  // node + 1
  };

 public:
  // One key's list; valid until something is added.
  class List {
   public:
    class Iterator {
     public:
      using iterator_category = std::forward_iterator_tag;
      using value_type = Item;
      using difference_type = std::ptrdiff_t;
      using pointer = const Item*;
      using reference = const Item&;

      Iterator() = default;
      Iterator(const Node* nodes, std::uint32_t at) : nodes_(nodes), at_(at) {}
      const Item& operator*() const { return nodes_[at_ - 1].item; }
      const Item* operator->() const { return &nodes_[at_ - 1].item; }
      Iterator& operator++() {
        at_ = nodes_[at_ - 1].next;
        return *this;
      }
      Iterator operator++(int) {
        const Iterator before = *this;
        ++*this;
        return before;
      }
      bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
      const Node* nodes_ = nullptr;
      std::uint32_t at_ = 0;
    };

    List() = default;
    List(const Node* nodes, const Head& head) : nodes_(nodes), first_(head.first), count_(head.count) {}
    Iterator begin() const { return {nodes_, first_}; }
    Iterator end() const { return {nodes_, 0}; }
    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    const Item& front() const { return nodes_[first_ - 1].item; }

   private:
    const Node* nodes_ = nullptr;
    std::uint32_t first_ = 0, count_ = 0;
  };

  List of(std::size_t key) const { return key < heads_.size() ? List(nodes_.data(), heads_[key]) : List(); }

  void add(std::size_t key, Item item) {
    if (key >= heads_.size()) heads_.resize(key + 1);
    nodes_.push_back({std::move(item), 0});
    const auto made = static_cast<std::uint32_t>(nodes_.size());
    Head& head = heads_[key];
    if (head.last) nodes_[head.last - 1].next = made;
    else head.first = made;
    head.last = made;
    ++head.count;
  }

  const Item* last(std::size_t key) const { return key < heads_.size() && heads_[key].last ? &nodes_[heads_[key].last - 1].item : nullptr; }

 private:
  std::vector<Node> nodes_;
  std::vector<Head> heads_;
};

// A list for each word.
template <typename Item>
class ListsByWord {
 public:
  using List = typename Lists<Item>::List;

  void add(std::string_view word, Item item) {
    const auto [key, added] = keys_.emplace(word);
    if (added) *key = static_cast<std::uint32_t>(keys_.size() - 1);
    lists_.add(*key, std::move(item));
  }

  List of(std::string_view word) const {
    const std::uint32_t* key = keys_.find(word);
    return key ? lists_.of(*key) : List();
  }

  const Item* last(std::string_view word) const {
    const std::uint32_t* key = keys_.find(word);
    return key ? lists_.last(*key) : nullptr;
  }

  bool contains(std::string_view word) const { return keys_.find(word) != nullptr; }

  // Every word with its list, in the order in which they came: use(word, list) returns true to stop.
  template <typename Use>
  void each(Use use) const {
    for (const auto& entry : keys_.entries()) {
      if (use(keys_.word(entry), lists_.of(entry.value))) return;
    }
  }

 private:
  WordTable<std::uint32_t> keys_;
  Lists<Item> lists_;
};

// Arrays that live as long as the arena, cut from blocks. Moving the arena leaves them where they are.
template <typename Item>
class Arena {
 public:
  std::span<const Item> keep(std::span<const Item> items) {
    if (items.empty()) return {};
    if (items.size() > left_) {
      left_ = items.size() > kBlock ? items.size() : kBlock;
      blocks_.push_back(std::make_unique<Item[]>(left_));
      free_ = blocks_.back().get();
    }
    Item* kept = free_;
    std::memcpy(kept, items.data(), items.size() * sizeof(Item));
    free_ += items.size();
    left_ -= items.size();
    return {kept, items.size()};
  }

 private:
  static_assert(std::is_trivially_copyable_v<Item>);
  static constexpr std::size_t kBlock = 1024;

  std::vector<std::unique_ptr<Item[]>> blocks_;
  Item* free_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace floorwalker::verify
