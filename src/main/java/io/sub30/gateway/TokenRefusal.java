package io.sub30.gateway;

/**
 * A token that was not believed.
 *
 * @param detail one sentence for the client; holds nothing of the token but short names
 */
record TokenRefusal(TokenFault fault, String detail) implements Verification {}
