package io.sub30.trading;

/**
 * Stops all signals while engaged: one for a lane, and one for each tenant. Belongs to one lane.
 */
final class KillSwitch {

  private boolean engaged;

  KillSwitch(boolean engaged) {
    this.engaged = engaged;
  }

  boolean engaged() {
    return engaged;
  }

  void engage() {
    engaged = true;
  }

  void release() {
    engaged = false;
  }
}
