package io.sub30.ml;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Set;

/**
 * Reads a model's protobuf before the runtime sees it. A model comes from a folder that people drop
 * files into, and the runtime would follow paths to other files and look up custom operators.
 */
final class OnnxInspection {

  /** Largest accepted file; the models meant for a lane are a hundredth of it. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_GRAPH_DEPTH = 8;
  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");

  private final String name;

  private OnnxInspection(String name) {
    this.name = name;
  }

  /**
   * Checks one file.
   *
   * @param name of the file, for messages
   * @throws ModelRefused when it is too large, is no ONNX model, names other files, or uses
   *     operators beyond the standard domains
   */
  static void check(byte[] bytes, String name) throws ModelRefused {
    if (bytes.length > MAX_BYTES) {
      throw new ModelRefused(name + ": " + bytes.length + " bytes, at most " + MAX_BYTES);
    }
    OnnxMl.ModelProto model;
    try {
      model = OnnxMl.ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelRefused(name + ": not an ONNX model: " + e.getMessage(), e);
    }
    OnnxInspection inspection = new OnnxInspection(name);
    inspection.imports(model);
    inspection.graph(model.getGraph(), 0);
  }

  private void imports(OnnxMl.ModelProto model) throws ModelRefused {
    for (OnnxMl.OperatorSetIdProto opset : model.getOpsetImportList()) {
      domain(opset.getDomain());
    }
    if (model.getFunctionsCount() > 0) {
      throw new ModelRefused(
          name + ": defines functions of its own, only standard operators are allowed");
    }
    if (model.getTrainingInfoCount() > 0) {
      throw new ModelRefused(name + ": carries training graphs, only inference is allowed");
    }
    if (model.getGraph().getNodeCount() == 0) {
      throw new ModelRefused(name + ": has no operators");
    }
  }

  private void domain(String domain) throws ModelRefused {
    if (!DOMAINS.contains(domain)) {
      throw new ModelRefused(
          name + ": uses the operator domain '" + domain + "', allowed are ai.onnx and ai.onnx.ml");
    }
  }

  private void graph(OnnxMl.GraphProto graph, int depth) throws ModelRefused {
    if (depth > MAX_GRAPH_DEPTH) {
      throw new ModelRefused(name + ": graphs nested deeper than " + MAX_GRAPH_DEPTH);
    }
    for (OnnxMl.TensorProto tensor : graph.getInitializerList()) {
      tensor(tensor);
    }
    for (OnnxMl.SparseTensorProto tensor : graph.getSparseInitializerList()) {
      tensor(tensor.getValues());
      tensor(tensor.getIndices());
    }
    for (OnnxMl.NodeProto node : graph.getNodeList()) {
      domain(node.getDomain());
      for (OnnxMl.AttributeProto attribute : node.getAttributeList()) {
        attribute(attribute, depth);
      }
    }
  }

  private void attribute(OnnxMl.AttributeProto attribute, int depth) throws ModelRefused {
    if (attribute.hasT()) {
      tensor(attribute.getT());
    }
    for (OnnxMl.TensorProto tensor : attribute.getTensorsList()) {
      tensor(tensor);
    }
    if (attribute.hasSparseTensor()) {
      tensor(attribute.getSparseTensor().getValues());
      tensor(attribute.getSparseTensor().getIndices());
    }
    for (OnnxMl.SparseTensorProto tensor : attribute.getSparseTensorsList()) {
      tensor(tensor.getValues());
      tensor(tensor.getIndices());
    }
    if (attribute.hasG()) {
      graph(attribute.getG(), depth + 1);
    }
    for (OnnxMl.GraphProto graph : attribute.getGraphsList()) {
      graph(graph, depth + 1);
    }
  }

  private void tensor(OnnxMl.TensorProto tensor) throws ModelRefused {
    if (tensor.getExternalDataCount() > 0
        || tensor.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
      throw new ModelRefused(
          name + ": tensor '" + tensor.getName() + "' lies in another file, which is not allowed");
    }
  }
}
