package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFaultTest {

  @ParameterizedTest
  @ValueSource(strings = {"22003", "23505", "23502", "40001", "40P01", "44000", "54000"})
  void tells_aboutTheStatement_no(String state) {
    assertThat(ServerFault.tells(new PgException("m", "ERROR", state, ""))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08006", "25006", "42P01", "53100", "53300", "57014", "57P01", "58030", "XX000", ""
      })
  void tells_aboutTheServer_yes(String state) {
    assertThat(ServerFault.tells(new PgException("m", "ERROR", state, ""))).isTrue();
  }

  @Test
  void tells_commitsThatWereNotHeardOf_yes() {
    assertThat(ServerFault.tells(new BatchWriter.OutcomeUnknown("late"))).isTrue();
    assertThat(ServerFault.tells(new ConnectException("refused"))).isTrue();
    assertThat(ServerFault.tells(failure(FailureCode.LATE))).isTrue();
    assertThat(ServerFault.tells(failure(FailureCode.UNAVAILABLE))).isTrue();
  }

  @Test
  void tells_refusalsOfOurOwn_no() {
    assertThat(ServerFault.tells(failure(FailureCode.INVALID))).isFalse();
    assertThat(ServerFault.tells(failure(FailureCode.OVERLOADED))).isFalse();
  }

  private static HopFailure failure(FailureCode code) {
    return new HopFailure(Hop.DATABASE_SERVICE, code, "m");
  }
}
