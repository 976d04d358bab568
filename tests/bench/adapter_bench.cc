// adapter_bench: what an adapter costs on our side. Prints one JSON object.
//
//   adapter_bench [--calls N] [--products N]
//
// call_micros: processor time of one read through the engine (template, request, parse, map) with a product of 20 kB and no network.
// connections: that so many calls over loopback needed. sync_products_per_second: copying a catalogue over loopback, by our processor time.

#include <httplib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "adapters/http/mirror.h"
#include "adapters/http/shop.h"
#include "agent/net/curl_transport.h"
#include "tests/support/paths.h"
#include "tests/support/rest_shop.h"

namespace floorwalker::test {
namespace {

double processor_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

http::Adapter adapter() {
  std::ifstream in(source_dir().string() + "/adapters/example-rest.yaml", std::ios::binary);
  auto loaded = http::load_adapter(std::string(std::istreambuf_iterator<char>(in), {}), "example-rest.yaml");
  if (!loaded.ok()) throw std::runtime_error("the template adapter has mistakes");
  return std::move(loaded.adapter);
}

// A product of about 20 kB.
RestShop::Product large_product() {
  RestShop::Product product{"large", "A product with much to say", "Brand", "thing", "<p>" + std::string(2000, 'x') + "</p>", {}, {}};
  for (int i = 0; i < 40; ++i) product.properties.emplace_back("property_" + std::to_string(i), std::to_string(i * 10) + " mm");
  for (int i = 0; i < 140; ++i) product.variants.push_back({"large-" + std::to_string(i), {{"Size", std::to_string(i)}, {"Colour", "green"}}, 1999 + i, 2999, 20});
  return product;
}

// Answers everything with one text, without a network.
class FixedTransport final : public net::Transport {
 public:
  void start(net::Request, net::Handlers handlers, std::stop_token) override {
    handlers.head({200, {{"content-type", "application/json"}}});
    handlers.data(body);
    handlers.done(std::nullopt);
  }
  void after(std::chrono::milliseconds, std::function<void()>) override {}
  std::string body = R"({"currency":"USD"})";
};

std::unique_ptr<http::Shop> open(net::Transport& transport, const std::string& url) {
  http::EngineOptions options;
  options.url = url;
  auto shop = http::Shop::open(adapter(), transport, std::make_unique<http::MemoryLedger>(), std::move(options));
  if (!shop) throw std::runtime_error(shop.error().message);
  return std::move(*shop);
}

void measure_calls(int calls, nlohmann::json& out) {
  RestShop server;
  server.add(large_product());
  FixedTransport transport;
  const auto shop = open(transport, "http://shop.test");
  transport.body = server.answer("GET", "/api/products/large", "", "").body;
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double before = processor_seconds(RUSAGE_THREAD);
    for (int i = 0; i < calls; ++i) {
      if (!shop->catalogue().product(ProductId("large"))) throw std::runtime_error("no product");
    }
    best = std::min(best, (processor_seconds(RUSAGE_THREAD) - before) / calls);
  }
  out["json_bytes"] = transport.body.size();
  out["call_micros"] = best * 1e6;
}

// A shop behind a real port, in a process of its own, so that its time is not ours.
class ChildServer {
 public:
  explicit ChildServer(int products) {
    int pipes[2];
    if (pipe(pipes) != 0) throw std::runtime_error("no pipe");
    const pid_t parent = getpid();
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);   // goes with us, however we end
      if (getppid() != parent) _exit(1);
      close(pipes[0]);
      serve(products, pipes[1]);
    }
    close(pipes[1]);
    if (read(pipes[0], &port_, sizeof port_) != sizeof port_) throw std::runtime_error("the server did not start");
    close(pipes[0]);
  }
  ~ChildServer() {
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  [[noreturn]] static void serve(int products, int ready) {
    RestShop shop;
    for (int i = 0; i < products; ++i) {
      const std::string id = "p-" + std::to_string(i);
      shop.add({id, "Product " + id, "Brand", "thing", "<p>" + std::string(300, 'x') + "</p>", {{"weight", "180 g"}, {"material", "steel"}},
                {{id + "-a", {{"Size", "S"}}, 1000, 0, 9}, {id + "-b", {{"Size", "M"}}, 1100, 0, 9}}});
    }
    httplib::Server server;
    std::mutex mutex;
    std::set<int> ports;
    server.set_keep_alive_max_count(1'000'000);
    server.set_tcp_nodelay(true);
    server.Get(".*", [&](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex);
      ports.insert(request.remote_port);
      if (request.target == "/connections") return response.set_content(std::to_string(ports.size()), "text/plain");
      const auto answer = shop.answer(request.method, request.target, request.body, "");
      response.status = answer.status;
      response.set_content(answer.body, answer.content_type.c_str());
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    if (write(ready, &port, sizeof port) == sizeof port) server.listen_after_bind();
    _exit(0);
  }

  pid_t child_ = 0;
  int port_ = 0;
};

void measure_connections(nlohmann::json& out) {
  const ChildServer server(0);
  net::CurlTransport transport;
  const auto shop = open(transport, server.url());
  for (int i = 0; i < 1000; ++i) {
    if (!shop->catalogue().product(ProductId("tee"))) throw std::runtime_error("no product");
  }
  httplib::Client client(server.url());
  const auto told = client.Get("/connections");
  out["calls"] = 1000;
  out["connections"] = std::stoi(told->body) - 1;   // ours, without the one that asks
}

void measure_sync(int products, nlohmann::json& out) {
  const ChildServer server(products);
  net::CurlTransport transport;
  const auto shop = open(transport, server.url());
  const TemporaryFolder folder;
  const auto mirror = std::move(*http::Mirror::open(folder / "copy.db"));
  for (const char* which : {"sync", "sync_unchanged"}) {
    const auto begun = std::chrono::steady_clock::now();
    const double before = processor_seconds(RUSAGE_SELF);
    http::SyncOptions everything;
    everything.all = true;
    const auto report = mirror->sync(shop->catalogue(), {}, everything);
    if (!report || report->products < static_cast<std::size_t>(products)) throw std::runtime_error(report ? "products are missing" : report.error().message);
    const double processor = processor_seconds(RUSAGE_SELF) - before;
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    out[std::string(which) + "_products_per_second"] = static_cast<double>(report->products) / processor;
    out[std::string(which) + "_wall_seconds"] = wall;
  }
}

}  // namespace
}  // namespace floorwalker::test

int main(int argc, char** argv) {
  CLI::App app{"What an adapter costs on our side"};
  int calls = 1000, products = 10000;
  bool json = false;
  app.add_option("--calls", calls);
  app.add_option("--products", products);
  app.add_flag("--json", json, "is the only way it prints");
  CLI11_PARSE(app, argc, argv);
  nlohmann::json out;
  floorwalker::test::measure_connections(out);
  floorwalker::test::measure_sync(products, out);
  floorwalker::test::measure_calls(calls, out);
  std::cout << out.dump() << "\n";
}
