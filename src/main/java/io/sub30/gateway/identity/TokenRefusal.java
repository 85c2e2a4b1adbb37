package io.sub30.gateway.identity;

/**
 * A token that was not believed.
 *
 * @param detail one sentence for the client; holds nothing of the token but short names
 */
public record TokenRefusal(TokenFault fault, String detail) implements Verification {}
