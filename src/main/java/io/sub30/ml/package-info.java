/**
 * Prediction: models are trained, stored, checked, loaded and asked here.
 *
 * <p>A model is a folder {@code <name>/<version>/} of {@code encoder.onnx} (input {@code window}
 * [1, 32, 3], output {@code embedding} [1, E]), {@code head.onnx} (inputs {@code embedding} and
 * {@code features} [1, F], outputs {@code direction} [1, 3] as up, down, none, {@code exceeds} [1,
 * 1] and {@code volatility} [1, 1]) and {@code model.json}. Any model of that signature drops in.
 *
 * <p>The defaults in {@code conf/models}: {@code eurusd-m1/1} of OANDA's quotes of 2014-05-01 to 15
 * ({@code Question.QUOTES}, calibration from 05-08, test from 05-10), {@code btcusd-m1/1} of the
 * sample of Bitstamp trades until 2013-11-29 ({@code Question.TRADES}, folds by shares), both with
 * seed 1.
 *
 * <p>Messages in: {@code PredictRequest}, {@code BarClosed}, {@code ForgetRequest}. Messages out:
 * {@code Predictions}. Budget: line {@code ml_processing}, 8 ms; one prediction costs some tens of
 * microseconds. Thread: predicting runs on its lane's event loop with buffers of its own; loading,
 * checking and training run on a worker or before anything is deployed.
 */
@NullMarked
package io.sub30.ml;

import org.jspecify.annotations.NullMarked;
