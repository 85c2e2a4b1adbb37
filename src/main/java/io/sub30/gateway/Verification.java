package io.sub30.gateway;

/** What verifying a token came to. */
sealed interface Verification permits Principal, TokenRefusal {}
