import Foundation
import TestSupport
import Testing

@testable import Tracking

@Suite("Servers that do not answer")
struct BreakerTests {
  private struct Refused: Error {}

  @Test("After a server did not answer, requests fail at once")
  func opens() async throws {
    let breaker = Breaker(patience: .milliseconds(50), pause: .seconds(3_600))
    await #expect(throws: OutOfTime.self) {
      try await breaker.run { try await Task.sleep(for: .seconds(3_600)) }
    }
    #expect(!breaker.isClosed)
    await #expect(throws: Breaker.Open.self) { try await breaker.run {} }
    #expect(!breaker.isClosed)
  }

  @Test("The first that tries after a pause closes it, as a refusal does")
  func closes() async throws {
    let breaker = Breaker(patience: .seconds(60), pause: .zero)
    await #expect(throws: OutOfTime.self) {
      try await breaker.run { throw OutOfTime(limit: .seconds(60)) }
    }
    #expect(!breaker.isClosed)
    try await breaker.run {}
    #expect(breaker.isClosed)
    // What a server refuses says nothing about whether it answers.
    await #expect(throws: Refused.self) { try await breaker.run { throw Refused() } }
    #expect(breaker.isClosed)
  }
}
