/// The exit status of a process; the numbers are those of `sysexits.h`.
package enum ExitStatus: Int32, Sendable {
  /// Done, or drained after SIGTERM or SIGINT.
  case done = 0
  /// The work failed.
  case failed = 1
  /// Wrong usage of the command line.
  case usage = 2
  /// PostgreSQL or Redis stayed out of reach past `MARTLET_STARTUP_TIMEOUT`.
  case unavailable = 69
  /// The configuration is wrong.
  case configuration = 78
}
