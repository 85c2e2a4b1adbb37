package io.sub30.gateway.identity;

/**
 * Why a token does not let its holder operate the process.
 *
 * @param known whether the token is believed, and only lacks the scope
 * @param detail one sentence, with nothing of the token but short names
 */
public record OperatorRefusal(boolean known, String detail) {}
