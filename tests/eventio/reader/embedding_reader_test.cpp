// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/embedding_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/eventio/event_bytes.h"
#include "tests/eventio/picture_files.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using eventio::EmbeddingFiles;
using eventio::listEmbeddings;
using eventio::measureEmbedding;
using eventio::readEmbedding;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class EmbeddingReader : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& bytes) const {
    writeFile(folder / name, bytes);
  }
  [[nodiscard]] EmbeddingFiles points(const std::string& tensors,
                                      const std::string& metadata = {}) const {
    write("points.tsv", tensors);
    EmbeddingFiles files;
    files.tag = "e";
    files.tensors = (folder.path() / "points.tsv").string();
    if (!metadata.empty()) {
      write("metadata.tsv", metadata);
      files.metadata = (folder.path() / "metadata.tsv").string();
    }
    return files;
  }

  TemporaryFolder folder;
};

TEST_F(EmbeddingReader, ReadsTheConfiguration) {
  write("projector_config.pbtxt", R"(
# two of tensorboardX, one of someone else
embeddings {
tensor_name: "e/1:00003"
tensor_path: "00003/e%2f1/tensors.tsv"
metadata_path: "00003/e%2f1/metadata.tsv"
sprite {
image_path: "00003/e%2f1/sprite.png"
single_image_dim: 8
single_image_dim: 6
}
}
embeddings { tensor_name: "x:0None", tensor_path: "0None/x/tensors.tsv" }
something_new { a: 1 }
embeddings < tensor_path: 'vec.bytes' tensor_shape: 2 tensor_shape: 3 bookmarks_path: "b.txt" >
)");
  const auto list = listEmbeddings(folder.path().string());
  EXPECT_THAT(list.problems, IsEmpty());
  ASSERT_EQ(list.embeddings.size(), 3U);
  const EmbeddingFiles& first = list.embeddings[0];
  const fs::path root = fs::canonical(folder.path());
  EXPECT_EQ(first.tag, "e/1");
  EXPECT_EQ(first.step, 3);
  EXPECT_EQ(first.tensors, root / "00003/e%2f1/tensors.tsv");
  EXPECT_EQ(first.metadata, root / "00003/e%2f1/metadata.tsv");
  EXPECT_EQ(first.sprite, root / "00003/e%2f1/sprite.png");
  EXPECT_EQ(first.spriteWidth, 8);
  EXPECT_EQ(first.spriteHeight, 6);
  EXPECT_EQ(list.embeddings[1].tag, "x");
  EXPECT_EQ(list.embeddings[1].step, 0);
  EXPECT_EQ(list.embeddings[2].tag, "vec.bytes");
  EXPECT_THAT(list.embeddings[2].shape, ElementsAre(2, 3));
  EXPECT_EQ(list.embeddings[2].bookmarks, root / "b.txt");
}

TEST_F(EmbeddingReader, NoConfigurationIsNoEmbedding) {
  const auto list = listEmbeddings(folder.path().string());
  EXPECT_THAT(list.embeddings, IsEmpty());
  EXPECT_THAT(list.problems, IsEmpty());
}

TEST_F(EmbeddingReader, DamagedConfigurationNamesTheLine) {
  write("projector_config.pbtxt", "embeddings {\n tensor_name: \"a\n}");
  const auto list = listEmbeddings(folder.path().string());
  ASSERT_THAT(list.problems, SizeIs(1));
  EXPECT_THAT(list.problems[0].english(), HasSubstr("line 2"));
  write("projector_config.pbtxt", std::string(100000, '{'));
  EXPECT_THAT(listEmbeddings(folder.path().string()).problems, SizeIs(1));
}

TEST_F(EmbeddingReader, PathsOutOfTheFolderAreRefused) {
  write("projector_config.pbtxt",
        "embeddings { tensor_name: 'a' tensor_path: '../../etc/passwd' }\n"
        "embeddings { tensor_name: 'b' tensor_path: '/etc/passwd' }\n"
        "embeddings { tensor_name: 'c' tensor_path: 'link/x.tsv' }\n"
        "embeddings { tensor_name: 'd' }\n");
  fs::create_symlink("/etc", folder.path() / "link");
  const auto list = listEmbeddings(folder.path().string());
  EXPECT_THAT(list.embeddings, IsEmpty());
  EXPECT_THAT(list.problems, SizeIs(4));
}

TEST_F(EmbeddingReader, ReadsPointsWithMetadataAndSprite) {
  EmbeddingFiles files =
      points("1\t-2.5e1\r\n\nnan\tinf\n 3 \t1e-400", "name\tsize\na\t1\nb\t2\nc\t3\n");
  write("sprite.png", picture_files::kPngPalette);
  files.sprite = (folder.path() / "sprite.png").string();
  files.spriteWidth = 2;
  files.spriteHeight = 3;
  const auto size = measureEmbedding(files);
  ASSERT_TRUE(size) << size.error().message.english();
  EXPECT_EQ(size->rows, 3U);
  EXPECT_EQ(size->columns, 2U);
  const auto loaded = readEmbedding(files);
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  EXPECT_THAT(loaded->problems, IsEmpty());
  const auto& embedding = loaded->embedding;
  EXPECT_EQ(embedding.rows, 3);
  EXPECT_EQ(embedding.columns, 2);
  EXPECT_THAT(embedding.values, ElementsAre(1, -25, testing::IsNan(), HUGE_VALF, 3, 0));
  EXPECT_THAT(embedding.header, ElementsAre("name", "size"));
  EXPECT_THAT(embedding.metadata,
              ElementsAre(ElementsAre("a", "1"), ElementsAre("b", "2"), ElementsAre("c", "3")));
  ASSERT_TRUE(embedding.sprite);
  EXPECT_EQ(embedding.sprite->width, 6);
  EXPECT_EQ(embedding.spriteHeight, 3);
}

TEST_F(EmbeddingReader, OneColumnOfMetadataHasNoHeader) {
  const auto loaded = readEmbedding(points("1\n2\n", "first\nsecond\n"));
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->embedding.header, IsEmpty());
  EXPECT_THAT(loaded->embedding.metadata, ElementsAre(ElementsAre("first"), ElementsAre("second")));
}

TEST_F(EmbeddingReader, BinaryPointsFollowTheShape) {
  write("vec.bytes", event_bytes::packed<float>({1, 2, 3, 4, 5, 6}));
  EmbeddingFiles files;
  files.tensors = (folder.path() / "vec.bytes").string();
  files.shape = {2, 3};
  const auto loaded = readEmbedding(files);
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  EXPECT_EQ(loaded->embedding.rows, 2);
  EXPECT_THAT(loaded->embedding.values, ElementsAre(1, 2, 3, 4, 5, 6));
  for (const std::vector<std::uint32_t>& shape : std::vector<std::vector<std::uint32_t>>{
           {}, {6}, {2, 4}, {4294967295U, 4294967295U}, {0, 0}}) {
    files.shape = shape;
    EXPECT_FALSE(readEmbedding(files));
    EXPECT_FALSE(measureEmbedding(files));
  }
}

TEST_F(EmbeddingReader, DamagedPointsNameTheLine) {
  const auto ragged = readEmbedding(points("1\t2\n3\t4\n5\n"));
  ASSERT_FALSE(ragged);
  EXPECT_THAT(ragged.error().message.english(), HasSubstr("points.tsv:3: 1 columns instead of 2"));
  const auto word = readEmbedding(points("1\nx1\n"));
  ASSERT_FALSE(word);
  EXPECT_THAT(word.error().message.english(), HasSubstr("points.tsv:2: 'x1' is no number"));
  EXPECT_FALSE(measureEmbedding(points("1\t2\n3\n")));
  EmbeddingFiles gone;
  gone.tensors = (folder.path() / "gone.tsv").string();
  EXPECT_FALSE(readEmbedding(gone));
}

TEST_F(EmbeddingReader, DamagedMetadataAreLeftOutAndReported) {
  for (const char* metadata : {"a\tb\n1\t2\n", "a\tb\n1\t2\n3\n", "1\n2\n3\n"}) {
    const auto loaded = readEmbedding(points("1\n2\n", metadata));
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->embedding.rows, 2);
    EXPECT_THAT(loaded->embedding.metadata, IsEmpty());
    ASSERT_THAT(loaded->problems, SizeIs(1));
    EXPECT_THAT(loaded->problems[0].english(), HasSubstr("metadata.tsv:"));
  }
}

}  // namespace
