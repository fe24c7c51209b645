import Foundation
import TestSupport
import Testing

/// Processes that tests start end with the test process.
@Suite struct OrphanTests {
  @Test func aGuardKillsWhatIsNamedAndNotTakenBack() async throws {
    let log = FileManager.default.temporaryDirectory.appending(path: "orphans-\(UUID().uuidString)")
    let named = try Child("/bin/sleep", ["1000"], log: log)
    let released = try Child("/bin/sleep", ["1000"], log: log)
    let guardian = ChildGuard()
    for child in [released, named] { guardian.watch(child.pid) }
    guardian.release(released.pid)
    guardian.close()
    #expect(await eventually(within: .seconds(60)) { !named.isRunning })
    #expect(named.exitStatus == -Int(SIGKILL))
    #expect(released.isRunning)
    released.kill()
    try FileManager.default.removeItem(at: log)
  }

  /// Runs until it is ended from outside, for `scripts/tests/orphans`, which reads the process ids, the test's own first,
  /// from the file that the variable names.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_TEST_HANG"] != nil))
  func hangsWithChildren() async throws {
    let file = URL(filePath: ProcessInfo.processInfo.environment["MARTLET_TEST_HANG"] ?? "")
    let child = try Child("/bin/sleep", ["1000"], log: URL(filePath: "/dev/null"))
    let redis = try await PrivateRedis.start()
    let postgres = try await PrivatePostgres.start()
    let pids = [getpid(), child.pid, redis.pid, postgres.pid].compactMap { $0 }
    try Data("\(pids.map(String.init).joined(separator: " "))\n".utf8).write(
      to: file, options: .atomic)
    try await Task.sleep(for: .seconds(1000))
    withExtendedLifetime((child, redis, postgres)) {}
  }
}
