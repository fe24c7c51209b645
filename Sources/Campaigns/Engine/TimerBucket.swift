import Foundation

/// An event that has something due in a slot of time.
///
/// The order of work in Redis holds one job per event and slot, however many contacts wait for it. A slot
/// ends at a multiple of 50 ms, and its job runs at its end: nothing fires early, and an entry waits 25 ms
/// more than it has to on average, which is the price of one job for all that are due together.
struct TimerBucket: Sendable, Hashable {
  /// The length of a slot, milliseconds.
  static let length: Int64 = 50

  var event: Int64
  /// The end of the slot, milliseconds since 1970.
  var slot: Int64

  /// The end of the slot in which an instant lies.
  static func slot(of instant: Date) -> Int64 {
    // Stored instants have microseconds.
    let micros = (instant.timeIntervalSince1970 * 1_000_000).rounded()
    let length = Double(length * 1000)
    return Int64((micros / length).rounded(.up)) * Self.length
  }

  /// The slot's end as an instant.
  var end: Date { Date(timeIntervalSince1970: Double(slot) / 1000) }
}

extension TimerBucket {
  /// Seconds ahead for which slots stand in Redis; what is due later is laid when its time comes near.
  static let horizon: Double = 30
}
