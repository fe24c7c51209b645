import Foundation

/// The counted outcome of an entry.
enum Outcome: Sendable, Equatable {
  /// Executed, on a path below decisions and conditions.
  case executed(Bool?)
  /// Given up.
  case failed
}

/// The numbers of outcomes.
struct OutcomeCounts: Sendable, Equatable {
  var executed: Int64 = 0
  var yes: Int64 = 0
  var no: Int64 = 0
  var failed: Int64 = 0

  mutating func add(_ outcome: Outcome, _ count: Int) {
    let count = Int64(count)
    switch outcome {
    case .executed(let path):
      executed += count
      if path == true { yes += count }
      if path == false { no += count }
    case .failed: failed += count
    }
  }

  mutating func add(_ other: OutcomeCounts) {
    executed += other.executed
    yes += other.yes
    no += other.no
    failed += other.failed
  }
}

/// Outcomes collected in a transaction, to be added to the counters once, at its end, because parallel
/// transactions contend for counters.
struct CounterBatch: Sendable {
  private struct Key: Hashable {
    var event: Int64
    var hour: Date
  }

  private struct Tally {
    var all = OutcomeCounts()
    /// The outcomes in their members' current rotation.
    var current = OutcomeCounts()
  }

  private var tallies: [Key: Tally] = [:]

  var isEmpty: Bool { tallies.isEmpty }

  /// Counts outcomes of an event.
  ///
  /// - Parameters:
  ///   - count: The number of outcomes.
  ///   - current: The number of those in their members' current rotation.
  ///   - instant: The end of the entries.
  mutating func add(
    _ event: Int64, _ outcome: Outcome, _ count: Int, current: Int, at instant: Date
  ) {
    guard count != 0 || current != 0 else { return }
    let key = Key(event: event, hour: Self.hour(of: instant))
    tallies[key, default: Tally()].all.add(outcome, count)
    tallies[key, default: Tally()].current.add(outcome, current)
  }

  /// Outcomes by event and hour, in this order.
  var byHour: [(event: Int64, hour: Date, outcomes: OutcomeCounts)] {
    tallies.sorted { ($0.key.event, $0.key.hour) < ($1.key.event, $1.key.hour) }
      .map { ($0.key.event, $0.key.hour, $0.value.all) }
  }

  /// Outcomes of current rotations by event, in the order of events.
  var currentByEvent: [(event: Int64, outcomes: OutcomeCounts)] {
    var present: [Int64: OutcomeCounts] = [:]
    for (key, tally) in tallies { present[key.event, default: OutcomeCounts()].add(tally.current) }
    return present.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Returns the beginning of the hour that contains an instant.
  static func hour(of instant: Date) -> Date {
    Date(timeIntervalSince1970: (instant.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
  }
}
