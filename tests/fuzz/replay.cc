#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// Runs a fuzz target without a fuzzer: every input of its corpus, and for each a number of changed ones, always the same.
//   <name>_replay FOLDER [CHANGED_PER_INPUT]
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& bytes) { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()); }

std::string changed(std::string bytes, const std::vector<std::string>& all, std::mt19937& random) {
  for (unsigned times = 1 + random() % 4; times-- > 0;) {
    const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
    const std::string& other = all[random() % all.size()];
    const std::size_t from = other.empty() ? 0 : random() % other.size();
    switch (random() % 4) {
      case 0: bytes.insert(at, other, from, random() % 40); break;
      case 1: bytes.erase(at, random() % 20); break;
      case 2: bytes.insert(at, 1, static_cast<char>(random() % 256)); break;
      default:
        if (!bytes.empty()) bytes[at] = static_cast<char>(random() % 256);
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: " << argv[0] << " FOLDER [CHANGED_PER_INPUT]\n";
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(argv[1])) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  const int rounds = argc > 2 ? std::stoi(argv[2]) : 100;
  std::mt19937 random(1);
  for (const std::string& input : inputs) {
    feed(input);
    for (int i = 0; i < rounds; ++i) feed(changed(input, inputs, random));
  }
  std::cout << inputs.size() << " inputs, " << inputs.size() * static_cast<std::size_t>(rounds) << " changed ones\n";
  return inputs.empty() ? 1 : 0;
}
