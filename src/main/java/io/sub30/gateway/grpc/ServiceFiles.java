package io.sub30.gateway.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.reflection.v1.ErrorResponse;
import io.vertx.grpc.reflection.v1.FileDescriptorResponse;
import io.vertx.grpc.reflection.v1.ListServiceResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .proto} files behind services, by name and by what they declare, as {@code
 * grpc.reflection.v1} asks for them. A file is answered with all it imports. Immutable.
 */
final class ServiceFiles {

  private final ListServiceResponse services;
  private final Map<String, FileDescriptorResponse> byName = new HashMap<>();
  private final Map<String, FileDescriptorResponse> bySymbol = new HashMap<>();

  ServiceFiles(List<ServiceDescriptor> services) {
    ListServiceResponse.Builder names = ListServiceResponse.newBuilder();
    for (ServiceDescriptor service : services) {
      names.addService(ServiceResponse.newBuilder().setName(service.getFullName()));
      add(service.getFile());
    }
    this.services = names.build();
  }

  private void add(FileDescriptor file) {
    if (byName.containsKey(file.getName())) {
      return;
    }
    FileDescriptorResponse.Builder builder = FileDescriptorResponse.newBuilder();
    collect(file, builder, new HashSet<>());
    FileDescriptorResponse response = builder.build();
    byName.put(file.getName(), response);
    for (ServiceDescriptor service : file.getServices()) {
      bySymbol.put(service.getFullName(), response);
      for (MethodDescriptor method : service.getMethods()) {
        bySymbol.put(method.getFullName(), response);
      }
    }
    file.getMessageTypes().forEach(type -> add(type, response));
    file.getEnumTypes().forEach(type -> add(type, response));
    file.getDependencies().forEach(this::add);
  }

  private void add(Descriptor type, FileDescriptorResponse response) {
    bySymbol.put(type.getFullName(), response);
    type.getNestedTypes().forEach(nested -> add(nested, response));
    type.getEnumTypes().forEach(nested -> add(nested, response));
  }

  private void add(EnumDescriptor type, FileDescriptorResponse response) {
    bySymbol.put(type.getFullName(), response);
  }

  /** The file first, then what it imports, each once. */
  private static void collect(
      FileDescriptor file, FileDescriptorResponse.Builder into, Set<String> seen) {
    if (seen.add(file.getName())) {
      into.addFileDescriptorProto(file.toProto().toByteString());
      file.getDependencies().forEach(imported -> collect(imported, into, seen));
    }
  }

  /** The answer to one question; an error within it when there is none. */
  ServerReflectionResponse answer(ServerReflectionRequest asked) {
    ServerReflectionResponse.Builder answer =
        ServerReflectionResponse.newBuilder()
            .setValidHost(asked.getHost())
            .setOriginalRequest(asked);
    return switch (asked.getMessageRequestCase()) {
      case LIST_SERVICES -> answer.setListServicesResponse(services).build();
      case FILE_BY_FILENAME -> file(answer, byName.get(asked.getFileByFilename()), "file");
      case FILE_CONTAINING_SYMBOL ->
          file(answer, bySymbol.get(asked.getFileContainingSymbol()), "symbol");
      case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE ->
          error(answer, GrpcStatus.NOT_FOUND, "nothing here is extended");
      case MESSAGEREQUEST_NOT_SET ->
          error(answer, GrpcStatus.INVALID_ARGUMENT, "the message asks nothing; set one question");
    };
  }

  private static ServerReflectionResponse file(
      ServerReflectionResponse.Builder answer,
      @Nullable FileDescriptorResponse found,
      String kind) {
    return found == null
        ? error(answer, GrpcStatus.NOT_FOUND, "no " + kind + " here has that name")
        : answer.setFileDescriptorResponse(found).build();
  }

  private static ServerReflectionResponse error(
      ServerReflectionResponse.Builder answer, GrpcStatus status, String why) {
    return answer
        .setErrorResponse(ErrorResponse.newBuilder().setErrorCode(status.code).setErrorMessage(why))
        .build();
  }
}
