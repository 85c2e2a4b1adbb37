package io.sub30.gateway.identity;

import com.fasterxml.jackson.core.JsonGenerator;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import io.sub30.budget.EpochClock;
import io.sub30.gateway.text.StrictJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.UUID;

/** Makes tokens. Thread-safe; signs on the calling thread (about a millisecond). */
public final class TokenMint {
  private final SigningKeys keys;
  private final EpochClock clock;

  /** Signs with the newest of those keys. */
  public TokenMint(SigningKeys keys, EpochClock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * A signed token in compact form, good from this second on. It is a secret: print it, never log
   * it.
   */
  public String mint(TokenRequest request) {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(JOSEObjectType.JWT)
            .keyID(keys.kid())
            .build();
    JWSObject token = new JWSObject(header, new Payload(claims(request)));
    try {
      token.sign(keys.signer());
    } catch (JOSEException e) {
      throw new IllegalStateException("the signing key does not sign: " + e.getMessage(), e);
    }
    return token.serialize();
  }

  private String claims(TokenRequest request) {
    long nowSeconds = clock.epochMillis() / 1_000;
    StringWriter text = new StringWriter();
    try (JsonGenerator json = StrictJson.OPEN_FIELDS.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("iss", TokenRules.ISSUER);
      json.writeStringField("aud", TokenRules.AUDIENCE);
      json.writeStringField("sub", request.tenant());
      json.writeStringField("tenant", request.tenant());
      json.writeStringField("tier", request.tier().label());
      if (request.terminal() != null) {
        json.writeStringField("terminal", request.terminal());
      }
      json.writeStringField("scope", Scope.labels(request.scopes()));
      json.writeNumberField("iat", nowSeconds);
      json.writeNumberField("nbf", nowSeconds);
      json.writeNumberField("exp", nowSeconds + request.ttl().toSeconds());
      String id = request.id();
      json.writeStringField("jti", id == null ? UUID.randomUUID().toString() : id);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return text.toString();
  }
}
