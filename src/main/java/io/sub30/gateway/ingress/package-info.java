/**
 * The connection's side of a request, whatever the transport: what it is called, who sent it,
 * whether it may come in, which lane it goes to and what the lane's reply means; streams of batches
 * and the access log likewise.
 *
 * <p>Messages out: {@code Submission} and the reads, to the lane that owns the tenant's cell. In:
 * their replies. Budget: {@code client_gateway}, the front of {@code api_gateway}, and {@code
 * response_assembly}. Thread: the connection's event loop; tokens are verified on a worker, and the
 * access log is written by one.
 */
@NullMarked
package io.sub30.gateway.ingress;

import org.jspecify.annotations.NullMarked;
