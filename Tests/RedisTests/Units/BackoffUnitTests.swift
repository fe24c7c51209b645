import TestSupport
import Testing

@testable import Redis

struct BackoffUnitTests {
  @Test func stepsDoubleUpToTheLongest() {
    var random = SeededGenerator(seed: 7)
    var backoff = Backoff(shortest: 100, longest: 1000)
    for step: Int64 in [100, 200, 400, 800, 1000, 1000] {
      let delay = backoff.delay(using: &random)
      #expect((step / 2...step).contains(delay), "\(delay) of \(step)")
    }
    #expect(backoff.failures == 6)
  }

  @Test func aSuccessBeginsAnew() {
    var random = SeededGenerator(seed: 7)
    var backoff = Backoff(shortest: 100, longest: 1000)
    for _ in 0..<5 { _ = backoff.delay(using: &random) }
    backoff.reset()
    #expect(backoff.failures == 0)
    let delay = backoff.delay(using: &random)
    #expect(delay <= 100)
  }

  @Test func extremesDoNotOverflow() {
    var random = SeededGenerator(seed: 7)
    var backoff = Backoff(shortest: 0, longest: .max)
    for _ in 0..<200 {
      let delay = backoff.delay(using: &random)
      #expect(delay >= 1)
    }
    var reversed = Backoff(shortest: 100, longest: 1)
    let delay = reversed.delay(using: &random)
    #expect(delay <= 100)
  }
}
