/**
 * Measures this server beside what would be used instead, on one machine and in one run, and says
 * by how much it is ahead or behind.
 */
@NullMarked
package dev.longrunning.bench;

import org.jspecify.annotations.NullMarked;
