public import Foundation

/// Kills the processes that tests have started once the test process ends, in whatever way: `kill -9` included.
///
/// A shell reads process ids from a socket that only this process holds open; when that closes, it kills the processes
/// that were named and not taken back. It is no part of the test process's group, so what ends the group leaves it
/// alone.
public final class ChildGuard: Sendable {
  /// The guard of this process.
  public static let shared = ChildGuard()

  private let line: Int32

  /// Starts a guard, which acts when it is closed or the process ends.
  public init() {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      line = -1
      return
    }
    let script = """
      trap '' HUP INT TERM
      pids=' '
      while read -r sign pid; do
        case $sign$pids in
          +*) pids="$pids$pid " ;;
          -*" $pid "*) pids="${pids%% $pid *} ${pids#* $pid }" ;;
        esac
      done
      for pid in $pids; do kill -KILL "$pid"; done
      """
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let started = ChildProcess.spawn("/bin/sh", ["-c", script], attributes: &attributes) {
      posix_spawn_file_actions_adddup2(&$0, ends[0], 0)
      posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&$0, 1, 2)
    }
    posix_spawnattr_destroy(&attributes)
    Foundation.close(ends[0])
    if case .success = started {
      line = ends[1]
    } else {
      Foundation.close(ends[1])
      line = -1
    }
  }

  /// Names a process that ends with this one.
  public func watch(_ pid: pid_t) { write("+ \(pid)\n") }

  /// Takes back a process that has ended: its id may become another's.
  public func release(_ pid: pid_t) { write("- \(pid)\n") }

  /// Ends the guard, which kills what is still named.
  public func close() { if line >= 0 { Foundation.close(line) } }

  /// Lines are short enough to be taken at once, so they do not mix.
  private func write(_ text: String) {
    if line >= 0 { _ = Foundation.write(line, text, text.utf8.count) }
  }
}
