/**
 * The cache of last answers: Caffeine in the process over Redis (or Dragonfly) behind it.
 *
 * <p>Role: {@link io.sub30.database.cache.TieredCache} keeps bytes under (tenant, kind, key) for a
 * while. Either layer may be missing: nothing that is only here is ever needed to be right.
 * Messages in and out: none on the bus; the parent package calls it. Budget: part of {@code
 * database_service}, under 1 ms; a slow or absent Redis costs at most the configured timeout and,
 * once its breaker is open, nothing. Thread: one cache belongs to one lane's event loop.
 */
@NullMarked
package io.sub30.database.cache;

import org.jspecify.annotations.NullMarked;
