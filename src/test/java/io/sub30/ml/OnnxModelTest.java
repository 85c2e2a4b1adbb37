package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OnnxModelTest {

  private static final ModelFiles GOOD = Synthetic.files(Synthetic.ID);

  @Test
  void load_trainedModel_answersAsOnTheJvm() throws Exception {
    SampleSet set = Synthetic.usualSet();
    TrainedModel trained = Synthetic.model(set);
    OnnxModel model = OnnxModel.load(Synthetic.ID, GOOD);
    int differing = 0;
    try (LaneModel lane = new LaneModel(model)) {
      float[] embedding = new float[Encoder.SIZE];
      for (int i = 0; i < 500; i++) {
        Sample sample = set.samples().get(i);
        float[] expected = trained.encoder().encode(set.windows().get(sample.window()));
        lane.embed(set.windows().get(sample.window()), embedding);
        for (int e = 0; e < Encoder.SIZE; e++) {
          differing += Math.abs(expected[e] - embedding[e]) > 1e-4 ? 1 : 0;
        }
        lane.predict(expected, sample.features());
        Head.Answer answer = trained.head().answer(expected, sample.features());
        assertThat(ParityVector.close(answer.up(), lane.up())).isTrue();
        assertThat(ParityVector.close(answer.down(), lane.down())).isTrue();
        assertThat(ParityVector.close(answer.exceeds(), lane.exceeds())).isTrue();
        assertThat(ParityVector.closeVolatility(answer.volatility(), lane.volatility())).isTrue();
      }
    }
    model.release();
    // A response exactly at its threshold may fall on either side; of 42,000 values a few may.
    assertThat(differing).isLessThan(20);
  }

  @Test
  void load_headChanged_refusedByDigest() {
    byte[] head = GOOD.head().clone();
    head[head.length / 2] ^= 1;
    refused(new ModelFiles(GOOD.manifest(), GOOD.encoder(), head), "head.onnx: its SHA-256 is");
  }

  @Test
  void load_parityVectorChanged_refusedWithBothValues() {
    refused(
        manifest(json -> json.replaceFirst("\"exceeds\" : 0\\.", "\"exceeds\" : 1.")),
        "p_exceeds_cost: expected 1.");
  }

  @Test
  void load_volatilityOffByAThousandth_refused() {
    // An absolute tolerance would let any volatility pass: they are all below 1e-3.
    TrainedModel model = Synthetic.model(Synthetic.usualSet());
    double volatility = model.parity().get(0).volatility();
    refused(
        manifest(json -> json.replace("" + volatility, "" + volatility * 1.001)),
        "volatility: expected");
  }

  @Test
  void load_unknownFeature_refusedByName() {
    refused(
        manifest(json -> json.replaceFirst("\"return_5\"", "\"return_6\"")),
        "'return_6' is not known");
  }

  @Test
  void load_otherWindow_refused() {
    refused(manifest(json -> json.replace("\"length\" : 32", "\"length\" : 31")), "is 31x3");
  }

  @Test
  void load_manifestOfAnotherFolder_refused() {
    assertThatThrownBy(() -> OnnxModel.load(new ModelId("synthetic", 2), GOOD))
        .isInstanceOf(ModelRefused.class)
        .hasMessageContaining("says synthetic/1, lies in the folder synthetic/2");
  }

  @Test
  void load_missingMember_refusedByPath() {
    refused(
        manifest(json -> json.replace("\"horizon_s\"", "\"horizon\"")), "horizon_s: is missing");
  }

  @Test
  void load_duplicateMember_refused() {
    refused(
        manifest(json -> json.replaceFirst("\"embedding\" :", "\"version\" : 1, \"embedding\" :")),
        "not readable as JSON");
  }

  @Test
  void load_externalData_refused() {
    refused(
        head(
            graph -> {
              OnnxMl.TensorProto.Builder tensor = graph.getInitializerBuilder(0);
              tensor.setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL);
              tensor.addExternalData(
                  OnnxMl.StringStringEntryProto.newBuilder()
                      .setKey("location")
                      .setValue("/etc/passwd"));
              return graph;
            }),
        "lies in another file");
  }

  @Test
  void load_customOperator_refused() {
    refused(
        head(
            graph -> {
              graph.getNodeBuilder(0).setDomain("com.example");
              return graph;
            }),
        "operator domain 'com.example'");
  }

  @Test
  void load_externalDataInSubgraph_refused() {
    OnnxMl.TensorProto.Builder tensor =
        OnnxMl.TensorProto.newBuilder().setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL);
    refused(
        head(
            graph -> {
              graph
                  .getNodeBuilder(0)
                  .addAttribute(
                      OnnxMl.AttributeProto.newBuilder()
                          .setName("body")
                          .setG(OnnxMl.GraphProto.newBuilder().addInitializer(tensor)));
              return graph;
            }),
        "lies in another file");
  }

  @Test
  void load_headInPlaceOfEncoder_refusedBySignature() {
    String json = new String(GOOD.manifest(), StandardCharsets.UTF_8);
    String swapped = json.replace(Digests.sha256(GOOD.encoder()), Digests.sha256(GOOD.head()));
    refused(
        new ModelFiles(swapped.getBytes(StandardCharsets.UTF_8), GOOD.head(), GOOD.head()),
        "encoder.onnx inputs: are");
  }

  @Test
  void check_overTheLimit_refused() {
    assertThatThrownBy(() -> OnnxInspection.check(new byte[OnnxInspection.MAX_BYTES + 1], "x.onnx"))
        .isInstanceOf(ModelRefused.class)
        .hasMessage("x.onnx: 16777217 bytes, at most 16777216");
  }

  @Test
  void check_noOnnxAtAll_refused() {
    assertThatThrownBy(
            () -> OnnxInspection.check("hello".getBytes(StandardCharsets.UTF_8), "x.onnx"))
        .isInstanceOf(ModelRefused.class)
        .hasMessageContaining("not an ONNX model");
  }

  @Test
  void release_lastUser_closesForGood() throws Exception {
    OnnxModel model = OnnxModel.load(Synthetic.ID, GOOD);
    LaneModel lane = new LaneModel(model);
    model.release();
    lane.embed(Synthetic.usualSet().windows().get(0), new float[Encoder.SIZE]);
    lane.close();
    assertThat(model.retain()).isFalse();
  }

  private static void refused(ModelFiles files, String why) {
    assertThatThrownBy(() -> OnnxModel.load(Synthetic.ID, files))
        .isInstanceOf(ModelRefused.class)
        .hasMessageContaining(why);
  }

  private static ModelFiles manifest(UnaryOperator<String> change) {
    String before = new String(GOOD.manifest(), StandardCharsets.UTF_8);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    return new ModelFiles(after.getBytes(StandardCharsets.UTF_8), GOOD.encoder(), GOOD.head());
  }

  /** A changed head whose digest is right: only the inspection can tell. */
  private static ModelFiles head(UnaryOperator<OnnxMl.GraphProto.Builder> change) {
    try {
      OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.parseFrom(GOOD.head()).toBuilder();
      model.setGraph(change.apply(model.getGraphBuilder()).build());
      byte[] head = model.build().toByteArray();
      String json = new String(GOOD.manifest(), StandardCharsets.UTF_8);
      String changed = json.replace(Digests.sha256(GOOD.head()), Digests.sha256(head));
      return new ModelFiles(changed.getBytes(StandardCharsets.UTF_8), GOOD.encoder(), head);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
