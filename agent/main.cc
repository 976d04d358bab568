#include "agent/cli/cli.h"

int main(int argc, char** argv) { return floorwalker::cli::run(argc, argv); }
