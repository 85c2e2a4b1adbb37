package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class BodyCodingTest {

  private static byte[] gzip(int bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(new byte[bytes]);
    }
    return packed.toByteArray();
  }

  @Test
  void decode_atTheLimit_isWhole() throws IOException {
    assertThat(BodyCoding.decode("gzip", gzip(100), 100)).isEqualTo(new byte[100]);
    assertThat(BodyCoding.decode("GZIP", gzip(0), 100)).isEmpty();
  }

  @Test
  void decode_aByteMore_isTooLarge() throws IOException {
    byte[] packed = gzip(101);
    assertThatThrownBy(() -> BodyCoding.decode("gzip", packed, 100))
        .isInstanceOf(BodyTooLarge.class);
  }

  @Test
  void decode_cutOrForeign_isAnIoException() throws IOException {
    byte[] packed = gzip(100);
    byte[] cut = Arrays.copyOf(packed, packed.length - 9);
    assertThatThrownBy(() -> BodyCoding.decode("gzip", cut, 100)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> BodyCoding.decode("gzip", new byte[50], 100))
        .isInstanceOf(IOException.class);
  }

  @Test
  void knows_gzipAndNothingElse() {
    assertThat(BodyCoding.knows(null)).isTrue();
    assertThat(BodyCoding.knows("identity")).isTrue();
    assertThat(BodyCoding.knows("gzip")).isTrue();
    assertThat(BodyCoding.knows("gzip, gzip")).isFalse();
    assertThat(BodyCoding.knows("br")).isFalse();
    assertThat(BodyCoding.knows("")).isFalse();
  }
}
