package io.sub30.database.cache;

/**
 * How a cache is doing; a snapshot, free to travel.
 *
 * @param remoteUp Redis is configured and its breaker lets calls through
 * @param detail what is wrong with it, or "ok"
 * @param localHits answered in the process
 * @param remoteHits answered by Redis
 * @param misses answered by neither
 * @param remoteFailures calls to Redis that failed or were late, since start
 * @param failedRefreshes loads behind a caller's back that failed, since start
 * @param localEntries held in the process, about
 */
public record CacheStatus(
    boolean remoteUp,
    String detail,
    long localHits,
    long remoteHits,
    long misses,
    long remoteFailures,
    long failedRefreshes,
    long localEntries) {}
