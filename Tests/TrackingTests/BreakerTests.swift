import Foundation
import TestSupport
import Testing

@testable import Tracking

@Suite("Servers that do not answer")
struct BreakerTests {
  private struct Refused: Error {}

  @Test("After a server did not answer, requests fail at once until one has tried")
  func breaker() async throws {
    let breaker = Breaker(patience: .milliseconds(50))
    await #expect(throws: OutOfTime.self) {
      try await breaker.run { try await Task.sleep(for: .seconds(60)) }
    }
    #expect(!breaker.isClosed)
    await #expect(throws: Breaker.Open.self) { try await breaker.run {} }
    let isBack = await eventually {
      do {
        try await breaker.run {}
        return true
      } catch {
        return false
      }
    }
    #expect(isBack && breaker.isClosed)
    // What a server refuses says nothing about whether it answers.
    await #expect(throws: Refused.self) { try await breaker.run { throw Refused() } }
    #expect(breaker.isClosed)
  }
}
