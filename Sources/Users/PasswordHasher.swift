import CSodium
import Dispatch
import Foundation
import Synchronization

/// Hashes passwords with argon2id and verifies them, off the threads that serve everything else.
///
/// Argon2 is made to be slow and to need memory. A fixed small number of threads does it, so that a
/// flood of logins takes at most that many times the memory and leaves cores to others. More callers
/// wait, each source of logins in a line of its own and the lines by turns, so that none waits for
/// another's flood; beyond a bound they are turned away.
package final class PasswordHasher: Sendable {
  /// The cost of one hash.
  package struct Cost: Sendable {
    /// Passes over the memory.
    package var passes: UInt64
    /// Memory in bytes.
    package var memory: Int

    /// A cost given as passes and bytes of memory.
    package init(passes: UInt64, memory: Int) {
      self.passes = passes
      self.memory = memory
    }

    /// Three passes over 32 MiB: above what OWASP asks for, some 50 ms of one core.
    package static let standard = Cost(passes: 3, memory: 32 << 20)
    /// The lowest cost, for tests.
    package static let least = Cost(
      passes: UInt64(crypto_pwhash_opslimit_min()), memory: crypto_pwhash_memlimit_min())
  }

  /// The error of a hash that was not made or checked.
  package enum Failure: Error, Sendable {
    /// Too many callers are waiting already; try again in a moment.
    case busy
    /// Too many callers of this line are waiting already.
    case lineFull
    /// There is not enough memory.
    case outOfMemory
  }

  /// A line of callers.
  package enum Line: Sendable, Hashable {
    /// Hashes of new passwords.
    case new
    /// Credentials that were right a short while ago.
    case familiar
    /// Credentials from a source that has shown none that are right.
    case source(String)
  }

  private struct Lines {
    var waiting: [Line: [@Sendable () -> Void]] = [:]
    /// The lines in which somebody waits, in the order of their turns.
    var turns: [Line] = []
    var running = 0
    var count = 0

    mutating func next() -> (@Sendable () -> Void)? {
      guard let line = turns.first, let work = waiting[line]?.first else {
        running -= 1
        return nil
      }
      turns.removeFirst()
      waiting[line]?.removeFirst()
      if waiting[line]?.isEmpty == true { waiting[line] = nil } else { turns.append(line) }
      count -= 1
      return work
    }
  }

  private let cost: Cost
  private let concurrency: Int
  private let maximumWaiting: Int
  private let queue = DispatchQueue(label: "password-hasher", attributes: .concurrent)
  private let lines = Mutex(Lines())

  /// A hasher.
  ///
  /// - Parameters:
  ///   - cost: The cost of a new hash. Existing hashes carry their own cost.
  ///   - concurrency: The number of hashes computed at the same time.
  ///   - maximumWaiting: The maximum number of callers that wait, an eighth of them in one line.
  package init(cost: Cost = .standard, concurrency: Int = 2, maximumWaiting: Int = 256) {
    self.cost = cost
    self.maximumWaiting = maximumWaiting
    self.concurrency = max(1, concurrency)
    // Safe to call from anywhere and more than once; it fails only where there is no randomness.
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
  }

  /// A hash of a password, with its salt and cost in it.
  package func hash(_ password: String) async throws -> String {
    let cost = cost
    return try await run(in: .new) {
      var output = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
      let status = crypto_pwhash_str(
        &output, password, UInt64(password.utf8.count), cost.passes, cost.memory)
      guard status == 0 else { throw Failure.outOfMemory }
      return String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// Whether a password matches a hash.
  ///
  /// The comparison takes the same time wherever the two differ.
  package func verify(
    _ password: String, against hash: String, in line: Line = .source("")
  ) async throws -> Bool {
    try await run(in: line) {
      crypto_pwhash_str_verify(hash, password, UInt64(password.utf8.count)) == 0
    }
  }

  private func run<R: Sendable>(
    in line: Line, _ work: @escaping @Sendable () throws -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      let refusal = enqueue(in: line) { continuation.resume(with: Result { try work() }) }
      if let refusal { continuation.resume(throwing: refusal) }
    }
  }

  private func enqueue(in line: Line, _ work: @escaping @Sendable () -> Void) -> Failure? {
    enum Step { case refused(Failure), waits, starts }
    let step: Step = lines.withLock { lines in
      // Those whose passwords are known to be right are not turned away by a flood of others.
      if lines.count >= maximumWaiting, line != .familiar { return .refused(.busy) }
      if let own = lines.waiting[line] {
        guard own.count < max(1, maximumWaiting / 8) else { return .refused(.lineFull) }
      } else {
        lines.turns.append(line)
      }
      lines.waiting[line, default: []].append(work)
      lines.count += 1
      guard lines.running < concurrency else { return .waits }
      lines.running += 1
      return .starts
    }
    switch step {
    case .refused(let failure): return failure
    case .waits: return nil
    case .starts:
      queue.async { [self] in
        while let work = lines.withLock({ $0.next() }) { work() }
      }
      return nil
    }
  }
}
