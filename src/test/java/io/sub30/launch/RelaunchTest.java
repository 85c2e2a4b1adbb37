package io.sub30.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelaunchTest {

  private static final List<String> OPTIONS = List.of("-XX:SharedArchiveFile=/opt/sub30.jsa");

  @Test
  void commandLine_putsItsOptionsBeforeTheUsers() {
    List<String> before = List.of("java", "-Xmx1g", "-jar", "sub30.jar", "run", "--data", "/d");

    assertThat(Relaunch.commandLine(before, OPTIONS))
        .containsExactly(
            "java",
            "-Dsub30.relaunched=true",
            "-XX:SharedArchiveFile=/opt/sub30.jsa",
            "-Xmx1g",
            "-jar",
            "sub30.jar",
            "run",
            "--data",
            "/d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xshare:off",
        "-XX:SharedArchiveFile=/mine.jsa",
        "-XX:ArchiveClassesAtExit=/mine.jsa",
        "-agentlib:jdwp=transport=dt_socket",
        "-XX:StartFlightRecording",
        "-XX:StartFlightRecording=filename=a.jfr",
        "-agentpath:/opt/profiler.so=start",
        "-javaagent:profiler.jar"
      })
  void commandLine_leavesAUsersOwnSharingAndAgentsAlone(String option) {
    assertThat(Relaunch.commandLine(List.of("java", option, "-jar", "sub30.jar", "run"), OPTIONS))
        .isEmpty();
  }

  @Test
  void commandLine_needsAJarAndSomethingToSay() {
    assertThat(Relaunch.commandLine(List.of("java", "-cp", "x", "io.sub30.Sub30", "run"), OPTIONS))
        .isEmpty();
    assertThat(Relaunch.commandLine(List.of("java", "-jar", "sub30.jar", "run"), List.of()))
        .isEmpty();
  }

  @Test
  void commandLine_doesNotTakeACommandsArgumentForAnOption() {
    List<String> before = List.of("java", "-jar", "sub30.jar", "run", "--data", "-Xshare");

    assertThat(Relaunch.commandLine(before, OPTIONS)).hasSize(before.size() + 2);
  }
}
