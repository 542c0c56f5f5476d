package dev.longrunning;

/** Entry point of {@code longrunning.jar}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("longrunning");
  }
}
