package io.sub30;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house. Each names what it protects; an exception is part of the rule, with its
 * reason.
 */
@AnalyzeClasses(packages = "io.sub30", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String[] COMPONENTS = {
    "gateway", "databridge", "database", "ml", "trading", "hub", "slo", "ops"
  };

  /** Generated from {@code src/main/proto}. */
  private static final String MESSAGES = "io.sub30.v1..";

  private static final String GATEWAY = "io.sub30.gateway";

  @ArchTest
  static final ArchRule budget_isPlainJava =
      classes()
          .that()
          .resideInAPackage("io.sub30.budget")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.sub30.budget", "java..", "org.HdrHistogram", "org.jspecify.."));

  @ArchTest
  static final ArchRule market_knowsNothingOfServing =
      noClasses()
          .that()
          .resideInAPackage("io.sub30.market..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.vertx..", "io.netty..", "io.sub30.bus..", MESSAGES)
                  .or(resideInAnyPackage(componentPackages())));

  @ArchTest
  static void components_meetOnTheBus(JavaClasses classes) {
    for (String component : COMPONENTS) {
      String own = "io.sub30." + component + "..";
      noClasses()
          .that()
          .resideInAPackage(own)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.sub30..")
                  .and(
                      not(
                          resideInAnyPackage(
                              own,
                              "io.sub30.budget",
                              "io.sub30.bus",
                              "io.sub30.market",
                              "io.sub30.config",
                              MESSAGES))))
          .allowEmptyShould(true)
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule foundations_doNotKnowTheRoomsAbove =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.sub30.budget", "io.sub30.bus", "io.sub30.config", "io.sub30.market..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(componentPackages())
                  .or(
                      resideInAnyPackage(
                          "io.sub30.node..", "io.sub30.cli..", "io.sub30.client..")));

  /**
   * The rooms of the gateway, and which of the others each may know. What is not listed here is
   * forbidden, and so are a cycle and a room that looks up to the verticle and the front.
   */
  private static final Map<String, List<String>> GATEWAY_ROOMS =
      Map.ofEntries(
          Map.entry("text", List.of()),
          Map.entry("identity", List.of("text")),
          Map.entry("answers", List.of("text", "identity")),
          Map.entry("requests", List.of("text", "identity", "answers")),
          Map.entry("rates", List.of()),
          Map.entry("sharedrates", List.of("rates")),
          Map.entry("api", List.of("text")),
          Map.entry("tls", List.of()),
          Map.entry("edge", List.of()),
          Map.entry("connections", List.of("tls")),
          Map.entry("cells", List.of("identity", "answers", "requests")),
          Map.entry(
              "ingress",
              List.of(
                  "identity",
                  "answers",
                  "requests",
                  "rates",
                  "sharedrates",
                  "api",
                  "connections",
                  "edge")),
          Map.entry(
              "http", List.of("text", "identity", "answers", "requests", "api", "ingress", "edge")),
          Map.entry("grpc", List.of("identity", "answers", "requests", "api", "ingress")));

  @ArchTest
  static void gatewayRooms_knowOnlyTheRoomsBelow(JavaClasses classes) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getPackageName().startsWith(GATEWAY + ".")) {
        found.add(type.getPackageName().substring(GATEWAY.length() + 1));
      }
    }
    if (!found.equals(GATEWAY_ROOMS.keySet())) {
      throw new AssertionError(
          "the gateway has the rooms " + found + ", listed are " + GATEWAY_ROOMS.keySet());
    }
    GATEWAY_ROOMS.forEach(
        (room, below) -> {
          Set<String> known = new TreeSet<>();
          known.add(GATEWAY + "." + room);
          below.forEach(other -> known.add(GATEWAY + "." + other));
          noClasses()
              .that()
              .resideInAPackage(GATEWAY + "." + room)
              .should()
              .dependOnClassesThat(
                  resideInAPackage(GATEWAY + "..")
                      .and(not(resideInAnyPackage(known.toArray(String[]::new)))))
              .check(classes);
        });
  }

  @ArchTest
  static final ArchRule plainRoomsOfTheGateway_knowNothingOfServing =
      noClasses()
          .that()
          .resideInAnyPackage(
              GATEWAY + ".text",
              GATEWAY + ".identity",
              GATEWAY + ".answers",
              GATEWAY + ".requests",
              GATEWAY + ".rates")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule identity_knowsNeitherBusNorMessages =
      noClasses()
          .that()
          .resideInAnyPackage(GATEWAY + ".identity", GATEWAY + ".text")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.sub30.bus..", MESSAGES);

  /** What puts a process together names keys, tokens, rates, TLS and the transport; no more. */
  @ArchTest
  static final ArchRule gatewayRooms_ofARequest_areVisibleToTheGatewayOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              GATEWAY + ".http",
              GATEWAY + ".grpc",
              GATEWAY + ".ingress",
              GATEWAY + ".cells",
              GATEWAY + ".requests",
              GATEWAY + ".answers",
              GATEWAY + ".api");

  @ArchTest
  static final ArchRule databaseSubPackages_areVisibleToTheirParentOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sub30.database..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.sub30.database.postgres..",
              "io.sub30.database.spool..",
              "io.sub30.database.columnar..",
              "io.sub30.database.cache..",
              "io.sub30.database.query..");

  @ArchTest
  static final ArchRule interceptorsAndCodecs_areOnlyInBus =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sub30.bus")
          .should()
          .callMethod(
              "io.vertx.core.eventbus.EventBus", "addInboundInterceptor", "io.vertx.core.Handler")
          .orShould()
          .callMethod(
              "io.vertx.core.eventbus.EventBus", "addOutboundInterceptor", "io.vertx.core.Handler")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo("io.vertx.core.eventbus.MessageCodec");

  @ArchTest
  static final ArchRule verticles_areDeployedByNodeOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.sub30.node")
          .should()
          .callMethodWhere(
              com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                  com.tngtech.archunit.core.domain.properties.HasName.Predicates.name(
                      "deployVerticle")));

  @ArchTest
  static final ArchRule time_isInjected =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.sub30.budget.NanoClock")
          .and()
          .doNotHaveFullyQualifiedName("io.sub30.budget.EpochClock")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule vertxInternals_areLeftAlone =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("io.vertx..impl..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.sub30.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule gatewayRooms_haveNoCycles =
      slices().matching("io.sub30.gateway.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyPackage_saysWhatItIs = classes().should(liveInANullMarkedPackage());

  @ArchTest
  static void everyComponent_hasOnePublicVerticle(JavaClasses classes) {
    Map<String, Set<String>> verticles = new TreeMap<>();
    for (JavaClass type : classes) {
      if (type.isAssignableTo(VerticleBase.class)
          && type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC)) {
        verticles
            .computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
            .add(type.getSimpleName());
      }
    }
    verticles.forEach(
        (name, found) -> {
          if (found.size() != 1) {
            throw new AssertionError(
                name + " has the public verticles " + found + ", it must have one");
          }
        });
    if (verticles.size() != 7) {
      throw new AssertionError("seven components have a verticle, found " + verticles.keySet());
    }
  }

  private static String[] componentPackages() {
    String[] packages = new String[COMPONENTS.length];
    for (int i = 0; i < COMPONENTS.length; i++) {
      packages[i] = "io.sub30." + COMPONENTS[i] + "..";
    }
    return packages;
  }

  private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
    return new ArchCondition<>("live in a package with a @NullMarked package-info") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (type.getPackageName().startsWith("io.sub30.v1")) {
          return;
        }
        boolean marked =
            type.getPackage()
                .tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
        if (!marked) {
          events.add(
              SimpleConditionEvent.violated(
                  type, type.getPackageName() + " has no @NullMarked package-info.java"));
        }
      }
    };
  }
}
