package import Foundation

/// A change of how often contacts may be written to on a channel (CON-57). Members that are `nil` stay
/// as they are.
package struct FrequencyRuleChange: Sendable, Equatable {
  /// So many messages …; the inner `nil` lifts the limit.
  package var number: Int??
  /// … a `DAY`, `WEEK` or `MONTH`.
  package var time: String??
  /// Whether the contact likes this channel best.
  package var isPreferred: Bool?
  /// The instant from which nothing is sent.
  package var pauseFrom: Date??
  /// The instant until which nothing is sent.
  package var pauseTo: Date??

  /// A change of nothing yet.
  package init(
    number: Int?? = nil, time: String?? = nil, isPreferred: Bool? = nil, pauseFrom: Date?? = nil,
    pauseTo: Date?? = nil
  ) {
    self.number = number
    self.time = time
    self.isPreferred = isPreferred
    self.pauseFrom = pauseFrom
    self.pauseTo = pauseTo
  }

  /// The units of a limit.
  package static let times = ["DAY", "WEEK", "MONTH"]

  /// Checks the members against each other.
  ///
  /// - Throws: ``InvalidInput`` under the channel's name.
  package func check(channel: String) throws(InvalidInput) {
    let member = "frequencyRules.\(channel)"
    if case .some(.some(let number)) = number, !(0...1_000_000).contains(number) {
      throw InvalidInput("\(member).frequencyNumber", "\(number) is not within 0 to 1000000")
    }
    if case .some(.some(let time)) = time, !Self.times.contains(time) {
      throw InvalidInput(
        "\(member).frequencyTime", "\(InvalidInput.shown(time)) is none of DAY, WEEK, MONTH")
    }
    if case .some(.some(let from)) = pauseFrom, case .some(.some(let to)) = pauseTo, to < from {
      throw InvalidInput("\(member).pauseToDate", "the pause ends before it begins")
    }
  }
}
