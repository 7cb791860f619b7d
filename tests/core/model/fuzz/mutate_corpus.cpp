// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs a fuzz target without libFuzzer: each file of the corpus, each of its beginnings, and a fixed number of
// mutations of it, the same on every machine. Not as clever as coverage guidance, but it runs with any compiler and
// sanitizer.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace
{

constexpr int kMutationsPerFile = 3000;

void run(const std::string& bytes)
{
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

/// What breaks parsers: bits, brackets, large numbers, cut and doubled parts.
std::string mutated(std::string bytes, std::mt19937_64& random)
{
    static const std::array<std::string, 12> kPieces{
        "{", "}", "[", "]", "\"", ",", "-1", "1e9", "0", "18446744073709551615", "null", std::string(1, '\0')};
    const auto below = [&random](std::size_t limit)
    { return static_cast<std::size_t>(random() % std::max<std::size_t>(limit, 1)); };
    for (std::size_t change = 0; change <= below(4); ++change)
    {
        const std::size_t at = 1 + below(bytes.size() - 1); // the first byte names the reader
        switch (random() % 5)
        {
        case 0:
            if (at < bytes.size())
            {
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
            }
            break;
        case 1:
            bytes.insert(std::min(at, bytes.size()), kPieces[below(kPieces.size())]);
            break;
        case 2:
            bytes.erase(std::min(at, bytes.size()), below(8));
            break;
        case 3:
            bytes.insert(std::min(at, bytes.size()), bytes.substr(std::min(at, bytes.size()), below(40)));
            break;
        default:
            if (at < bytes.size())
            {
                const std::string& piece = kPieces[below(kPieces.size())];
                bytes.replace(at, piece.size(), piece);
            }
        }
    }
    return bytes;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::fprintf(stderr, "fuzz_model_files CORPUS\n");
        return 3;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::mt19937_64 random(20261); // NOLINT: the same inputs everywhere
    std::size_t inputs = 0;
    for (const auto& path : files)
    {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (bytes.empty())
        {
            continue;
        }
        run(bytes);
        for (std::size_t length = 1; length < bytes.size(); ++length, ++inputs)
        {
            run(bytes.substr(0, length));
        }
        for (int number = 0; number < kMutationsPerFile; ++number, ++inputs)
        {
            run(mutated(bytes, random));
        }
    }
    std::printf("%zu files, %zu inputs made of them\n", files.size(), inputs);
    return files.empty() ? 1 : 0;
}
