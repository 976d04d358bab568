#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace floorwalker::test {

// The name of a test over a shipped playbook: its path with what GoogleTest allows in names.
inline std::string test_name(const testing::TestParamInfo<const char*>& shipped) {
  std::string name = shipped.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

}  // namespace floorwalker::test
