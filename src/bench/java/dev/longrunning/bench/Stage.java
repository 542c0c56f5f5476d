package dev.longrunning.bench;

/** A part of the run that can run alone. */
public interface Stage {

  /** Such as {@code gets}: what it is called on the command line and in the report. */
  String name();

  /** What it measures, in a sentence. */
  String about();

  /** Measures; what it finds goes into {@code run.findings()}. */
  void run(Run run) throws Exception;
}
