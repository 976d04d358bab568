#pragma once

namespace floorwalker::cli {

// The whole command line. Returns the exit status: 0 the command did its work, 1 it failed, 2 wrong usage.
int run(int argc, char** argv);

}  // namespace floorwalker::cli
