package dev.longrunning.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longrunning.operation.CollectionPattern;
import dev.longrunning.operation.OperationKey;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SharedInterestTest {
  private static final String SERVICE = OperationKey.DEFAULT_SERVICE;
  private static final CollectionPattern PATTERN = CollectionPattern.of("projects/p");
  private static final CollectionPattern ANY = CollectionPattern.of("projects/-");
  private static final OperationKey KEY = OperationKey.of("projects/p/operations/o");

  private final SharedInterest interest = new SharedInterest();

  private boolean wantsKey() {
    return interest.wants(KEY, "projects/p");
  }

  @Test
  void an_operation_is_wanted_while_anybody_follows_it() {
    interest.add(KEY);
    interest.add(KEY);
    interest.remove(KEY);
    assertThat(wantsKey()).isTrue();

    interest.remove(KEY);
    assertThat(wantsKey()).isFalse();
    assertThat(interest.isEmpty()).isTrue();
  }

  @Test
  void an_operation_is_wanted_while_anybody_follows_its_collection_by_whatever_pattern() {
    interest.add(SERVICE, PATTERN);
    interest.add(SERVICE, ANY);
    assertThat(wantsKey()).isTrue();
    assertThat(interest.wants(OperationKey.of("projects/q/operations/o"), "projects/q")).isTrue();
    assertThat(interest.wants(new OperationKey("other", KEY.name()), "projects/p")).isFalse();

    interest.remove(SERVICE, ANY);
    assertThat(wantsKey()).isTrue();
    interest.remove(SERVICE, PATTERN);
    assertThat(wantsKey()).isFalse();
    assertThat(interest.isEmpty()).isTrue();
  }

  @Test
  void a_collection_is_held_from_its_first_follower_on() {
    interest.add(SERVICE, PATTERN);
    long first = interest.since(SERVICE, PATTERN);
    interest.add(SERVICE, PATTERN);
    interest.remove(SERVICE, PATTERN);

    assertThat(first).isLessThanOrEqualTo(interest.registrations());
    assertThat(interest.since(SERVICE, PATTERN)).isEqualTo(first);
  }

  @Test
  void a_collection_that_nobody_held_for_a_while_is_held_anew() {
    interest.add(SERVICE, PATTERN);
    interest.remove(SERVICE, PATTERN);
    long before = interest.registrations();

    interest.add(SERVICE, PATTERN);

    assertThat(interest.since(SERVICE, PATTERN)).isGreaterThan(before);
    assertThat(interest.since(SERVICE, ANY)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void who_has_read_the_number_finds_what_is_held_since() throws Exception {
    var wanted = new AtomicLong();
    var done = new AtomicBoolean();
    // One look after the other: the number first, what is wanted second, as the feed does.
    var looking =
        new Thread(
            () -> {
              while (!done.get()) {
                long number = interest.registrations();
                boolean wants = wantsKey();
                long since = interest.since(SERVICE, PATTERN);
                // Held by then, and not found: it would be missing in a batch that seems complete.
                if (!wants && since <= number) {
                  wanted.incrementAndGet();
                }
              }
            });
    looking.start();
    for (int i = 0; i < 200_000; i++) {
      interest.add(SERVICE, PATTERN);
      interest.remove(SERVICE, PATTERN);
    }
    done.set(true);
    looking.join();

    assertThat(wanted).hasValue(0);
  }
}
