package dev.longrunning.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;

/** An issuer whose keys come when a test says so. */
final class ScriptedSource implements KeySource {
  private final ArrayDeque<Promise<KeySet>> asked = new ArrayDeque<>();
  private int fetches;

  @Override
  public Future<KeySet> fetch() {
    fetches++;
    Promise<KeySet> answer = Promise.promise();
    asked.add(answer);
    return answer.future();
  }

  /** Answers whoever has asked first. */
  void answer(String published) throws KeyFault {
    asked.remove().complete(KeySet.parse(published));
  }

  void fail(String why) {
    asked.remove().fail(new KeyFault(why));
  }

  int fetches() {
    return fetches;
  }

  /** How many have asked and have no answer. */
  int asking() {
    return asked.size();
  }
}
