#include "agent/cli/shop_in_use.h"

#include "agent/cli/adapters.h"
#include "agent/core/digest.h"

namespace floorwalker::cli {
namespace {

// Everything that makes one shop's catalogue another than the next one's.
std::string which_shop(const http::Engine& engine) {
  std::string which = engine.adapter().name;
  for (const http::Setting& setting : engine.adapter().settings) which += "\n" + http::to_text(*engine.given().find(setting.name));
  return which + "\n" + http::to_text(*engine.given().find("url"));
}

}  // namespace

std::unique_ptr<ShopInUse> ShopInUse::of(std::unique_ptr<embedded::Shop> shop) {
  std::unique_ptr<ShopInUse> made(new ShopInUse);
  made->embedded_ = std::move(shop);
  return made;
}

Result<std::unique_ptr<ShopInUse>> ShopInUse::remote(const std::string& adapter, const std::filesystem::path& state, const Progress& progress,
                                                     std::shared_ptr<http::Tape> tape) {
  auto loaded = load_adapter_file(adapter);
  if (!loaded) return fail(loaded.error());
  auto ledger = http::SqliteLedger::open(state / "shop-actions.db");
  if (!ledger) return fail(ledger.error());
  std::unique_ptr<ShopInUse> made(new ShopInUse);
  made->progress_ = progress ? progress : [](const std::string&) {};
  made->transport_ = std::make_unique<net::CurlTransport>();
  http::EngineOptions options;
  options.tape = std::move(tape);
  auto shop = http::Shop::prepare(std::move(*loaded), *made->transport_, std::move(*ledger), std::move(options));
  if (!shop) return fail(shop.error());
  made->remote_ = std::move(*shop);
  const http::Engine& engine = made->remote_->engine();
  made->mirror_file_ = state / ("catalogue-" + sha256(which_shop(engine)).substr(0, 16) + ".db");
  if (!engine.adapter().live) {
    auto mirror = http::Mirror::open(made->mirror_file_);
    if (!mirror) return fail(mirror.error());
    made->mirror_ = std::move(*mirror);
    made->mirrored_ = std::make_unique<http::MirroredCatalogue>(*made->mirror_, made->remote_->catalogue());
  }
  if (auto reached = made->reach(); !reached) return fail(reached.error());
  return made;
}

Result<void> ShopInUse::reach() {
  http::Engine& engine = remote_->engine();
  const auto reached = engine.settle();
  if (reached || !http::out_of_reach(reached.error().kind)) return reached;
  const Currency currency = mirror_ && mirror_->complete() ? mirror_->currency() : Currency();
  const std::string where = "The shop at " + http::to_text(*engine.given().find("url")) + " cannot be reached (" + reached.error().message + ")";
  if (currency == Currency()) {
    const std::string copy = mirror_ ? ", and there is no copy of its catalogue yet that could be worked with" : "";
    return fail(reached.error().kind, where + copy + ": see that it runs and that its address is right, then start again.", reached.error().detail);
  }
  engine.assume(currency);
  progress_(where + ": working with the copy of its catalogue; prices, stock and carts are back when the shop is");
  return {};
}

ports::Catalogue& ShopInUse::catalogue() {
  if (mirrored_) return *mirrored_;
  if (remote_) return remote_->catalogue();
  return embedded_->catalogue();
}

Time ShopInUse::prices_seen(std::string_view version, Time now) {
  const auto current = catalogue().version();
  if (!current || *current != version) return Time::min();   // changed since by another process
  return mirror_ ? mirror_->seen_whole() : now;
}

Result<void> ShopInUse::be_searchable() {
  if (!mirror_ || mirror_->complete()) return {};
  const auto copied = mirror_->sync(remote_->catalogue(), [this](const http::SyncProgress& now) {
    progress_("copying the shop's catalogue: " + std::to_string(now.products) + " products");
  });
  return copied ? Result<void>() : Result<void>(fail(copied.error()));
}

Result<http::SyncReport> ShopInUse::sync(const std::function<void(const http::SyncProgress&)>& told, const http::SyncOptions& options) {
  if (!remote_) return fail(ErrorKind::kInvalidArgument, "This shop is a file of its own: there is nothing to copy. Name an adapter with --shop.");
  if (!mirror_) return fail(ErrorKind::kInvalidArgument, "This shop is used live (catalogue: live): there is no copy to bring up to date.");
  return mirror_->sync(remote_->catalogue(), told, options);
}

}  // namespace floorwalker::cli
