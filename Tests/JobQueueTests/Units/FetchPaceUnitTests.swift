import Testing

@testable import JobQueue

struct FetchPaceUnitTests {
  private let start = ContinuousClock.now

  @Test func shortJobsAreFetchedAhead() {
    var pace = FetchPace(now: start)
    // 100 jobs in 10 ms: 200 in 20 ms.
    verify(pace.ahead(100, now: start + .milliseconds(10)) == 200)
    #expect(pace.ahead == 200)
  }

  @Test func longJobsAreNot() {
    var pace = FetchPace(now: start)
    verify(pace.ahead(1, now: start + .milliseconds(10)) == 0)
  }

  @Test func tooShortATimeSaysNothing() {
    var pace = FetchPace(now: start)
    _ = pace.ahead(100, now: start + .milliseconds(10))
    verify(pace.ahead(1000, now: start + .microseconds(10_400)) == 200)
  }

  @Test func theNumberIsLimited() {
    var pace = FetchPace(now: start)
    verify(pace.ahead(10_000_000, now: start + .milliseconds(1)) == FetchPace.mostAhead)
  }
}

/// Expects a condition whose evaluation changes a value, which `#expect` does not allow.
private func verify(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: location)
}
