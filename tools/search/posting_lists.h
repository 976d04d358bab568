#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tools/search/index_data.h"

// Which products have a word, and where, while an index is built.
namespace floorwalker::search {

// Lists are written by a thread of their own, product after product as they were added, so the result does not depend on how the two threads
// take turns. Small catalogues are written without it. For one thread at a time.
class PostingLists {
 public:
  PostingLists() = default;
  PostingLists(const PostingLists&) = delete;
  PostingLists& operator=(const PostingLists&) = delete;
  ~PostingLists() { stop(); }  // an index that is given up leaves nothing waiting

  struct List {
    std::string bytes;             // for each product: delta varint, zones, a count for each zone
    std::uint32_t last_doc = 0;
    std::uint32_t docs = 0;
    std::uint32_t title_docs = 0;  // products that are named so: in title, kind or category
  };
  using Lengths = std::array<std::uint16_t, kZones>;  // words by zone

  // A hit of the next product: kZones x term + zone.
  void add(std::uint32_t term, Zone zone) { batch_.hits.push_back(term * kZones + static_cast<std::uint32_t>(zone)); }

  // The product whose hits were added is complete; its number is that of those before it, and one more.
  void end_product();

  // Waits for the lists. Nothing is added afterwards.
  void finish();

  // By term; terms that no product has may be missing at the end. After `finish`.
  std::vector<List>& lists() { return lists_; }
  const std::vector<Lengths>& lengths() const { return lengths_; }

 private:
  struct Batch {
    std::vector<std::uint32_t> hits;
    std::vector<std::size_t> ends;  // of each product's hits
  };

  void hand_over();
  void stop();
  void write_all();
  void write(Batch& batch);
  void write_product(std::uint32_t* first, std::uint32_t* last);

  Batch batch_;
  std::vector<List> lists_;        // the writer's, until `finish`
  std::vector<Lengths> lengths_;   // the same
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;      // guarded by `mutex_`
  bool complete_ = false;          // guarded by `mutex_`
  std::thread writer_;
};

}  // namespace floorwalker::search
