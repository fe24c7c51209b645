import Foundation

/// The timer of an event: a short stretch of time in which something of it comes due.
///
/// Redis holds one job per event and bucket, however many contacts wait for it. A bucket ends at a multiple of
/// 50 ms, and its job runs at its end: nothing fires early, and an entry waits 25 ms more than it has to on average,
/// which is the price of one job for all that are due together.
struct TimerBucket: Sendable, Hashable {
  /// The length of a bucket, milliseconds.
  static let length: Int64 = 50
  /// Seconds ahead for which timers are staged in Redis; later ones are staged when their time comes near.
  static let lookahead: Double = 30

  let event: Int64
  /// The end of the bucket, milliseconds since 1970.
  let milliseconds: Int64

  /// The bucket with an end.
  init(event: Int64, endingAt milliseconds: Int64) {
    self.event = event
    self.milliseconds = milliseconds
  }

  /// The bucket in which an instant lies.
  init(event: Int64, at instant: Date) {
    self.event = event
    // Stored instants have microseconds.
    let micros = (instant.timeIntervalSince1970 * 1_000_000).rounded()
    let length = Double(Self.length * 1000)
    milliseconds = Int64((micros / length).rounded(.up)) * Self.length
  }

  /// The bucket's end as an instant.
  var end: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
