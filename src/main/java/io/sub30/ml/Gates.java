package io.sub30.ml;

import io.sub30.budget.CallGate;

/** Puts a gate before each model of a lane. */
interface Gates {

  /**
   * The gate before a model that is about to be used; the model's slot closes it.
   *
   * @param model its name, without the version
   * @param probe runs the model over inputs whose answers are known, on the lane; throws {@link
   *     IllegalStateException} when it does not answer as it should
   */
  CallGate before(String model, Runnable probe);

  /** Every run is permitted, whatever became of the ones before it. */
  Gates NONE =
      (model, probe) ->
          new CallGate() {
            @Override
            public boolean permits() {
              return true;
            }

            @Override
            public void record(long nanos, boolean failed) {}

            @Override
            public void close() {}
          };
}
