/**
 * Operations: health, metrics, the budget table, the table of lanes, and the switches for the
 * budget's mode and for injected faults over HTTP, for people and their tools.
 *
 * <p>Messages in: {@code LaneTable}, from the hub. Messages out: none. Budget: none; nothing of a
 * request passes here. Thread: a worker; the verticle must be deployed as one, since rendering a
 * scrape takes milliseconds and would hold up a lane.
 */
@NullMarked
package io.sub30.ops;

import org.jspecify.annotations.NullMarked;
