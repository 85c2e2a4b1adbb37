package io.sub30.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictBase64UrlTest {
  @Property(tries = 300)
  void decode_canonicalSpelling_givesTheBytes(@ForAll @Size(max = 100) byte[] bytes) {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

    assertThat(StrictBase64Url.decode("." + text + ".", 1, 1 + text.length())).isEqualTo(bytes);
  }

  @Property(tries = 300)
  void decode_anythingAccepted_isTheOnlySpelling(@ForAll @Size(max = 12) String text) {
    byte[] bytes = StrictBase64Url.decode(text, 0, text.length());

    if (bytes != null) {
      assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"QQ==", "QQ=", "QR", "QUJ", "Q", "Q+8A", "Q/8A", "QU JD", "QUJD\n", "QUJDé", "="})
  void decode_otherSpelling_isRefused(String text) {
    assertThat(StrictBase64Url.decode(text, 0, text.length())).isNull();
  }
}
