package dev.longrunning.app;

/** How log lines look. */
public enum LogFormat {
  TEXT,
  JSON
}
