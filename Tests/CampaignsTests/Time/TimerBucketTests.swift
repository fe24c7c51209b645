import Foundation
import TestSupport
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
    let (due, later) = CampaignSchedule.divide(timers, now: now)
    #expect(due == [2, 1])
    #expect(
      later == [TimerBucket(event: 3, endingAt: 1_050), TimerBucket(event: 1, endingAt: 1_100)])
  }

  @Test(
    "Buckets grow with distance: an instant waits in the longest one that is still to be split",
    arguments: [
      (-1, .instant), (0, .instant), (60, .instant), (61, .minute), (3_600, .minute),
      (3_601, .hour), (86_400, .hour), (86_401, .day), (86_400 * 365, .day),
    ] as [(Double, TimerBucket.Length)])
  func lengths(seconds: Double, length: TimerBucket.Length) {
    // The begin of a day.
    let now = date(1_700_006_400_000)
    let instant = now.addingTimeInterval(seconds)
    let bucket = TimerBucket(event: 1, at: instant, now: now)
    #expect(bucket.length == length)
    #expect(bucket.end >= instant && Double(bucket.begin) / 1000 < instant.timeIntervalSince1970)
  }

  @Test(
    "Any instant waits in a bucket that contains it, and in shorter ones as it comes near",
    arguments: 0..<4)
  func contains(world: UInt64) {
    var random = SeededGenerator(seed: ModelTests.seed &+ world)
    for _ in 0..<500 {
      var now = Date(timeIntervalSince1970: Double.random(in: 1.7e9...1.8e9, using: &random))
      let seconds = now.timeIntervalSince1970 + exp(Double.random(in: 0...18, using: &random))
      // Stored instants have microseconds.
      let instant = Date(timeIntervalSince1970: (seconds * 1_000_000).rounded() / 1_000_000)
      var last = TimerBucket(event: 1, at: instant, now: now)
      while last.length != .instant {
        now = Date(timeIntervalSince1970: Double(last.split) / 1000)
        let next = TimerBucket(event: 1, at: instant, now: now)
        #expect(next.length.rawValue < last.length.rawValue)
        #expect(next.begin >= last.begin && next.milliseconds <= last.milliseconds)
        last = next
      }
      #expect(last.end >= instant && now <= instant)
    }
  }

  @Test("Instants beyond all calendars do not overflow", arguments: [1e300, -1e300, .infinity])
  func extremes(seconds: Double) {
    let now = date(0)
    let instant = Date(timeIntervalSince1970: seconds)
    #expect(TimerBucket(event: 1, at: instant, now: now).milliseconds != 0)
  }
}
