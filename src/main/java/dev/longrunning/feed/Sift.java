package dev.longrunning.feed;

import dev.longrunning.operation.OperationKey;
import dev.longrunning.operation.OperationName;
import dev.longrunning.store.ChangeLog;
import dev.longrunning.store.ChangeLog.Batch;
import dev.longrunning.store.ChangeLog.Entry;
import dev.longrunning.store.ChangeLog.Poll;
import dev.longrunning.store.Cursors;
import dev.longrunning.store.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds, in one look at the log, what somebody watches, and puts the states to it.
 *
 * <p><b>Promise.</b> A state goes with the change whose revision is its version. A change whose
 * operation is newer, or gone, has none: a later change follows. So each version is seen at most
 * once, however the log is cut into polls.
 *
 * <p><b>Threads.</b> Confined to one at a time: the log's while it is asked, then its owner's.
 */
final class Sift implements ChangeLog.Selection {
  private final BiPredicate<OperationKey, String> wanted;
  private final boolean empty;
  private final Function<OperationKey, @Nullable State> known;
  private final long interest;
  private final List<List<Found>> found = new ArrayList<>();

  /** A change that is watched; its state, where it was known without reading. */
  private record Found(int position, Entry entry, String collection, @Nullable State known) {
    AppliedChange with(@Nullable State state, boolean apart) {
      return new AppliedChange(position, entry.key(), entry.kind(), collection, state, apart, null);
    }

    AppliedChange passedOver(String laterIn) {
      return new AppliedChange(
          position, entry.key(), entry.kind(), collection, null, false, laterIn);
    }
  }

  private Sift(
      BiPredicate<OperationKey, String> wanted,
      boolean empty,
      Function<OperationKey, @Nullable State> known,
      long interest) {
    this.wanted = wanted;
    this.empty = empty;
    this.known = known;
    this.interest = interest;
  }

  /** One for what is watched at this moment, or comes to be until the log is read. */
  static Sift of(SharedInterest interest, StateCache cache) {
    return new Sift(interest::wants, interest.isEmpty(), cache::get, interest.registrations());
  }

  /** One for somebody of whom nothing is known here. */
  static Sift of(BiPredicate<OperationKey, String> wanted) {
    return new Sift(wanted, false, key -> null, Long.MAX_VALUE);
  }

  @Override
  public boolean isEmpty() {
    return empty;
  }

  @Override
  public Collection<OperationKey> of(Batch batch) {
    List<Found> here = List.of();
    List<OperationKey> toRead = List.of();
    int position = -1;
    for (var entry : batch.entries()) {
      position++;
      if (!entry.changesState()) {
        continue;
      }
      String collection = collection(entry);
      if (!wanted.test(entry.key(), collection)) {
        continue;
      }
      if (here.isEmpty()) {
        here = new ArrayList<>();
        toRead = new ArrayList<>();
      }
      var state = known.apply(entry.key());
      here.add(new Found(position, entry, collection, state));
      // A newer one, of an own write, is no reason to pass over this change: while one such write
      // follows the other, nothing would ever be seen.
      if (state == null || state.version() != batch.revision()) {
        toRead.add(entry.key());
      }
    }
    found.add(here);
    return toRead;
  }

  private static String collection(Entry entry) {
    String named = entry.collection();
    return named == null ? OperationName.collectionOf(entry.key().name()) : named;
  }

  /**
   * The batches of the poll that this was asked for, but those that {@code from} has passed
   * already.
   */
  List<AppliedBatch> applied(Cursors from, Poll poll, Function<Reading, State> states) {
    var applied = new ArrayList<AppliedBatch>(poll.batches().size());
    var before = from;
    for (int i = 0; i < poll.batches().size(); i++) {
      var batch = poll.batches().get(i);
      var here = found(i, batch);
      if (batch.revision() > before.at(batch.lane())) {
        var changes =
            here.stream().map(each -> change(each, batch.revision(), poll, states)).toList();
        applied.add(applied(before, batch, changes));
        before = before.with(batch.lane(), batch.revision());
      }
    }
    return applied;
  }

  /** The batch that this was asked for, with the states that were known without reading. */
  AppliedBatch applied(Cursors from, Batch batch) {
    var changes =
        found(0, batch).stream()
            .map(each -> each.with(exactly(each.known(), batch.revision()), empty))
            .toList();
    return applied(from, batch, changes);
  }

  private AppliedBatch applied(Cursors before, Batch batch, List<AppliedChange> changes) {
    return new AppliedBatch(batch.lane(), batch.revision(), before, interest, changes);
  }

  private List<Found> found(int i, Batch batch) {
    if (empty) {
      // Who came since has not been asked for: it is to read what there is for it.
      of(batch);
    }
    return found.get(i);
  }

  private AppliedChange change(
      Found found, long revision, Poll poll, Function<Reading, State> states) {
    var key = found.entry().key();
    var known = exactly(found.known(), revision);
    if (known != null) {
      return found.with(known, false);
    }
    var reading = poll.states().get(key);
    if (reading == null) {
      return found.with(null, empty || poll.apart().contains(key));
    }
    return reading.version() > revision
        ? found.passedOver(reading.collection().orElse(found.collection()))
        : found.with(exactly(states.apply(reading), revision), false);
  }

  private static @Nullable State exactly(@Nullable State state, long revision) {
    return state != null && state.version() == revision && state.snapshot().isPresent()
        ? state
        : null;
  }
}
