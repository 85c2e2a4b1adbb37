package io.sub30.gateway.identity;

/** What verifying a token came to. */
public sealed interface Verification permits Principal, TokenRefusal {}
