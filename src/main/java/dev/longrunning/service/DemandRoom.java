package dev.longrunning.service;

/** How many operations all streams of reports may follow; see {@link Demands}. */
public interface DemandRoom {
  /** Whether there is room for one more; if so, it is counted. */
  boolean take();

  void give();
}
