/**
 * Prediction: models are trained, stored, checked, loaded and asked here.
 *
 * <p>Messages in: {@code PredictRequest}, {@code BarClosed}, {@code ForgetRequest}. Messages out:
 * {@code Predictions}. Budget: line {@code ml_processing}, 8 ms; one prediction costs some tens of
 * microseconds. Thread: predicting runs on its lane's event loop with buffers of its own; loading,
 * checking and training run on a worker or before anything is deployed.
 */
@NullMarked
package io.sub30.ml;

import org.jspecify.annotations.NullMarked;
