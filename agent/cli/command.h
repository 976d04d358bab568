#pragma once

namespace CLI {
class App;
}

namespace floorwalker::cli {

// What a command came to, kept by `run` until everything is torn down.
struct Exit {
  int status = 0;
};

// Each command adds itself to the application and, when chosen, runs and sets the exit status.
void add_catalogue(CLI::App& app, Exit& exit);

}  // namespace floorwalker::cli
