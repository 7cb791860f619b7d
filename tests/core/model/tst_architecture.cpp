// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/saturating.h"
#include "core/model/architecture.h"
#include "core/model/weight_files.h"
#include "tests/core/model/tiny_models.h"

#include <QtTest>

#include <filesystem>
#include <set>
#include <stdexcept>

using namespace headroom;

namespace
{

Architecture read(const std::string& text)
{
    return readArchitecture(text, "config.json");
}

Architecture tiny(const char* name)
{
    return readArchitecture(readSmallFile(tinyModelFolder(name) / "config.json", 1 << 20), name);
}

} // namespace

class TestArchitecture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMissingValueHasTheDefaultOfTransformers()
    {
        const Architecture gpt2 = read(R"({"model_type":"gpt2","architectures":["GPT2LMHeadModel"]})");
        QCOMPARE(gpt2.vocabSize, std::int64_t(50257));
        QCOMPARE(gpt2.feedForward, std::int64_t(3072));
        QCOMPARE(gpt2.headDim, std::int64_t(64));
        QCOMPARE(parameterCount(gpt2), std::int64_t(124439808)); // the published GPT-2 small
        QCOMPARE(parameterCount(read(R"({"model_type":"bert"})")), std::int64_t(108891648)); // bert-base, no pooler
        QCOMPARE(parameterCount(read(R"({"model_type":"vit","architectures":["ViTForImageClassification"],
                                         "id2label":{"0":"cat"}})")),
                 std::int64_t(85798656 + 769)); // vit-base without its head, and a head of one label
    }

    void theDataTypeIsRead()
    {
        QCOMPARE(read(R"({"model_type":"bert","dtype":"bfloat16"})").dtype, std::optional(DType::BFloat16));
        QCOMPARE(read(R"({"model_type":"bert","torch_dtype":"float16"})").dtype, std::optional(DType::Float16));
        QCOMPARE(read(R"({"model_type":"bert","dtype":"torch.float64"})").dtype, std::optional(DType::Float64));
        for (const char* config : {R"({"model_type":"bert"})", R"({"model_type":"bert","dtype":"auto"})",
                                   R"({"model_type":"bert","dtype":3})", R"({"model_type":"bert","dtype":null})"})
        {
            QVERIFY2(!read(config).dtype, config);
        }
    }

    void publishedConfigsGiveThePublishedParameterCounts()
    {
        QCOMPARE(parameterCount(read(R"({"model_type":"llama","architectures":["LlamaForCausalLM"]})")),
                 std::int64_t(6738415616)); // LLaMA 2 7B
        QCOMPARE(parameterCount(read(R"({"model_type":"mistral","architectures":["MistralForCausalLM"]})")),
                 std::int64_t(7241732096)); // Mistral 7B
        QCOMPARE(parameterCount(read(R"({"model_type":"t5","architectures":["T5ForConditionalGeneration"]})")),
                 std::int64_t(60506624)); // T5 small
        QCOMPARE(parameterCount(read(R"({"model_type":"qwen3","architectures":["Qwen3ForCausalLM"],"hidden_size":1024,
            "num_hidden_layers":28,"num_attention_heads":16,"num_key_value_heads":8,"intermediate_size":3072,
            "tie_word_embeddings":true,"vocab_size":151936})")),
                 std::int64_t(596049920)); // Qwen3 0.6B
    }

    void eachTinyModelHasItsParametersInItsFile_data() { addTinyModels(); }
    void eachTinyModelHasItsParametersInItsFile()
    {
        QFETCH(QByteArray, name);
        const Architecture model = tiny(name.constData());
        const WeightFiles files(tinyModelFolder(name.constData()));
        for (const ParameterSpec& parameter : parametersOf(model))
        {
            const WeightFiles::Stored* stored = nullptr;
            for (const std::string& candidate : checkpointNames(model, parameter.name))
            {
                stored = stored != nullptr ? stored : files.find(candidate);
            }
            QVERIFY2(stored != nullptr || !parameter.tiedTo.empty(), parameter.name.c_str());
            if (stored != nullptr)
            {
                QVERIFY2(stored->entry->shape == parameter.shape, parameter.name.c_str());
            }
        }
    }

    void groupedHeadsWindowsAndStretchedPositionsAreRead()
    {
        const Architecture llama = tiny("llama");
        QCOMPARE(llama.kvHeads, std::int64_t(2));
        QVERIFY(llama.rotary.kind == RotaryKind::Llama3);
        QCOMPARE(llama.rotary.theta, 500.0);
        QVERIFY(!llama.windowed(0));
        QVERIFY(tiny("mistral").windowed(0) && tiny("mistral").windowed(1));
        QCOMPARE(tiny("mistral").headDim, std::int64_t(12));
        QVERIFY(!tiny("qwen2").windowed(0) && tiny("qwen2").windowed(1));
        QVERIFY(tiny("qwen2").attentionBias && !tiny("qwen2").outputBias);
        QVERIFY(!tiny("qwen3").tiedEmbeddings);
        QVERIFY(tiny("t5").scaledOutput && !tiny("t5-gated").scaledOutput);
        QVERIFY(tiny("t5-encoder").encoderOnly && !tiny("t5-encoder").hasDecoder());
    }

    void olderConfigsAreRead()
    {
        const Architecture llama = read(R"({"model_type":"llama","rope_theta":500000.0,"rope_scaling":{"type":"linear",
                                            "factor":2.0}})");
        QVERIFY(llama.rotary.kind == RotaryKind::Linear);
        QCOMPARE(llama.rotary.theta, 500000.0);
        QVERIFY(!read(R"({"model_type":"mistral","sliding_window":null})").window);
        QCOMPARE(*read(R"({"model_type":"mistral"})").window, std::int64_t(4096));
        QVERIFY(!read(R"({"model_type":"t5","tie_word_embeddings":false})").scaledOutput);
    }

    void checkpointsOfAnyAgeAndClassAreFound()
    {
        const Architecture gpt2 = read(R"({"model_type":"gpt2","architectures":["GPT2LMHeadModel"]})");
        QCOMPARE(checkpointNames(gpt2, "transformer.wte.weight"),
                 (std::vector<std::string>{"transformer.wte.weight", "wte.weight"}));
        const Architecture vit = read(R"({"model_type":"vit"})");
        const auto names = checkpointNames(vit, "layers.3.attention.q_proj.bias");
        QVERIFY(std::find(names.begin(), names.end(), "vit.encoder.layer.3.attention.attention.query.bias") !=
                names.end());
    }

    void anImageHasAPositionForEachPatchAndOne()
    {
        QCOMPARE(sequenceThatFits(read(R"({"model_type":"vit"})"), 5), std::int64_t(197));
        QCOMPARE(sequenceThatFits(tiny("vit"), 5), std::int64_t(7));
        QCOMPARE(sequenceThatFits(read(R"({"model_type":"gpt2"})"), 5000), std::int64_t(1024));
        QCOMPARE(sequenceThatFits(read(R"({"model_type":"t5"})"), 5000), std::int64_t(5000));
    }

    void lyingConfigsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, const char* text, const char* why)
        { QTest::newRow(name) << QByteArray(text) << QByteArray(why); };
        row("empty", "", "not valid JSON");
        row("cut short", R"({"model_type":"gpt2")", "not valid JSON at byte");
        row("not UTF-8", "{\"model_type\":\"\xff\"}", "not valid JSON at byte");
        row("NaN", R"({"model_type":"gpt2","layer_norm_epsilon":NaN})", "not valid JSON at byte");
        row("a list", "[]", "it is not a JSON object");
        row("nested", R"({"model_type":"gpt2","a":[[[[[[[[[[1]]]]]]]]]]})", "JSON nested more than 8 levels deep");
        row("no type", "{}", "it has no 'model_type'");
        row("type that is a number", R"({"model_type":7})", "'model_type' must be a short text");
        row("unknown type", R"({"model_type":"mamba"})", "the model_type 'mamba' is not one of gpt2, llama");
        row("unknown class", R"({"model_type":"gpt2","architectures":["GPT2ForTokenClassification"]})",
            "the class 'GPT2ForTokenClassification' is not one that Headroom builds; of gpt2 it builds GPT2Model");
        row("class of another family", R"({"model_type":"gpt2","architectures":["LlamaForCausalLM"]})",
            "the class 'LlamaForCausalLM' is not one that Headroom builds");
        row("two classes", R"({"model_type":"gpt2","architectures":["GPT2Model","GPT2Model"]})",
            "'architectures' must be a list with the name of one class");
        row("class that is a number", R"({"model_type":"gpt2","architectures":[1]})", "'architectures' must be a list");
        row("zero width", R"({"model_type":"gpt2","n_embd":0})", "'n_embd' must be a whole number from 1 to");
        row("negative layers", R"({"model_type":"gpt2","n_layer":-1})", "'n_layer' must be a whole number from 1");
        row("a million layers", R"({"model_type":"gpt2","n_layer":1000000})", "'n_layer' must be a whole number");
        row("size past 64 bits", R"({"model_type":"gpt2","n_embd":18446744073709551615})", "'n_embd' must be a whole");
        row("size that is a fraction", R"({"model_type":"gpt2","n_embd":768.5})", "'n_embd' must be a whole number");
        row("size that is text", R"({"model_type":"gpt2","n_embd":"768"})", "'n_embd' must be a whole number");
        row("width that heads do not divide", R"({"model_type":"gpt2","n_embd":770})",
            "a width of 770 cannot be divided among 12 heads");
        row("more parameters than there are", R"({"model_type":"gpt2","n_embd":1073741824,"n_head":1,"n_layer":1000})",
            "its sizes make more than 17592186044416 parameters");
        row("epsilon below zero", R"({"model_type":"gpt2","layer_norm_epsilon":-1})",
            "'layer_norm_epsilon' must be a number from 0 to 1");
        row("flag that is text", R"({"model_type":"gpt2","scale_attn_weights":"yes"})",
            "'scale_attn_weights' must be true or false");
        row("unknown activation", R"({"model_type":"gpt2","activation_function":"quick_gelu"})",
            "the activation 'quick_gelu' is not one of gelu");
        row("cross-attention in GPT-2", R"({"model_type":"gpt2","add_cross_attention":true})",
            "it has cross-attention, which Headroom does not build");
        row("quantised", R"({"model_type":"llama","quantization_config":{"bits":4}})", "its weights are quantised");
        row("groups that do not fit", R"({"model_type":"llama","num_key_value_heads":5})",
            "32 query heads cannot share 5 key/value heads");
        row("odd head_dim", R"({"model_type":"qwen3","head_dim":127})", "rotary embeddings need an even head_dim");
        row("unknown rope", R"({"model_type":"llama","rope_scaling":{"type":"longrope","factor":2}})",
            "the rope_type 'longrope' is not one of default, linear, llama3, yarn");
        row("rope without factor", R"({"model_type":"llama","rope_scaling":{"type":"linear"}})",
            "a rope_type of linear needs a 'factor'");
        row("rope that is a list", R"({"model_type":"llama","rope_scaling":[1]})", "'rope_scaling' must be an object");
        row("rope frequencies swapped",
            R"({"model_type":"llama","rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":1}})",
            "'high_freq_factor' must be larger than 'low_freq_factor'");
        row("partly rotated", R"({"model_type":"llama","partial_rotary_factor":0.5})", "partial_rotary_factor");
        row("types for other layers",
            R"({"model_type":"qwen2","use_sliding_window":true,"layer_types":["full_attention"]})",
            "'layer_types' must list a type for each layer");
        row("unknown layer type",
            R"({"model_type":"qwen2","num_hidden_layers":1,"use_sliding_window":true,"layer_types":["mamba"]})",
            "'layer_types' may name full_attention and sliding_attention only");
        row("relative positions in BERT", R"({"model_type":"bert","position_embedding_type":"relative_key"})",
            "its positions are not absolute");
        row("decoder BERT", R"({"model_type":"bert","is_decoder":true})", "it is a decoder");
        row("labels that are a list", R"({"model_type":"bert","id2label":["a"]})", "'id2label' must be an object");
        row("patch larger than the image", R"({"model_type":"vit","patch_size":300})",
            "a patch is larger than the image");
        row("image with three sides", R"({"model_type":"vit","image_size":[1,2,3]})", "'image_size' must be a whole");
        row("buckets that do not fit", R"({"model_type":"t5","relative_attention_max_distance":16})",
            "'relative_attention_max_distance' must be larger than half of");
        row("BART's decoder heads", R"({"model_type":"bart","decoder_attention_heads":7})",
            "a width of 1024 cannot be divided among 7 heads");
    }
    void lyingConfigsAreRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, why);
        try
        {
            read(text.toStdString());
            QFAIL("it was taken");
        }
        catch (const std::runtime_error& error)
        {
            const QByteArray sentence(error.what());
            QVERIFY2(sentence.startsWith("config.json is not a usable model configuration: "), error.what());
            QVERIFY2(sentence.contains(why), error.what());
        }
    }
};

QTEST_APPLESS_MAIN(TestArchitecture)
#include "tst_architecture.moc"
