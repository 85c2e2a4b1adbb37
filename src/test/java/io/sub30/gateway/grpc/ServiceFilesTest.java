package io.sub30.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.v1.Ticks;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceFilesTest {

  private static final String TICKS = "sub30/v1/ticks.proto";

  private final ServiceFiles files =
      new ServiceFiles(
          List.of(
              Ticks.getDescriptor().findServiceByName("TradingGateway"), GrpcHealth.DESCRIPTOR));

  private static ServerReflectionRequest.Builder ask() {
    return ServerReflectionRequest.newBuilder().setHost("here");
  }

  private static List<FileDescriptorProto> found(ServerReflectionResponse answer)
      throws InvalidProtocolBufferException {
    List<FileDescriptorProto> found = new ArrayList<>();
    for (ByteString file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      found.add(FileDescriptorProto.parseFrom(file));
    }
    return found;
  }

  @Test
  void answer_listServices_namesThemInOrder_andRepeatsTheQuestion() {
    ServerReflectionRequest asked = ask().setListServices("*").build();
    ServerReflectionResponse answer = files.answer(asked);
    assertThat(answer.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .containsExactly("sub30.v1.TradingGateway", "grpc.health.v1.Health");
    assertThat(answer.getOriginalRequest()).isEqualTo(asked);
    assertThat(answer.getValidHost()).isEqualTo("here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sub30.v1.TradingGateway",
        "sub30.v1.TradingGateway.SubmitTicks",
        "sub30.v1.TickBatch",
      })
  void answer_symbolOfTheGateway_isItsFileFirst(String symbol) throws Exception {
    ServerReflectionResponse answer = files.answer(ask().setFileContainingSymbol(symbol).build());
    assertThat(found(answer).get(0).getName()).isEqualTo(TICKS);
  }

  @Test
  void answer_nestedEnum_isItsFile() throws Exception {
    String symbol = "grpc.health.v1.HealthCheckResponse.ServingStatus";
    ServerReflectionResponse answer = files.answer(ask().setFileContainingSymbol(symbol).build());
    assertThat(found(answer).get(0).getName()).isEqualTo(GrpcHealth.DESCRIPTOR.getFile().getName());
  }

  @Test
  void answer_file_isWhatItWasMadeOf() throws Exception {
    List<FileDescriptorProto> found = found(files.answer(ask().setFileByFilename(TICKS).build()));
    assertThat(found.get(0)).isEqualTo(Ticks.getDescriptor().toProto());
  }

  @Test
  void answer_fileWithImports_hasEachOnce() throws Exception {
    FileDescriptor base = file("base.proto", "Base");
    FileDescriptor middle = file("middle.proto", "Middle", base);
    FileDescriptor top = file("top.proto", "Top", middle, base);
    ServiceFiles these = new ServiceFiles(List.of(top.findServiceByName("Top")));
    assertThat(found(these.answer(ask().setFileContainingSymbol("Top").build())))
        .extracting(FileDescriptorProto::getName)
        .containsExactly("top.proto", "middle.proto", "base.proto");
    assertThat(found(these.answer(ask().setFileByFilename("middle.proto").build())))
        .extracting(FileDescriptorProto::getName)
        .containsExactly("middle.proto", "base.proto");
  }

  @Test
  void answer_unknownNames_areNotFound() {
    assertThat(error(ask().setFileByFilename("none.proto"))).isEqualTo(5);
    assertThat(error(ask().setFileContainingSymbol("sub30.v1.Nothing"))).isEqualTo(5);
    assertThat(error(ask().setFileContainingSymbol("sub30.v1.Submission"))).isEqualTo(5);
    assertThat(error(ask().setAllExtensionNumbersOfType("sub30.v1.Tick"))).isEqualTo(5);
  }

  @Test
  void answer_noQuestion_isInvalid() {
    assertThat(error(ask())).isEqualTo(3);
  }

  private static FileDescriptor file(String name, String service, FileDescriptor... imports)
      throws DescriptorValidationException {
    FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setName(name);
    file.addService(ServiceDescriptorProto.newBuilder().setName(service));
    for (FileDescriptor imported : imports) {
      file.addDependency(imported.getName());
    }
    return FileDescriptor.buildFrom(file.build(), imports);
  }

  private int error(ServerReflectionRequest.Builder asked) {
    return files.answer(asked.build()).getErrorResponse().getErrorCode();
  }
}
