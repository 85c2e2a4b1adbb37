/**
 * The certificate the API shows: read, checked, renewed, and what TLS is spoken with it.
 *
 * <p>Messages in and out: none. Budget: none, it is done with before a request. Thread: files are
 * read on a worker; what is shown is for any thread.
 */
@NullMarked
package io.sub30.gateway.tls;

import org.jspecify.annotations.NullMarked;
