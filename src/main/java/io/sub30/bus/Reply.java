package io.sub30.bus;

import com.google.protobuf.MessageLite;
import io.sub30.budget.Ledger;

/**
 * What a hop answers: its payload and the ledger it stamped. In process the ledger is the one of
 * the request; after a wire it is a copy, which the asker absorbs.
 */
record Reply<R extends MessageLite>(Hop hop, Ledger ledger, R payload) {}
