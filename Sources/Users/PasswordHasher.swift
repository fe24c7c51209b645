import CSodium
import Dispatch
import Foundation
import Synchronization

/// Hashes passwords with argon2id and verifies them, off the threads that serve everything else.
///
/// Argon2 is made to be slow and to need memory. A fixed small number of threads does it, so that a
/// flood of logins takes at most that many times the memory and leaves cores to others; more callers
/// wait in line, and beyond a bound they are turned away.
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
    /// There is not enough memory.
    case outOfMemory
  }

  private let cost: Cost
  private let queues: [DispatchQueue]
  private let maximumWaiting: Int
  private let next = Atomic<Int>(0)
  private let waiting = Atomic<Int>(0)

  /// A hasher.
  ///
  /// - Parameters:
  ///   - cost: The cost of a new hash. Existing hashes carry their own cost.
  ///   - concurrency: The number of hashes computed at the same time.
  ///   - maximumWaiting: The maximum number of callers under way or in line.
  package init(cost: Cost = .standard, concurrency: Int = 2, maximumWaiting: Int = 256) {
    self.cost = cost
    self.maximumWaiting = maximumWaiting
    queues = (0..<max(1, concurrency)).map { DispatchQueue(label: "password-hasher-\($0)") }
    // Safe to call from anywhere and more than once; it fails only where there is no randomness.
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
  }

  /// A hash of a password, with its salt and cost in it.
  package func hash(_ password: String) async throws -> String {
    let cost = cost
    return try await run {
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
  package func verify(_ password: String, against hash: String) async throws -> Bool {
    try await run {
      crypto_pwhash_str_verify(hash, password, UInt64(password.utf8.count)) == 0
    }
  }

  private func run<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
    let before = waiting.add(1, ordering: .relaxed).oldValue
    defer { waiting.subtract(1, ordering: .relaxed) }
    guard before < maximumWaiting else { throw Failure.busy }
    let queue = queues[next.wrappingAdd(1, ordering: .relaxed).newValue % queues.count]
    return try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
