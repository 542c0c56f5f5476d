package dev.longrunning.app;

import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The class that knows them is not part of the Java platform, so
 * it is looked for when the program runs.
 */
final class Signals {
  private Signals() {}

  /**
   * Runs {@code task}, on a thread of its own, whenever the process gets that signal; false if this
   * system has no such signal, or the process was begun so that it ignores it.
   *
   * @param name such as {@code HUP}
   */
  static boolean on(String name, Runnable task) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  task.run();
                }
                return null;
              });
      Object ignoring = handler.getField("SIG_IGN").get(null);
      Object before =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      return before != ignoring;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
