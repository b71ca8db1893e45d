// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// The values of event files other than scalars, histograms, text and hyper-parameters: as a writer
/// takes them and a reader gives them back.
namespace eventio {

/// A picture. `pixels` holds height rows of width pixels of `channels` bytes each: 1 grey, 2 grey
/// and alpha, 3 RGB, 4 RGBA; alpha is not premultiplied.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<std::uint8_t> pixels{};
};

/// A picture as it stands in a file: PNG, JPEG or GIF. Width and height are what the record says,
/// 0 where it says nothing.
struct EncodedImage {
  int width = 0;
  int height = 0;
  std::string bytes{};
};

/// Sound. `samples` holds frame after frame, a number from -1 to 1 for each channel.
struct AudioClip {
  double sampleRate = 0;  ///< frames a second
  int channels = 0;
  std::vector<float> samples{};

  [[nodiscard]] std::size_t frames() const noexcept {
    return channels > 0 ? samples.size() / static_cast<std::size_t>(channels) : 0;
  }
};

/// Sound as it stands in a file. Rate, channels and frames are what the record says, 0 where it
/// says nothing.
struct EncodedAudio {
  double sampleRate = 0;
  std::int64_t channels = 0;
  std::int64_t frames = 0;
  std::string contentType{};  ///< "audio/wav" or empty
  std::string label{};        ///< TF2: a text beside the sound
  std::string bytes{};
};

/// Precision and recall over thresholds 0 to 1, evenly spaced; all columns have one length, at
/// least 2.
struct PrCurve {
  std::vector<double> truePositives{};
  std::vector<double> falsePositives{};
  std::vector<double> trueNegatives{};
  std::vector<double> falseNegatives{};
  std::vector<double> precision{};
  std::vector<double> recall{};

  [[nodiscard]] std::size_t thresholds() const noexcept { return precision.size(); }
};

/// Which of a mesh's three tensors a tag holds.
enum class MeshPart { kUnknown, kVertices, kFaces, kColors };

/// A batch of meshes or point clouds of one size.
struct Mesh {
  std::int64_t batch = 1;
  std::int64_t vertexCount = 0;        ///< of each mesh
  std::int64_t faceCount = 0;          ///< of each mesh
  std::vector<float> vertices{};       ///< [batch, vertexCount, 3]: x, y, z
  std::vector<std::uint8_t> colors{};  ///< [batch, vertexCount, 3]: red, green, blue; or empty
  std::vector<std::int32_t> faces{};   ///< [batch, faceCount, 3]: indices of vertices; or empty
  std::string configJson{};            ///< of three.js: camera, lights, material; or empty
};

/// A dashboard of charts of scalars (plugin custom_scalars).
struct ScalarLayout {
  /// Lines of all tags that match one of the regular expressions from their beginning.
  struct Multiline {
    std::vector<std::string> tagPatterns;
  };
  /// Lines between two bounds; all three are tags.
  struct Margin {
    struct Series {
      std::string value;
      std::string lower;
      std::string upper;
    };
    std::vector<Series> series;
  };
  struct Chart {
    std::string title;
    std::variant<Multiline, Margin> content;
  };
  struct Category {
    std::string title;
    std::vector<Chart> charts;
    bool closed = false;  ///< shown folded at first
  };
  std::vector<Category> categories;
};

/// A node of a computation graph (NodeDef).
struct GraphNode {
  std::string name{};  ///< "scope/name"
  std::string operation{};
  std::string device{};
  std::vector<std::string>
      inputs{};  ///< names of nodes, "^name" for control, "name:1" for an output
  /// Extents of each output, -1 where one is not known: the attribute _output_shapes.
  std::vector<std::vector<std::int64_t>> outputShapes{};
  /// All other attributes in readable form, by name.
  std::vector<std::pair<std::string, std::string>> attributes{};
};

struct Graph {
  std::vector<GraphNode> nodes{};
};

/// Points of a high-dimensional space with what is known of each (TensorBoard's projector). Lies in
/// files beside the event file.
struct Embedding {
  std::string tag{};
  std::int64_t step = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<float> values{};        ///< [rows, columns]
  std::vector<std::string> header{};  ///< names of the metadata's columns; empty for one column
  std::vector<std::vector<std::string>> metadata{};  ///< a row for each point, or none at all
  std::optional<EncodedImage> sprite{};  ///< small pictures of the points, row by row, in one PNG
  int spriteWidth = 0;                   ///< of one small picture
  int spriteHeight = 0;
};

}  // namespace eventio
