package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.OutcomeUnknown;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

  private static final int MAX_GROUP = 3;
  private static final int MAX_PENDING = 5;

  /** Commits asked for, in order; the test decides when and how each ends. */
  private final List<List<Long>> groups = new ArrayList<>();

  private final List<Promise<List<Written>>> answers = new ArrayList<>();
  private final GroupCommit commits = new GroupCommit(this::write, MAX_GROUP, MAX_PENDING);

  private Future<List<Written>> write(List<Write> group) {
    groups.add(group.stream().map(write -> write.request().getSequence()).toList());
    Promise<List<Written>> answer = Promise.promise();
    answers.add(answer);
    return answer.future();
  }

  @Test
  void write_idle_commitsAtOnceAndAlone() {
    Future<Written> first = submit(1);

    assertThat(groups).containsExactly(List.of(1L));
    assertThat(first.isComplete()).isFalse();
    answers.get(0).complete(List.of(Written.STORED));
    assertThat(first.result()).isEqualTo(Written.STORED);
    assertThat(groups).hasSize(1);
  }

  @Test
  void write_whileOneIsInFlight_joinsTheNextUpToTheBoundOfAGroup() {
    submit(1);
    List<Future<Written>> later = List.of(submit(2), submit(3), submit(4), submit(5));
    assertThat(groups).containsExactly(List.of(1L));

    answers.get(0).complete(List.of(Written.STORED));
    assertThat(groups).containsExactly(List.of(1L), List.of(2L, 3L, 4L));

    answers.get(1).complete(List.of(Written.STORED, Written.KEY_TAKEN, Written.FENCED));
    assertThat(groups).last().isEqualTo(List.of(5L));
    answers.get(2).complete(List.of(Written.STORED));
    assertThat(later)
        .extracting(Future::result)
        .containsExactly(Written.STORED, Written.KEY_TAKEN, Written.FENCED, Written.STORED);
  }

  @Test
  void write_writerThrows_failsThatOneAndGoesOn() {
    RuntimeException bug = new IllegalStateException("a bug");
    List<Long> asked = new ArrayList<>();
    GroupCommit breaking =
        new GroupCommit(
            group -> {
              asked.add(group.get(0).request().getSequence());
              throw bug;
            },
            MAX_GROUP,
            MAX_PENDING);
    StoreRequest request = StoreRequest.newBuilder().setSequence(1).build();

    assertThat(breaking.write(new Write("acme", request)).cause()).isSameAs(bug);
    assertThat(breaking.write(new Write("acme", request)).cause()).isSameAs(bug);
    assertThat(asked).hasSize(2);
  }

  @Test
  void write_afterEverythingIsDone_startsAnew() {
    submit(1);
    answers.get(0).complete(List.of(Written.STORED));
    submit(2);

    assertThat(groups).containsExactly(List.of(1L), List.of(2L));
  }

  @Test
  void write_groupFailsForCertain_isTriedSinglyAndOnce() {
    submit(1);
    List<Future<Written>> group = List.of(submit(2), submit(3), submit(4));
    Future<Written> behind = submit(5);
    answers.get(0).complete(List.of(Written.STORED));

    answers.get(1).fail("one of them is bad");
    assertThat(groups).last().isEqualTo(List.of(2L));
    answers.get(2).complete(List.of(Written.STORED));
    assertThat(groups).last().isEqualTo(List.of(3L));
    RuntimeException bad = new IllegalStateException("this one");
    answers.get(3).fail(bad);
    assertThat(groups).last().isEqualTo(List.of(4L));
    answers.get(4).complete(List.of(Written.STORED));

    assertThat(group.get(0).result()).isEqualTo(Written.STORED);
    assertThat(group.get(1).cause()).isSameAs(bad);
    assertThat(group.get(2).result()).isEqualTo(Written.STORED);
    assertThat(groups).last().isEqualTo(List.of(5L));
    assertThat(behind.isComplete()).isFalse();
    assertThat(groups).hasSize(6);
  }

  @Test
  void write_aloneAndFailed_isNotTriedAgain() {
    Future<Written> only = submit(1);
    answers.get(0).fail("refused");

    assertThat(only.cause()).hasMessage("refused");
    assertThat(groups).hasSize(1);
    submit(2);
    assertThat(groups).containsExactly(List.of(1L), List.of(2L));
  }

  @Test
  void write_outcomeUnknown_isToldToAllAndNeverTriedAgain() {
    submit(1);
    List<Future<Written>> group = List.of(submit(2), submit(3));
    answers.get(0).complete(List.of(Written.STORED));
    OutcomeUnknown unknown = new OutcomeUnknown("the connection broke");

    answers.get(1).fail(unknown);

    assertThat(group).extracting(Future::cause).containsOnly(unknown);
    assertThat(groups).hasSize(2);
  }

  @Test
  void write_unknownAmongSingleTries_isNotTriedAgainAndTheOthersGoOn() {
    submit(1);
    List<Future<Written>> group = List.of(submit(2), submit(3));
    answers.get(0).complete(List.of(Written.STORED));
    answers.get(1).fail("bad");

    answers.get(2).fail(new OutcomeUnknown("the connection broke"));
    answers.get(3).complete(List.of(Written.STORED));

    assertThat(group.get(0).cause()).isInstanceOf(OutcomeUnknown.class);
    assertThat(group.get(1).result()).isEqualTo(Written.STORED);
    assertThat(groups).hasSize(4);
  }

  @Test
  void write_groupRefused_isNotTriedSingly() {
    submit(1);
    List<Future<Written>> group = List.of(submit(2), submit(3));
    answers.get(0).complete(List.of(Written.STORED));
    HopFailure refusal =
        new HopFailure(Hop.DATABASE_SERVICE, FailureCode.UNAVAILABLE, "not asked for now");
    answers.get(1).fail(refusal);

    assertThat(group).extracting(Future::cause).containsExactly(refusal, refusal);
    assertThat(groups).hasSize(2);
  }

  @Test
  void write_beyondTheBound_isRefusedAndTheOthersAreKept() {
    submit(0);
    List<Future<Written>> waiting = new ArrayList<>();
    for (int i = 1; i <= MAX_PENDING; i++) {
      waiting.add(submit(i));
    }
    Future<Written> refused = submit(99);

    assertThat(refused.cause())
        .isInstanceOfSatisfying(
            HopFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED))
        .hasMessageContaining("the bound is 5");
    assertThat(waiting).noneMatch(Future::isComplete);
    answers.get(0).complete(List.of(Written.STORED));
    assertThat(groups).last().isEqualTo(List.of(1L, 2L, 3L));
    assertThat(submit(100).isComplete()).isFalse();
  }

  private Future<Written> submit(long sequence) {
    return commits.write(
        new Write("acme", StoreRequest.newBuilder().setSequence(sequence).build()));
  }
}
