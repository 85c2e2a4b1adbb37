package io.sub30.ml;

import io.sub30.market.BarWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The encoder's fixed convolutions, after MiniRocket (Dempster, Schmidt, Webb, KDD 2021): length 9,
 * weights −1 but for three of 2, so that they sum to zero; each looks at one channel with one
 * dilation. Nothing about them is random, and nothing is learned but where their thresholds lie.
 */
final class Kernels {

  static final int LENGTH = 9;
  static final int DILATIONS = 3;
  static final int COUNT = 72;

  /** Kernels of one dilation. */
  static final int GROUP = COUNT / DILATIONS;

  /** Coprime to the 84 choices: no choice is taken twice. */
  private static final int STRIDE = 25;

  private Kernels() {}

  /** The dilation of a group of kernels; (LENGTH − 1) · 3 + 1 still fits the window. */
  static int dilation(int group) {
    return group + 1;
  }

  /** The channel that kernel looks at. */
  static int channel(int kernel) {
    return kernel % BarWindow.CHANNELS;
  }

  /** How many positions a group's kernels have in a window. */
  static int positions(int group) {
    return BarWindow.LENGTH - (LENGTH - 1) * dilation(group);
  }

  /** The weights of all kernels: kernel after kernel, {@link #LENGTH} each. */
  static float[] weights() {
    int[][] choices = choices();
    float[] out = new float[COUNT * LENGTH];
    Arrays.fill(out, -1);
    for (int kernel = 0; kernel < COUNT; kernel++) {
      // In strides, so that the kernels of a group are not all alike.
      for (int position : choices[kernel * STRIDE % choices.length]) {
        out[kernel * LENGTH + position] = 2;
      }
    }
    return out;
  }

  /** Where the three 2s of a kernel can be: 9 choose 3 = 84 ways. */
  private static int[][] choices() {
    List<int[]> out = new ArrayList<>();
    for (int a = 0; a < LENGTH; a++) {
      for (int b = a + 1; b < LENGTH; b++) {
        for (int c = b + 1; c < LENGTH; c++) {
          out.add(new int[] {a, b, c});
        }
      }
    }
    return out.toArray(int[][]::new);
  }

  /** The response of a kernel at a position of a window as {@link BarWindow} writes it. */
  static double response(float[] weights, int kernel, int position, float[] window) {
    int dilation = dilation(kernel / GROUP);
    int channel = channel(kernel);
    double sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      int bar = position + i * dilation;
      sum += weights[kernel * LENGTH + i] * (double) window[bar * BarWindow.CHANNELS + channel];
    }
    return sum;
  }
}
