import Foundation
import Primitives

/// The timer of an event: an interval in which some of its entries come due.
///
/// Redis holds one member per event and bucket, however many contacts wait for it. Buckets grow with distance, like
/// the wheels of a hierarchical timing wheel: a far one is split into shorter ones when it comes near
/// (CAM-902). The shortest end at multiples of 50 ms, and their job runs at their end: nothing fires early, and entries
/// wait 25 ms longer than necessary on average, the price of one job for all that are due together.
struct TimerBucket: Sendable, Hashable {
  /// The length of a bucket, in milliseconds.
  enum Length: Int64, Sendable, CaseIterable {
    case instant = 50
    case minute = 60_000
    case hour = 3_600_000
    case day = 86_400_000

    /// The time from the splitting of a bucket to its begin, in milliseconds.
    var lead: Int64 {
      switch self {
      case .instant: 0
      case .minute: 30_000
      case .hour: 300_000
      case .day: 3_600_000
      }
    }

    /// The name in Redis.
    var name: String {
      switch self {
      case .instant: "instant"
      case .minute: "minute"
      case .hour: "hour"
      case .day: "day"
      }
    }

    /// Those that are split, the longest first.
    static let far: [Length] = [.day, .hour, .minute]
  }

  let event: Int64
  let length: Length
  /// The end of the bucket, which is part of it, in milliseconds since 1970. The begin is not.
  let milliseconds: Int64

  /// Creates the bucket with an end.
  init(event: Int64, endingAt milliseconds: Int64, length: Length = .instant) {
    self.event = event
    self.milliseconds = milliseconds
    self.length = length
  }

  /// Creates the shortest bucket that contains an instant.
  init(event: Int64, at instant: Date) {
    self.init(event: event, containing: instant, .instant)
  }

  /// Creates the bucket in which an instant waits: the longest one that is still to be split.
  init(event: Int64, at instant: Date, now: Date) {
    let present = Int64(saturating: now.timeIntervalSince1970 * 1000)
    for length in Length.far {
      let bucket = TimerBucket(event: event, containing: instant, length)
      if bucket.split > present {
        self = bucket
        return
      }
    }
    self.init(event: event, containing: instant, .instant)
  }

  private init(event: Int64, containing instant: Date, _ length: Length) {
    // Stored instants have microseconds.
    let micros = (instant.timeIntervalSince1970 * 1_000_000).rounded()
    let number = (micros / (Double(length.rawValue) * 1000)).rounded(.up)
    // A century of centuries: beyond it no multiple overflows.
    let greatest = Double(3_155_760_000_000_00 / length.rawValue)
    self.init(
      event: event,
      endingAt: Int64(saturating: min(max(number, -greatest), greatest)) * length.rawValue,
      length: length)
  }

  /// The bucket's end as an instant.
  var end: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// The instant from which on none of its entries is earlier, in milliseconds since 1970.
  var begin: Int64 { milliseconds - length.rawValue }

  /// The instant at which it is split into shorter ones, in milliseconds since 1970.
  var split: Int64 { begin - length.lead }
}
