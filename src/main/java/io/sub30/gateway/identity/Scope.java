package io.sub30.gateway.identity;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a token lets its holder do; the names stand in its claim {@code scope} (RFC 8693 §4.2). */
public enum Scope {
  /** Send batches of ticks. */
  TICKS_WRITE("ticks:write"),

  /** Read what the tenant has stored. */
  READ("read"),

  /** Operate the process, where operations are served beyond this machine. */
  ADMIN("admin");

  /** The public API: what a token may do that does not say. */
  public static final Set<Scope> API = Collections.unmodifiableSet(EnumSet.of(TICKS_WRITE, READ));

  /** What tokens said that were made before there were scopes, for {@link #API}. */
  private static final String ALL_OF_THE_API = "api";

  private final String label;

  Scope(String label) {
    this.label = label;
  }

  /** How a token spells it. */
  public String label() {
    return label;
  }

  /** The names, in one text. */
  static String labels(Set<Scope> scopes) {
    return Arrays.stream(values())
        .filter(scopes::contains)
        .map(Scope::label)
        .collect(Collectors.joining(" "));
  }

  /**
   * What a claim grants. Names that mean nothing here are somebody else's and grant nothing.
   *
   * @param claim null when the token has none
   */
  static Set<Scope> granted(@Nullable String claim) {
    if (claim == null) {
      return API;
    }
    Set<Scope> granted = EnumSet.noneOf(Scope.class);
    for (String name : claim.split(" ", -1)) {
      if (name.equals(ALL_OF_THE_API)) {
        granted.addAll(API);
      }
      for (Scope scope : values()) {
        if (scope.label.equals(name)) {
          granted.add(scope);
        }
      }
    }
    return granted;
  }

  /**
   * Reads a list that a person wrote, separated by commas or blanks.
   *
   * @throws IllegalArgumentException naming what is no scope, and those there are
   */
  public static Set<Scope> parse(String list) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String name : list.strip().split("[,\\s]+", -1)) {
      scopes.add(
          Arrays.stream(values())
              .filter(scope -> scope.label.equals(name))
              .findAny()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "scope '"
                              + name
                              + "' is not one of "
                              + labels(EnumSet.allOf(Scope.class)))));
    }
    return scopes;
  }
}
