/**
 * What is measured, and what it is measured beside: each a process of its own on this machine,
 * durable where it stores anything.
 */
@NullMarked
package dev.longrunning.bench.peer;

import org.jspecify.annotations.NullMarked;
