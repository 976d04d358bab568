#pragma once

#include <string>

#include "adapters/embedded/codec.h"
#include "adapters/embedded/store.h"
#include "agent/core/ids.h"

namespace floorwalker::embedded {

// True for failures that say something about the request and not about the moment: repeating the call would not help, so that a
// repeated key gets them again.
inline bool definite(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalidArgument:
    case ErrorKind::kNotFound:
    case ErrorKind::kOutOfStock:
    case ErrorKind::kRefused: return true;
    default: return false;
  }
}

// Runs `work(Connection&) -> Result<T>` in one transaction, at most once for the key: the same key with the same content gives the
// answer of the first call, with other content kConflict. A failing `work` must not have written anything. `unpack` reads what
// pack_answer() of its type wrote.
template <typename Work, typename Unpack>
auto once(Store& store, const IdempotencyKey& key, const std::string& content, Unpack unpack, Work work)
    -> decltype(work(std::declval<Connection&>())) {
  using Answer = decltype(work(std::declval<Connection&>()));
  if (key.empty()) return fail(ErrorKind::kInvalidArgument, "A change of a cart needs an idempotency key.");
  // The outer result says whether the transaction is to be kept: a definite refusal is an answer to keep.
  auto kept = store.write([&](Connection& connection) -> Result<Answer> {
    {
      Query query(connection, "SELECT content,answer FROM answers WHERE key=?1", key.str());
      if (query.step()) {
        if (query.view(0) != content) return fail(ErrorKind::kConflict, "This idempotency key was already used for another change.", key.str());
        return unpack(query.view(1));
      }
    }
    Answer answer = work(connection);
    if (!answer && !definite(answer.error())) return fail(answer.error());
    const Blob packed = pack_answer(answer);
    Query(connection, "INSERT INTO answers(key,content,answer) VALUES(?1,?2,?3)", key.str(), content, packed).run();
    return answer;
  });
  if (!kept) return fail(std::move(kept.error()));
  return std::move(*kept);
}

}  // namespace floorwalker::embedded
