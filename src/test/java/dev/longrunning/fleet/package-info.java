/**
 * Several real servers on one database, writers and watchers over all of them, and faults: what is
 * promised of watches, seen from outside.
 */
package dev.longrunning.fleet;
