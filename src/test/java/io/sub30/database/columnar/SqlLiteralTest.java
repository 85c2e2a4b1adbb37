package io.sub30.database.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SqlLiteralTest {

  @Example
  void of_quoteAndBackslash_areWrittenAsBytes() {
    assertThat(SqlLiteral.of("a'\\b")).isEqualTo("'a\\x27\\x5Cb'");
    assertThat(SqlLiteral.of("\u20ac")).isEqualTo("'\\xE2\\x82\\xAC'");
    assertThat(SqlLiteral.of("")).isEqualTo("''");
  }

  @Property
  void of_anyText_holdsNothingThatEndsIt(@ForAll String text) {
    assertThat(SqlLiteral.of(text)).matches("'([A-Za-z0-9]|\\\\x[0-9A-F]{2})*'");
  }
}
