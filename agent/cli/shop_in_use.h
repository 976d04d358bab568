#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "adapters/embedded/shop.h"
#include "adapters/http/mirror.h"
#include "adapters/http/shop.h"
#include "agent/net/curl_transport.h"

namespace floorwalker::cli {

// The shop that a command works with: an embedded one in a file, or a remote one behind an adapter file mostly with a copy of its
// catalogue for finding. Owns whatever it needs for that; its ports are safe for every thread.
class ShopInUse {
 public:
  using Progress = std::function<void(const std::string&)>;

  static std::unique_ptr<ShopInUse> of(std::unique_ptr<embedded::Shop> shop);

  // Opens the remote shop of an adapter, which is asked through `tape` if there is one. What it has to remember (carts, writes, the copy) is
  // kept in `state`. A shop that is out of reach is opened where there is a copy of its catalogue to work with until it is back.
  static Result<std::unique_ptr<ShopInUse>> remote(const std::string& adapter, const std::filesystem::path& state, const Progress& progress,
                                                   std::shared_ptr<http::Tape> tape = nullptr);

  ports::Catalogue& catalogue();
  // A remote shop of which no copy is kept: it is searched through what this returns. Null for every other shop.
  http::RemoteCatalogue* live() { return remote_ && !mirror_ ? &remote_->catalogue() : nullptr; }

  ports::Carts& carts() { return remote_ ? remote_->carts() : embedded_->carts(); }
  ports::Policies& policies() { return remote_ ? remote_->policies() : embedded_->policies(); }
  ports::Orders& orders() { return remote_ ? remote_->orders() : embedded_->orders(); }
  ports::HandOffDesk& desk() { return remote_ ? remote_->desk() : embedded_->desk(); }

  // The file beside which the search index is kept.
  std::filesystem::path file() const { return remote_ ? mirror_file_ : embedded_->file(); }

  // When all prices that the catalogue of that version tells were last known to be the shop's; Time::min() where nobody knows.
  Time prices_seen(std::string_view version, Time now);

  // For finding: copies the catalogue unless it has been copied before. Nothing to do for an embedded shop.
  Result<void> be_searchable();

  // Brings the copy of the catalogue up to date; kInvalidArgument for an embedded shop.
  Result<http::SyncReport> sync(const std::function<void(const http::SyncProgress&)>& told, const http::SyncOptions& options);

 private:
  ShopInUse() = default;
  Result<void> reach();

  Progress progress_;
  std::unique_ptr<embedded::Shop> embedded_;
  std::unique_ptr<net::CurlTransport> transport_;   // before the shop that uses it
  std::unique_ptr<http::Shop> remote_;
  std::filesystem::path mirror_file_;
  std::unique_ptr<http::Mirror> mirror_;
  std::unique_ptr<http::MirroredCatalogue> mirrored_;
};

}  // namespace floorwalker::cli
