package io.sub30.ml;

/**
 * One moment of the past as serving would have seen it.
 *
 * @param tick index on the tape
 * @param timeMsc of that tick, UTC
 * @param window index of the bar window that was the newest
 * @param features as the head takes them
 * @param cost of a round trip then, as a log return
 * @param sigma standard deviation of the log return over the horizon, judged by the window's bars
 */
record Sample(int tick, long timeMsc, int window, float[] features, double cost, double sigma) {}
