import Synchronization

/// The readiness of the process, and what is missing for it.
package final class Readiness: Sendable {
  /// The phase of the process's life.
  package enum Phase: String, Sendable {
    /// Waiting for what it needs.
    case starting
    /// At work.
    case running
    /// Told to stop; finishing what it has.
    case draining
  }

  /// A missing requirement.
  package struct Missing: Sendable, Equatable, Encodable {
    /// Its name: `redis`, `postgres`, `migrations`, or the phase.
    package let name: String
    /// The reason, for a person.
    package let problem: String
  }

  private struct Check: Sendable {
    let name: String
    let timeout: Duration
    let silence: @Sendable () -> String?
    let run: @Sendable () async throws -> Void
  }

  private struct State {
    var phase = Phase.starting
    var checks: [Check] = []
  }

  private let state = Mutex(State())

  /// Nothing is required yet; the phase is `starting`.
  package init() {}

  /// The phase of the process's life.
  package var phase: Phase {
    get { state.withLock { $0.phase } }
    set { state.withLock { $0.phase = newValue } }
  }

  /// Adds a requirement.
  /// - Parameters:
  ///   - name: Its name, one word.
  ///   - timeout: The time after which the check counts as failed.
  ///   - silence: Returns the reason, if known, when the check took too long.
  ///   - check: Throws where it is missing; the error's text says why.
  package func require(
    _ name: String, timeout: Duration = .seconds(2),
    silence: @escaping @Sendable () -> String? = { nil },
    _ check: @escaping @Sendable () async throws -> Void
  ) {
    let check = Check(name: name, timeout: timeout, silence: silence, run: check)
    state.withLock { $0.checks.append(check) }
  }

  /// Runs every check at once.
  /// - Returns: The missing requirements; empty means ready.
  package func missing() async -> [Missing] {
    let (phase, checks) = state.withLock { ($0.phase, $0.checks) }
    var missing: [Missing] = []
    await withTaskGroup(of: (Int, Missing?).self) { group in
      for (index, check) in checks.enumerated() {
        group.addTask { (index, await Self.run(check)) }
      }
      var found: [(Int, Missing)] = []
      for await (index, problem) in group {
        if let problem { found.append((index, problem)) }
      }
      missing = found.sorted { $0.0 < $1.0 }.map(\.1)
    }
    switch phase {
    case .starting: missing.append(Missing(name: "phase", problem: "the process is starting"))
    case .draining: missing.append(Missing(name: "phase", problem: "the process is draining"))
    case .running: break
    }
    return missing
  }

  private static func run(_ check: Check) async -> Missing? {
    // Nobody waits for a server that does not even answer to being cancelled.
    let (outcomes, outcome) = AsyncStream<Missing?>.makeStream()
    let asking = Task {
      do {
        try await check.run()
        outcome.yield(nil)
      } catch {
        outcome.yield(Missing(name: check.name, problem: Redaction.redact("\(error)")))
      }
    }
    let clock = Task {
      do { try await Task.sleep(for: check.timeout) } catch { return }
      let seconds = PrometheusText.number(check.timeout.seconds)
      let reason = check.silence().map { ": \($0)" } ?? ""
      let problem = "no answer within \(seconds) s\(reason)"
      outcome.yield(Missing(name: check.name, problem: Redaction.redact(problem)))
    }
    defer {
      asking.cancel()
      clock.cancel()
    }
    for await missing in outcomes { return missing }
    return nil
  }
}
