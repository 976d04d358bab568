// The small REST shop of adapters/README.md, on 127.0.0.1: rest_shop [--port N] [--products N]. Ends with SIGINT or SIGTERM.
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "tests/support/rest_shop.h"

int main(int argc, char** argv) {
  using floorwalker::test::RestShop;
  CLI::App app{"The small REST shop of adapters/README.md"};
  int port = 8080, products = 0;
  app.add_option("--port", port, "where to listen; 0: wherever is free");
  app.add_option("--products", products, "so many more products");
  CLI11_PARSE(app, argc, argv);
  RestShop shop;
  for (int i = 0; i < products; ++i) {
    const std::string id = "p-" + std::to_string(i);
    shop.add({id, "Product number " + std::to_string(i), "Brand " + std::to_string(i % 40), "thing", "<p>What it is, in a sentence or two.</p>",
              {{"weight", std::to_string(100 + i % 900) + " g"}, {"material", i % 2 ? "steel" : "oak"}},
              {{id + "-a", {{"Size", "S"}}, 1000 + i, 0, 20}, {id + "-b", {{"Size", "M"}}, 1100 + i, 0, 20}}});
  }
  httplib::Server server;
  const auto serve = [&](const httplib::Request& request, httplib::Response& response) {
    const auto answer = shop.answer(request.method, request.target, request.body, request.get_header_value("Idempotency-Key"));
    response.status = answer.status;
    response.set_content(answer.body, answer.content_type.c_str());
  };
  server.set_keep_alive_max_count(1'000'000);
  server.set_tcp_nodelay(true);
  server.Get(".*", serve).Post(".*", serve).Put(".*", serve).Delete(".*", serve);
  if (port == 0) port = server.bind_to_any_port("127.0.0.1");
  else if (!server.bind_to_port("127.0.0.1", port)) port = -1;
  if (port < 0) {
    std::cerr << "rest_shop: the port is taken\n";
    return 1;
  }
  std::cout << "http://127.0.0.1:" << port << std::endl;   // connections are taken from here on, though answered a moment later
  return server.listen_after_bind() ? 0 : 1;
}
