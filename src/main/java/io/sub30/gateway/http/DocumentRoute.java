package io.sub30.gateway.http;

import io.sub30.gateway.api.ApiDocument;
import io.sub30.gateway.api.EntityTag;
import io.sub30.gateway.ingress.Ingress;
import io.vertx.core.http.HttpServerRequest;

/** {@code GET /openapi.yaml}: for everybody, no token needed, and to be kept for an hour. */
public final class DocumentRoute {

  /** RFC 9512. */
  private static final String CONTENT_TYPE = "application/yaml";

  private static final String CACHE_CONTROL = "public, max-age=3600";

  private final ApiDocument document;
  private final Ingress ingress;

  /** Shows that description. */
  public DocumentRoute(ApiDocument document, Ingress ingress) {
    this.document = document;
    this.ingress = ingress;
  }

  /** Answers with the description, or that the client has it already. */
  public void handle(HttpServerRequest request) {
    Responses responses = new Responses(request, ingress.called(request));
    responses.header("etag", document.tag());
    responses.header("cache-control", CACHE_CONTROL);
    if (EntityTag.isNamed(request.getHeader("if-none-match"), document.tag())) {
      responses.notModified();
    } else {
      responses.send(CONTENT_TYPE, document.body());
    }
  }
}
