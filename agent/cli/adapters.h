#pragma once

#include <string>

#include "adapters/http/adapter_file.h"
#include "agent/core/result.h"

// Adapter files as commands name them: a file, or one that the binary carries.
namespace floorwalker::cli {

// True for "shopify.yaml", "path/to/mine.yml" and the names of shipped adapters ("shopify").
bool is_adapter(const std::string& shop);

// Loads and checks it; kInvalidArgument tells every mistake with file, line and column.
Result<http::Adapter> load_adapter_file(const std::string& name);

}  // namespace floorwalker::cli
