#include "tools/search/posting_lists.h"

#include <algorithm>
#include <utility>

namespace floorwalker::search {
namespace {

constexpr std::size_t kBatch = 512;      // products
constexpr std::size_t kMostWaiting = 8;  // batches

void append_varint(std::string& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

}  // namespace

void PostingLists::end_product() {
  batch_.ends.push_back(batch_.hits.size());
  if (batch_.ends.size() == kBatch) hand_over();
}

void PostingLists::hand_over() {
  if (!writer_.joinable()) writer_ = std::thread([this] { write_all(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
  const std::size_t usual = batch_.hits.size();
  waiting_.push_back(std::exchange(batch_, {}));
  lock.unlock();
  changed_.notify_all();
  batch_.hits.reserve(usual + usual / 4);
  batch_.ends.reserve(kBatch);
}

void PostingLists::write_all() {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return complete_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    write(batch);
  }
}

void PostingLists::stop() {
  {
    const std::lock_guard lock(mutex_);
    complete_ = true;
  }
  changed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

void PostingLists::finish() {
  stop();
  write(batch_);
  batch_ = {};
}

void PostingLists::write(Batch& batch) {
  std::size_t from = 0;
  for (const std::size_t end : batch.ends) {
    write_product(batch.hits.data() + from, batch.hits.data() + end);
    from = end;
  }
}

void PostingLists::write_product(std::uint32_t* first, std::uint32_t* last) {
  std::sort(first, last);
  const auto doc = static_cast<std::uint32_t>(lengths_.size());
  Lengths length{};
  for (const std::uint32_t* at = first; at != last;) {
    const std::uint32_t term = *at / kZones;
    Lengths counts{};
    for (; at != last && *at / kZones == term; ++at) ++counts[*at % kZones];
    if (term >= lists_.size()) lists_.resize(std::max<std::size_t>(term + 1, 2 * lists_.size()));
    List& list = lists_[term];
    append_varint(list.bytes, doc - list.last_doc);
    list.last_doc = doc;
    ++list.docs;
    std::array<char, kZones + 1> bytes{};
    std::size_t used = 1;
    std::uint8_t zones = 0;
    for (std::size_t zone = 0; zone < kZones; ++zone) {
      if (counts[zone] == 0) continue;
      zones = static_cast<std::uint8_t>(zones | 1u << zone);
      length[zone] = static_cast<std::uint16_t>(std::min<std::uint32_t>(length[zone] + counts[zone], 0xFFFF));
      bytes[used++] = static_cast<char>(std::min<std::uint16_t>(counts[zone], 255));
    }
    bytes[0] = static_cast<char>(zones);
    list.bytes.append(bytes.data(), used);
    constexpr std::uint8_t kNaming = 1u << int(Zone::kTitle) | 1u << int(Zone::kKind) | 1u << int(Zone::kCategory);
    if (zones & kNaming) ++list.title_docs;
  }
  lengths_.push_back(length);
}

}  // namespace floorwalker::search
