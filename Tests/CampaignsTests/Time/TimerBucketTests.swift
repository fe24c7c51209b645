import Foundation
import Testing

@testable import Campaigns

struct TimerBucketTests {
  private func date(_ milliseconds: Double) -> Date {
    Date(timeIntervalSince1970: milliseconds / 1000)
  }

  @Test(
    "A bucket ends at the next multiple of 50 ms, or at the instant itself if it is one",
    arguments: [
      (0.0, 0), (0.001, 50), (49.999, 50), (50, 50), (50.001, 100),
      (1_700_042_400_025, 1_700_042_400_050),
    ] as [(Double, Int64)])
  func end(instant: Double, end: Int64) {
    let bucket = TimerBucket(event: 1, at: date(instant))
    #expect(bucket.milliseconds == end)
    #expect(bucket.end >= date(instant))
  }

  @Test("A fraction of a microsecond, which is not stored, does not start another bucket")
  func fraction() {
    #expect(TimerBucket(event: 1, at: date(50.000_1)).milliseconds == 50)
  }

  @Test("Timers are split into due events, once each, and future timers in order")
  func division() {
    let now = date(1_000)
    let timers: Set = [
      TimerBucket(event: 2, endingAt: 950), TimerBucket(event: 2, endingAt: 1_000),
      TimerBucket(event: 1, endingAt: 1_000), TimerBucket(event: 1, endingAt: 1_100),
      TimerBucket(event: 3, endingAt: 1_050),
    ]
    let (due, later) = TimerStager.divide(timers, now: now)
    #expect(due == [2, 1])
    #expect(
      later == [TimerBucket(event: 3, endingAt: 1_050), TimerBucket(event: 1, endingAt: 1_100)])
  }

  @Test("Only near timers are staged; the rest is left to reconciliation")
  func lookahead() {
    var progress = Progress()
    let now = date(0)
    let event = CampaignEvent(id: 7, kind: .action, type: "x", name: "x")
    progress.stageNear(event, [date(10_000), date(30_000), date(30_001)], now: now)
    #expect(progress.timers.map(\.milliseconds).sorted() == [10_000, 30_000])
  }
}
