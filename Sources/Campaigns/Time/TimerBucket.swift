import Foundation

/// The timer of an event: a short interval in which some of its entries come due.
///
/// Redis holds one job per event and bucket, however many contacts wait for it. A bucket ends at a multiple of
/// 50 ms, and its job runs at its end: nothing fires early, and entries wait 25 ms longer than necessary on
/// average, the price of one job for all that are due together.
struct TimerBucket: Sendable, Hashable {
  /// The length of a bucket, in milliseconds.
  static let length: Int64 = 50
  /// The number of seconds ahead for which timers are staged in Redis; later ones are staged when they are near.
  static let lookahead: Double = 30

  let event: Int64
  /// The end of the bucket, in milliseconds since 1970.
  let milliseconds: Int64

  /// Creates the bucket with an end.
  init(event: Int64, endingAt milliseconds: Int64) {
    self.event = event
    self.milliseconds = milliseconds
  }

  /// Creates the bucket that contains an instant.
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
