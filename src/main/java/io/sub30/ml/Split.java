package io.sub30.ml;

/**
 * Three folds by time: train, calibration, test, in this order.
 *
 * <p>Purge: a sample whose horizon reaches into a later fold belongs to none. Embargo: after a
 * boundary no sample is taken until what its features remember of the fold before has worn off.
 *
 * @param calibrationFromMsc first instant of the calibration fold, UTC
 * @param testFromMsc first instant of the test fold, UTC
 * @param purgeMillis how far a label looks ahead
 * @param embargoMillis how far features look back
 */
record Split(long calibrationFromMsc, long testFromMsc, long purgeMillis, long embargoMillis) {

  /** Which part a sample belongs to. */
  enum Part {
    TRAIN,
    CALIBRATION,
    TEST,
    /** Purged or under embargo. */
    NEITHER
  }

  Split {
    if (calibrationFromMsc > testFromMsc) {
      throw new IllegalArgumentException(
          "calibration begins at " + calibrationFromMsc + ", after the test at " + testFromMsc);
    }
    if (purgeMillis < 0 || embargoMillis < 0) {
      throw new IllegalArgumentException("purge and embargo must not be negative");
    }
  }

  /** The part of a sample taken at that time. */
  Part part(long timeMsc) {
    if (timeMsc < calibrationFromMsc) {
      return timeMsc + purgeMillis < calibrationFromMsc ? Part.TRAIN : Part.NEITHER;
    }
    if (timeMsc < testFromMsc) {
      boolean in =
          timeMsc >= calibrationFromMsc + embargoMillis && timeMsc + purgeMillis < testFromMsc;
      return in ? Part.CALIBRATION : Part.NEITHER;
    }
    return timeMsc >= testFromMsc + embargoMillis ? Part.TEST : Part.NEITHER;
  }
}
