/**
 * What tests of whole servers share: a server as a process of its own, and a client that calls one
 * over the network and sees every status.
 */
package dev.longrunning.testing;
