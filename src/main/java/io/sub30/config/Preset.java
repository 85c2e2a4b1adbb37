package io.sub30.config;

/**
 * What a configuration is meant for. It decides what is refused at start; {@code conf/presets} says
 * what each one trades.
 */
public enum Preset {
  /** Everything may be tried out, fault drills included. */
  DEVELOPMENT("development"),
  /** Measuring on one machine. */
  BENCH("bench"),
  /** Serving real tenants: whatever is for tests and drills alone is refused. */
  PRODUCTION("production");

  private final String label;

  Preset(String label) {
    this.label = label;
  }

  /** How it is written in a configuration. */
  public String label() {
    return label;
  }

  static Preset from(ConfigReader in) {
    String text = in.text("preset");
    for (Preset preset : values()) {
      if (preset.label.equals(text)) {
        return preset;
      }
    }
    throw in.refuse("preset", "development, bench or production");
  }
}
