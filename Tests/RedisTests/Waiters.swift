import Synchronization

@testable import Redis

/// Callers that wait for the outcome of their commands, created without a connection.
final class Waiters: Sendable {
  typealias Waiter = UnsafeContinuation<RedisResult, Never>

  private let count: Int
  private let waiting = Mutex<[Int: Waiter]>([:])
  private let body: @Sendable ([Waiter]) -> Void

  private init(_ count: Int, _ body: @escaping @Sendable ([Waiter]) -> Void) {
    self.count = count
    self.body = body
  }

  /// Passes callers to `body`, which has to answer all of them. Returns the answers.
  static func outcomes(
    _ count: Int, _ body: @escaping @Sendable ([Waiter]) -> Void
  ) async -> [RedisResult] {
    let waiters = Waiters(count, body)
    return await withTaskGroup(of: (Int, RedisResult).self) { group in
      for number in 0..<count {
        group.addTask { (number, await waiters.wait(number)) }
      }
      var results: [Int: RedisResult] = [:]
      for await (number, result) in group { results[number] = result }
      return results.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private func wait(_ number: Int) async -> RedisResult {
    await withUnsafeContinuation { waiter in
      let all = waiting.withLock { waiting in
        waiting[number] = waiter
        return waiting.count == count ? waiting : [:]
      }
      if !all.isEmpty { body(all.sorted { $0.key < $1.key }.map(\.value)) }
    }
  }
}
