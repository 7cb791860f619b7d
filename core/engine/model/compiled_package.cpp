// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/compiled_package.h"

#include "core/engine/attention/attention_judge.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

/// A package is a zip archive; LibTorch's own message for anything else names an internal check.
void requireZip(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::array<char, 4> magic{};
    if (!file)
    {
        throw std::runtime_error("the compiled package " + path + " cannot be read");
    }
    file.read(magic.data(), magic.size());
    if (file.gcount() != 4 || magic != std::array{'P', 'K', '\x03', '\x04'})
    {
        throw std::runtime_error(path + " is no compiled package (.pt2); make one with tools/export_compiled.py");
    }
}

} // namespace

at::Tensor runCompiledPackage(const std::string& path, const at::Tensor& tokens)
{
    requireZip(path);
    const c10::NoGradGuard noGradients;
    try
    {
        torch::inductor::AOTIModelPackageLoader loader(
            path, "model", false, 1, tokens.is_cuda() ? tokens.device().index() : c10::DeviceIndex(-1));
        const auto outputs = loader.run({tokens});
        if (outputs.empty())
        {
            throw std::runtime_error("the compiled package " + path + " gave no output");
        }
        return outputs.front().clone(); // the package's memory goes with its loader
    }
    catch (const c10::Error& error)
    {
        throw std::runtime_error("the compiled package " + path + " could not be run: " + firstSentence(error));
    }
}

} // namespace headroom::engine
